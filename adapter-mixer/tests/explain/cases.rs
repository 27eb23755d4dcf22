//! The set-ups.

use adapter_mixer::attribute::Bag;
use adapter_mixer::attributes;
use adapter_mixer::explain::Cause;
use adapter_runtime::manifest::{Kind, Manifests, Options};
use adapter_runtime::{Registration, Registry};

use crate::guard::Guard;

pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) called: Where,
    pub(crate) resources: String,
    /// `check`, `report` or the name of a quota.
    pub(crate) verb: &'static str,
    pub(crate) request: Bag<'static>,
    pub(crate) cause: Cause,
    /// What is in the sentence.
    pub(crate) says: &'static [&'static str],
    /// What is on the line that it points to; empty if it points to none.
    pub(crate) line: &'static str,
}

pub(crate) enum Where {
    InProcess,
    /// Where the handlers say.
    Elsewhere,
}

const HANDLER: &str = r#"
kind: handler
metadata: {name: guard, namespace: istio-system}
spec: {adapter: guard, connection: {address: "guard:8000"}, params: {word: secret}}
---
"#;
const INSTANCE: &str = r#"
kind: instance
metadata: {name: path, namespace: istio-system}
spec: {template: listentry, params: {value: request.path}}
---
"#;
const RULE: &str = r#"
kind: rule
metadata: {name: paths, namespace: istio-system}
spec: {actions: [{handler: guard, instances: [path]}]}
---
"#;

fn all(parts: &[&str]) -> String {
    parts.concat()
}

/// A handler, an instance, and a rule with this condition.
fn with_match(condition: &str) -> String {
    let rule = format!(
        "\nkind: rule\nmetadata: {{name: paths, namespace: istio-system}}\nspec:\n  match: \
         {condition}\n  actions: [{{handler: guard, instances: [path]}}]\n"
    );
    all(&[HANDLER, INSTANCE, &rule])
}

/// The resources that describe the adapter and its templates.
fn described() -> String {
    let registry = Registry::new([Registration::new::<Guard>()]).expect("a registry");
    let mut options = Options::of_program("guard");
    options.built_in = true;
    let manifests = Manifests::new(&registry, options).expect("options");
    let mut text = String::new();
    for kind in [Kind::Template, Kind::Adapter] {
        for file in manifests.files(kind, None).expect("files") {
            text.push_str(&file.text);
            text.push_str("\n---\n");
        }
    }
    text
}

fn case(
    name: &'static str,
    resources: String,
    cause: Cause,
    line: &'static str,
    says: &'static [&'static str],
) -> Case {
    Case {
        name,
        called: Where::InProcess,
        resources,
        verb: "check",
        request: attributes! { "request.path" => "/other" },
        cause,
        says,
        line,
    }
}

impl Case {
    fn verb(self, verb: &'static str) -> Case {
        Case { verb, ..self }
    }

    fn request(self, request: Bag<'static>) -> Case {
        Case { request, ..self }
    }

    fn elsewhere(self) -> Case {
        Case {
            called: Where::Elsewhere,
            ..self
        }
    }
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = configurations();
    cases.extend(requests());
    cases.extend(calls());
    cases
}

/// Names that lead nowhere, and resources that are not what they should be.
fn configurations() -> Vec<Case> {
    use Cause::Configuration;
    let replaced = |from: &str, to: &str| {
        let text = all(&[HANDLER, INSTANCE, RULE]);
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    };
    vec![
        case(
            "the handler's name has a slip",
            replaced("handler: guard,", "handler: gaurd,"),
            Configuration,
            "handler: gaurd",
            &["Handler not found", "gaurd", "did you mean", "guard"],
        ),
        case(
            "the handler's name begins with its kind",
            replaced("handler: guard,", "handler: handler.guard,"),
            Configuration,
            "handler: handler.guard",
            &["Handler not found", "handler.guard"],
        ),
        case(
            "the handler is in another namespace",
            replaced(
                "{name: guard, namespace: istio-system}",
                "{name: guard, namespace: shop}",
            ),
            Configuration,
            "handler: guard",
            &["Handler not found", "guard.handler.shop"],
        ),
        case(
            "the handler's name is empty",
            replaced("handler: guard,", "handler: '',"),
            Configuration,
            "handler: ''",
            &["Handler not found"],
        ),
        case(
            "the instance's name has a slip",
            replaced("instances: [path]", "instances: [paths]"),
            Configuration,
            "instances: [paths]",
            &["Instance not found", "paths"],
        ),
        case(
            "the instance is in another namespace",
            replaced(
                "{name: path, namespace: istio-system}",
                "{name: path, namespace: shop}",
            ),
            Configuration,
            "instances: [path]",
            &["Instance not found", "path.instance.shop"],
        ),
        case(
            "the adapter's resource is missing",
            replaced("adapter: guard", "adapter: gruad"),
            Configuration,
            "adapter: gruad",
            &["adapter 'gruad' not found"],
        ),
        case(
            "the adapter is not compiled in",
            replaced("adapter: guard,", "compiledAdapter: guardian,"),
            Configuration,
            "compiledAdapter: guardian",
            &["guardian", "not compiled in"],
        ),
        case(
            "the template's resource is missing",
            replaced("template: listentry", "template: listentri"),
            Configuration,
            "template: listentri",
            &["template 'listentri' not found"],
        ),
        case(
            "the template is empty",
            replaced("template: listentry", "template: ''"),
            Configuration,
            "template: ''",
            &["template '' not found"],
        ),
        case(
            "no such compiled template",
            replaced("template: listentry", "compiledTemplate: listentri"),
            Configuration,
            "compiledTemplate: listentri",
            &["missing compiled template", "listentry"],
        ),
        case(
            "an instance of another template",
            replaced(
                "template: listentry, params: {value: request.path}",
                "template: apikey",
            ),
            Configuration,
            "instance",
            &["path"],
        )
        .with(|it| {
            it.resources = it
                .resources
                .replace("template: apikey", "compiledTemplate: apikey");
            it.line = "instances: [path]";
            it.says = &["is not supported by handler", "listentry"];
        }),
        case(
            "the adapter refuses its configuration",
            replaced("word: secret", "word: ''"),
            Configuration,
            "name: guard",
            &["word"],
        ),
        case(
            "the adapter can't be built",
            replaced("word: secret", "word: unbuildable"),
            Configuration,
            "name: guard",
            &["no connection to the backend"],
        ),
        case(
            "the instance reads an unknown attribute",
            replaced("value: request.path", "value: request.pth"),
            Configuration,
            "value: request.pth",
            &[
                "unknown attribute request.pth",
                "did you mean `request.path`",
            ],
        ),
        case(
            "the instance has an unknown field",
            replaced("value: request.path", "valu: request.path"),
            Configuration,
            "valu: request.path",
            &["valu"],
        ),
        case(
            "the rule's condition is no truth",
            with_match("request.path"),
            Configuration,
            "match: request.path",
            &["evaluated to type STRING, expected type BOOL"],
        ),
        case(
            "the rule's condition is no expression",
            with_match("request.path == \"/other"),
            Configuration,
            "match: request.path",
            &["Match"],
        ),
        case(
            "the handler mixes two forms",
            replaced("kind: handler", "kind: guard"),
            Configuration,
            "adapter: guard",
            &["adapter"],
        ),
        case(
            "a document can't be read",
            replaced(
                "spec: {adapter: guard, connection:",
                "spec: {adapter: guard connection:",
            ),
            Configuration,
            "spec: {adapter: guard connection:",
            &[],
        ),
        case(
            "the handler says nothing of its adapter",
            replaced("adapter: guard, ", ""),
            Configuration,
            "guard",
            &["adapter '' not found", "compiledAdapter"],
        ),
        case(
            "the rule has no actions",
            all(&[
                HANDLER,
                INSTANCE,
                "\nkind: rule\nmetadata: {name: paths, namespace: istio-system}\nspec: {actions: []}\n",
            ]),
            Configuration,
            "name: paths",
            &["No valid actions found in rule"],
        ),
    ]
}

impl Case {
    fn with(mut self, change: impl FnOnce(&mut Case)) -> Case {
        change(&mut self);
        self
    }
}

/// Resources that are right, and requests that they are not about.
fn requests() -> Vec<Case> {
    let good = || all(&[HANDLER, INSTANCE, RULE]);
    let in_shop = || {
        let rule = RULE.replace("namespace: istio-system", "namespace: shop");
        let rule = rule.replace(
            "guard, instances: [path]",
            "guard.istio-system, instances: [path.istio-system]",
        );
        all(&[HANDLER, INSTANCE, &rule])
    };
    vec![
        case(
            "the condition is false",
            with_match("request.method == \"GET\" && request.path == \"/shop\""),
            Cause::NotMatched,
            "match:",
            &[
                "`request.path == \"/shop\"` is false",
                "`request.path` is \"/other\"",
            ],
        )
        .request(attributes! { "request.path" => "/other", "request.method" => "GET" }),
        case(
            "the condition reads an absent attribute",
            with_match("request.size > 5"),
            Cause::AttributeAbsent,
            "match:",
            &["`request.size` is absent", "`(request.size | 0)`"],
        ),
        case(
            "the condition reads an absent header",
            with_match("request.headers[\"x-user\"] == \"me\""),
            Cause::AttributeAbsent,
            "match:",
            &[
                "`request.headers` is absent",
                "(request.headers[\"x-user\"] | \"\")",
            ],
        ),
        case(
            "the rule is switched off",
            with_match("\"false\""),
            Cause::SwitchedOff,
            "match:",
            &["switched off", "`false`"],
        ),
        case(
            "the instance reads an absent attribute",
            good(),
            Cause::InstanceFailed,
            "value: request.path",
            &[
                "path.istio-system",
                "`request.path` is absent",
                "`(request.path | \"\")`",
            ],
        )
        .request(Bag::new()),
        case(
            "the wrong verb: a report of what is checked",
            good(),
            Cause::OtherVerb,
            "name: paths",
            &["sends nothing with a report", "send the request as a check"],
        )
        .verb("report"),
        case(
            "the wrong verb: a check of what is reported",
            good().replace(
                "template: listentry, params: {value: request.path}",
                "template: metric, params: {value: '1'}",
            ),
            Cause::OtherVerb,
            "name: paths",
            &["sends nothing with a check", "send the request as a report"],
        ),
        case(
            "the wrong verb: a check of a quota",
            good().replace(
                "template: listentry, params: {value: request.path}",
                "template: quota",
            ),
            Cause::OtherVerb,
            "name: paths",
            &["sends nothing with a check", "ask for the quota"],
        ),
        case(
            "a quota of another name",
            good().replace(
                "template: listentry, params: {value: request.path}",
                "template: quota",
            ),
            Cause::OtherQuota,
            "name: paths",
            &["no rule counts a quota called `requestcount`", "`path`"],
        )
        .verb("requestcount"),
        case(
            "the request has no namespace",
            in_shop(),
            Cause::OtherNamespace,
            "name: paths",
            &[
                "the namespace `shop` alone",
                "`destination.namespace` is absent",
            ],
        ),
        case(
            "the request is of another namespace",
            in_shop(),
            Cause::OtherNamespace,
            "name: paths",
            &[
                "the namespace `shop` alone",
                "`destination.namespace` is \"bank\"",
            ],
        )
        .request(attributes! { "request.path" => "/", "destination.namespace" => "bank" }),
        case(
            "the client's proxy reports, whose namespace is another",
            in_shop(),
            Cause::OtherNamespace,
            "name: paths",
            &["`source.namespace` is \"bank\""],
        )
        .request(attributes! {
            "request.path" => "/",
            "context.reporter.kind" => "outbound",
            "source.namespace" => "bank",
            "destination.namespace" => "shop",
        }),
        case(
            "an unknown kind of reporter",
            in_shop(),
            Cause::OtherNamespace,
            "name: paths",
            &["neither `inbound` nor `outbound`"],
        )
        .request(attributes! {
            "context.reporter.kind" => "proxy",
            "destination.namespace" => "shop",
        }),
        case(
            "no rule",
            all(&[HANDLER, INSTANCE]),
            Cause::NoRule,
            "name: guard",
            &["no rule sends anything to the handler `guard.istio-system`"],
        ),
        case(
            "nothing at all",
            String::new(),
            Cause::NoRule,
            "",
            &["neither a handler nor a rule"],
        ),
    ]
}

/// Handlers that are called.
fn calls() -> Vec<Case> {
    let good = || all(&[HANDLER, INSTANCE, RULE]);
    let path = |path: &str| attributes! { "request.path" => path };
    let remote = || all(&[&described(), HANDLER, INSTANCE, RULE]);
    vec![
        case(
            "all is well",
            good(),
            Cause::Served,
            "",
            &["allowed", "guard.istio-system"],
        ),
        case(
            "the handler denies",
            good(),
            Cause::Denied,
            "name: guard",
            &["PERMISSION_DENIED", "guard.istio-system", "not this word"],
        )
        .request(path("secret")),
        case(
            "the handler fails",
            good(),
            Cause::CallFailed,
            "name: guard",
            &["guard.istio-system", "the backend is away"],
        )
        .request(path("fail")),
        case(
            "the handler panics",
            good(),
            Cause::CallFailed,
            "name: guard",
            &["index out of bounds"],
        )
        .request(path("crash")),
        case(
            "nobody is at the address",
            remote().replace("guard:8000", "127.0.0.1:1"),
            Cause::CallFailed,
            "name: guard",
            &["can't be reached at `127.0.0.1:1`"],
        )
        .elsewhere(),
        case(
            "the address has no host that is known",
            remote().replace("guard:8000", "guard.invalid:8000"),
            Cause::CallFailed,
            "name: guard",
            &["guard.invalid:8000"],
        )
        .elsewhere(),
        case(
            "the configuration has a field that the adapter has not",
            remote().replace("word: secret", "wrd: secret"),
            Cause::Configuration,
            "wrd: secret",
            &["wrd", "did you mean `word`"],
        )
        .elsewhere(),
        case(
            "the adapter lists a template that is not there",
            remote().replace("- quota\n", "- qouta\n"),
            Cause::Configuration,
            "- qouta",
            &["unable to find template 'qouta'"],
        )
        .elsewhere(),
        case(
            "the instance is of a template that is not described",
            all(&[HANDLER, INSTANCE, RULE]),
            Cause::Configuration,
            "adapter: guard",
            &["adapter 'guard' not found"],
        )
        .elsewhere(),
        case(
            "nothing is granted",
            good().replace(
                "template: listentry, params: {value: request.path}",
                "template: quota",
            ),
            Cause::Denied,
            "",
            &["nothing is granted", "guard.istio-system"],
        )
        .verb("path"),
    ]
}

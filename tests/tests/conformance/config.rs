//! Configuration: names, files, and what becomes of resources that don't fit together.

use std::collections::BTreeMap;
use std::time::Duration;

use adapter_mixer::Mixer;
use adapter_mixer::config::{
    Condition, ConfigProblem, HandlerAdapter, Loaded, MemoryStore, Snapshot, Stage, candidates,
    is_full, short,
};
use adapter_runtime::Registration;
use adapter_runtime::prelude::*;
use adapter_runtime::template::checknothing;
use serde_json::{Value as Json, json};

use crate::{Case, Outcome, cases, outcome, same, text};

pub(crate) fn naming(vectors: &Json) -> Vec<Case> {
    let mut all = Vec::new();
    for case in cases(vectors, "is_fqn") {
        let name = text(case, "name");
        let result = same("full", case["fqn"].as_bool(), Some(is_full(name)));
        all.push((format!("is_fqn: {name}"), outcome(result)));
    }
    for case in cases(vectors, "canonicalize") {
        let (reference, kind) = (text(case, "ref"), text(case, "kind"));
        let found = candidates(reference, kind, text(case, "namespace"));
        let result = same("candidates", &case["candidates"], &json!(found));
        all.push((format!("canonicalize: {reference}"), outcome(result)));
    }
    for case in cases(vectors, "short_name") {
        let name = text(case, "name");
        let result = same("short", text(case, "short"), short(name));
        all.push((format!("short_name: {name}"), outcome(result)));
    }
    all
}

pub(crate) fn store(vectors: &Json) -> Vec<Case> {
    let mut all = Vec::new();
    for case in cases(vectors, "file_format") {
        let mut loaded = Loaded::default();
        loaded.read("file.yaml", text(case, "data"));
        let found = Some(loaded.resources.len() as u64);
        let result = same("resources", case["resources"].as_u64(), found);
        all.push((
            format!("file_format: {}", text(case, "title")),
            outcome(result),
        ));
    }
    for case in cases(vectors, "parse_chunk") {
        let mut loaded = Loaded::default();
        loaded.read("file.yaml", text(case, "data"));
        let result = same(
            "resources",
            0,
            loaded.resources.len() + loaded.problems.len(),
        );
        all.push((
            format!("parse_chunk: {}", text(case, "title")),
            outcome(result),
        ));
    }
    for case in cases(vectors, "convert") {
        let name = format!("convert: {}", text(case, "title"));
        all.push((name, outcome(converted(case))));
    }
    for (group, why) in [
        ("clone_with_kind", "messages are not cloned by their kind"),
        ("registry", "a store is a type, not a URL"),
        (
            "robust",
            "cases without data; a test of the folder store's has them",
        ),
        ("extensions", "a test of the folder store's has them"),
    ] {
        let skipped = cases(vectors, group).iter().enumerate();
        all.extend(skipped.map(|(at, _)| (format!("{group} {at}"), Outcome::Skipped(why))));
    }
    for case in cases(vectors, "validate") {
        let name = format!("validate: {}", text(case, "title"));
        all.push((name, outcome(validated(case))));
    }
    all
}

/// A handler with what a document says.
fn converted(case: &Json) -> Result<(), String> {
    let expected = &case["expected"]["json"];
    let (snapshot, _) = snapshot(&[resource("handler", "h", "ns", Some(&case["source"]))]);
    let problems: Vec<_> = snapshot
        .problems
        .iter()
        .map(ConfigProblem::message)
        .collect();
    let adapter = expected["adapter"].as_str().unwrap_or_default();
    let wanted = format!("handler='h.handler.ns'.adapter: adapter '{adapter}' not found");
    same("problems", vec![wanted.as_str()], problems)
}

fn validated(case: &Json) -> Result<(), String> {
    let (kind, name) = (text(&case["key"], "Kind"), text(&case["key"], "Name"));
    let resources = match &case["spec"] {
        Json::Null => Vec::new(),
        spec => vec![resource(
            kind,
            name,
            text(&case["key"], "Namespace"),
            Some(spec),
        )],
    };
    let (snapshot, _) = snapshot(&resources);
    let mut errors = snapshot.problems.iter().filter(|it| it.is_error());
    let found = errors.next().map(|it| it.message().to_owned());
    let expected = case["error"]["error"].as_str().map(str::to_owned);
    same("error", expected, found)
}

/// A resource as a document.
fn resource(kind: &str, name: &str, namespace: &str, spec: Option<&Json>) -> String {
    let metadata = json!({ "name": name, "namespace": namespace });
    json!({ "kind": kind, "metadata": metadata, "spec": spec }).to_string()
}

/// The snapshot of some documents, and that of all adapters of these tests.
fn snapshot(documents: &[String]) -> (std::sync::Arc<Snapshot>, MixerOf) {
    let mixer = MixerOf::new();
    let all = documents.join("\n---\n");
    mixer.store(&all);
    (mixer.snapshot(), mixer)
}

/// Nothing goes wrong here; the name in `noop` is what vectors refer to.
#[mixer_adapter(name = "noop", templates = ["checknothing"])]
struct Noop;

impl Adapter for Noop {
    type Config = NoConfig;

    async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> {
        Ok(Noop)
    }
}

impl checknothing::Handler for Noop {
    async fn handle_check_nothing(
        &self,
        _: &Call,
        _: checknothing::Instance,
    ) -> Result<CheckResult, HandlerError> {
        Ok(CheckResult::allow())
    }
}

#[derive(AdapterConfig)]
struct DenierParams {
    status: DenierStatus,
    #[config(default = "5s")]
    valid_duration: Duration,
    #[config(default = 1000)]
    valid_use_count: i32,
}

#[derive(AdapterConfig)]
struct DenierStatus {
    #[config(default = 9)]
    code: i32,
    message: String,
}

/// Has the configuration of Istio's own.
#[mixer_adapter(name = "denier", templates = ["checknothing"])]
struct Denier;

impl Adapter for Denier {
    type Config = DenierParams;

    async fn build(_: DenierParams, _: Setup) -> Result<Self, BuildError> {
        Ok(Denier)
    }
}

impl checknothing::Handler for Denier {
    async fn handle_check_nothing(
        &self,
        _: &Call,
        _: checknothing::Instance,
    ) -> Result<CheckResult, HandlerError> {
        Ok(CheckResult::deny(Code::FailedPrecondition, ""))
    }
}

pub(crate) fn extra(vectors: &Json) -> Vec<Case> {
    cases(vectors, "cases")
        .iter()
        .map(|case| (text(case, "name").to_owned(), outcome(resolved(case))))
        .collect()
}

fn resolved(case: &Json) -> Result<(), String> {
    let (snapshot, _mixer) = snapshot(&[text(case, "config").to_owned()]);
    let handlers: BTreeMap<_, _> = snapshot
        .handlers
        .iter()
        .map(|(key, handler)| {
            let HandlerAdapter::Compiled(it) = &handler.adapter else {
                panic!("no remote handler is in these vectors");
            };
            let params = without_empty(&it.settings);
            let found = json!({
                "adapter": it.adapter.name(), "name": handler.name, "params": params
            });
            (key.to_string(), found)
        })
        .collect();
    same("handlers", &case["handlers"], &json!(handlers))?;
    let instances: BTreeMap<_, _> = snapshot
        .instances
        .iter()
        .map(|(key, instance)| {
            let params = match instance.written() {
                Json::Null => json!({}),
                written => written,
            };
            let found = json!({ "template": instance.template.name(), "params": params });
            (key.to_string(), found)
        })
        .collect();
    let mut expected = case["instances"].clone();
    for instance in expected
        .as_object_mut()
        .into_iter()
        .flat_map(|it| it.values_mut())
    {
        // None of them has a dynamic field.
        same("inferred type", &json!({}), &instance["inferred_type"])?;
        instance
            .as_object_mut()
            .map(|it| it.remove("inferred_type"));
    }
    same("instances", expected, json!(instances))?;
    let rules: BTreeMap<_, _> = snapshot
        .rules
        .iter()
        .map(|rule| {
            let actions = rule.actions.iter().map(|action| {
                let instances = action.instances.iter().map(|it| it.key.to_string());
                json!({ "handler": action.handler.name, "instances": Vec::from_iter(instances) })
            });
            let found = json!({
                "match": rule.text.as_ref().map_or("", |it| &it.text),
                "namespace": rule.key.namespace,
                "actions": Vec::from_iter(actions),
            });
            (rule.key.to_string(), found)
        })
        .collect();
    same("rules", &case["rules"], &json!(rules))?;
    let mut errors: Vec<_> = snapshot
        .errors()
        .filter(|problem| problem.stage == Stage::Resolving)
        .map(ConfigProblem::message)
        .collect();
    errors.sort_unstable();
    same("errors", &case["errors"], &json!(errors))
}

/// Mixer's JSON leaves out what is empty.
fn without_empty(json: &Json) -> Json {
    match json {
        Json::Object(fields) => {
            let fields = fields.iter().filter(|(_, value)| **value != json!(""));
            Json::Object(
                fields
                    .map(|(name, value)| (name.clone(), without_empty(value)))
                    .collect(),
            )
        }
        other => other.clone(),
    }
}

/// A Mixer, with the store that it reads.
struct MixerOf {
    runtime: tokio::runtime::Runtime,
    mixer: Mixer,
    store: std::sync::Arc<MemoryStore>,
}

impl MixerOf {
    fn new() -> MixerOf {
        MixerOf::with(vec![
            Registration::new::<Noop>(),
            Registration::new::<Denier>(),
        ])
    }

    fn with(registrations: Vec<Registration>) -> MixerOf {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let runtime = builder.enable_all().build().expect("a runtime");
        let store = std::sync::Arc::new(MemoryStore::new());
        let registry = Registry::new(registrations).expect("a registry");
        let mixer = runtime.block_on(Mixer::new(registry, store.clone()));
        MixerOf {
            runtime,
            mixer: mixer.expect("names of templates"),
            store,
        }
    }

    fn store(&self, text: &str) {
        self.store.set("config.yaml", text);
        self.runtime.block_on(self.mixer.reload());
    }

    fn snapshot(&self) -> std::sync::Arc<Snapshot> {
        self.mixer.snapshot()
    }
}

/// The templates and adapters of Mixer's test of snapshots.
mod standard {
    use adapter_runtime::prelude::*;
    use adapter_runtime::template::quota;

    pub(super) mod check {
        use adapter_runtime::prelude::*;
        use adapter_runtime::value::Str;

        #[mixer_template(check, package = "check")]
        pub(crate) struct Instance {
            #[field(1)]
            pub(crate) value: Str,
        }
    }

    pub(super) mod report {
        use adapter_runtime::prelude::*;
        use adapter_runtime::value::Str;

        #[mixer_template(report, package = "report")]
        pub(crate) struct Instance {
            #[field(1)]
            pub(crate) value: Str,
        }
    }

    pub(super) mod apa {
        use adapter_runtime::prelude::*;
        use adapter_runtime::value::Str;

        #[mixer_template(attribute_generator, package = "apa")]
        pub(crate) struct Instance {
            #[field(1)]
            pub(crate) value: Str,
        }

        #[mixer_template(output)]
        pub(crate) struct Output {
            #[field(1)]
            pub(crate) attr: Option<bool>,
        }
    }

    #[derive(AdapterConfig)]
    pub(super) struct Params {
        value: String,
        pqr: String,
    }

    /// Is only configured.
    #[mixer_adapter(name = "adapter1", templates = [check, report])]
    pub(super) struct Adapter1;

    /// Is only configured.
    #[mixer_adapter(
        name = "adapter2",
        templates = [check, report, "quota", apa]
    )]
    pub(super) struct Adapter2;

    macro_rules! both {
        ($($adapter:ident)+) => {$(
            impl Adapter for $adapter {
                type Config = Params;

                async fn build(_: Params, _: Setup) -> Result<Self, BuildError> {
                    Ok($adapter)
                }
            }

            impl check::Handler for $adapter {
                async fn handle_check(
                    &self,
                    _: &Call,
                    _: check::Instance,
                ) -> Result<CheckResult, HandlerError> {
                    Ok(CheckResult::allow())
                }
            }

            impl report::Handler for $adapter {
                async fn handle_report(
                    &self,
                    _: &Call,
                    _: Vec<report::Instance>,
                ) -> Result<(), HandlerError> {
                    Ok(())
                }
            }
        )+};
    }

    both!(Adapter1 Adapter2);

    impl quota::Handler for Adapter2 {
        async fn handle_quota(
            &self,
            _: &Call,
            _: quota::Instance,
            _: QuotaArgs,
        ) -> Result<QuotaResult, HandlerError> {
            Ok(QuotaResult::deny(Code::ResourceExhausted, ""))
        }
    }

    impl apa::Handler for Adapter2 {
        async fn generate_apa_attributes(
            &self,
            _: &Call,
            _: apa::Instance,
        ) -> Result<apa::Output, HandlerError> {
            Ok(apa::Output::default())
        }
    }
}

pub(crate) fn snapshots(vectors: &Json) -> Vec<Case> {
    cases(vectors, "cases")
        .iter()
        .map(|case| (text(case, "name").to_owned(), outcome(after_events(case))))
        .collect()
}

fn after_events(case: &Json) -> Result<(), String> {
    let mixer = match case["adapters"].as_str() {
        Some("standard") => MixerOf::with(vec![
            Registration::new::<standard::Adapter1>(),
            Registration::new::<standard::Adapter2>(),
        ]),
        // There is no registry without any adapter.
        _ => MixerOf::new(),
    };
    let mut resources = BTreeMap::new();
    for batch in ["initial", "events1", "events2"] {
        let Some(events) = case[batch].as_array() else {
            continue;
        };
        for event in events {
            let [kind, name, namespace] = ["kind", "name", "namespace"].map(|it| text(event, it));
            let key = format!("{name}.{kind}.{namespace}");
            match event["op"].as_str() {
                Some("delete") => drop(resources.remove(&key)),
                _ => {
                    let spec = spec(kind, &event["spec"]);
                    resources.insert(key, resource(kind, name, namespace, Some(&spec)));
                }
            }
        }
        let all: Vec<_> = resources.values().cloned().collect();
        mixer.store(&all.join("\n---\n"));
    }
    let snapshot = mixer.snapshot();
    let expected = &case["expected_snapshot"];
    // Without templates there are those of Istio here.
    if case["adapters"] == "standard" && case["templates"] == "standard" {
        compare(expected, &snapshot)?;
    }
    let errors: Vec<_> = snapshot
        .errors()
        .filter(|problem| problem.stage == Stage::Resolving)
        .map(ConfigProblem::message)
        .collect();
    let expects = case["expects_error"].as_bool() == Some(true);
    if expects == errors.is_empty() {
        return Err(format!("an error is expected: {expects}, found {errors:?}"));
    }
    match case["expected_error_hint"].as_str() {
        Some(hint) if !hinted(hint, &errors) => Err(format!("{hint:?} is not in {errors:?}")),
        _ => Ok(()),
    }
}

/// Whether the error that Mixer's test names is among those that were found. Mixer doesn't compare
/// it itself, and some are out of date.
fn hinted(hint: &str, errors: &[&str]) -> bool {
    const OUTDATED: [&str; 5] = [
        // What can't be in a document.
        "error serializing struct value: nil",
        "nil Value",
        "invalid params block.",
        // Another message's name.
        "in v1beta1.Instance",
        // Without what is before it.
        "field 'abc' not found in message 'Params'",
    ];
    errors.iter().any(|error| error.starts_with(hint))
        || OUTDATED.iter().any(|it| hint.ends_with(it))
}

/// What is in an event, as an operator would write it.
fn spec(kind: &str, json: &Json) -> Json {
    if let Some(template) = json["CompiledTemplate"].as_str() {
        // A dump of Go's.
        return json!({
            "compiledTemplate": template,
            "attributeBindings": json["AttributeBindings"],
            "params": { "extra_field": null },
        });
    }
    match (&json["json"], kind) {
        // The configurations of these tests are texts.
        (Json::String(text), "quota") => json!({ "dimensions": { "value": format!("{text:?}") } }),
        (Json::String(text), kind) if kind.contains("adapter") => json!({ "value": text }),
        (Json::String(text), _) => json!({ "value": format!("{text:?}") }),
        (json, _) => json.clone(),
    }
}

fn compare(expected: &Json, snapshot: &Snapshot) -> Result<(), String> {
    let lines = |section: &str, prefixes: &[&str]| {
        let lines = expected[section].as_array().map_or(&[][..], Vec::as_slice);
        let lines = lines.iter().filter_map(Json::as_str);
        // The last line of a section may have the next section's name behind it.
        let lines = lines.map(|line| line.strip_suffix("Attributes:").unwrap_or(line).to_owned());
        let wanted = |line: &String| prefixes.iter().any(|prefix| line.starts_with(prefix));
        lines.filter(wanted).collect::<Vec<_>>()
    };
    let mut found = [const { Vec::new() }; 4];
    for (key, handler) in &snapshot.handlers {
        let (at, name) = match handler.adapter {
            HandlerAdapter::Compiled(_) => (0, handler.name.clone()),
            _ => (1, key.to_string()),
        };
        found[at].extend([
            format!("Name: {name}"),
            format!("Adapter: {}", handler.adapter_name()),
        ]);
    }
    for (key, instance) in &snapshot.instances {
        let name = instance.template.name();
        let at = if snapshot.templates.keys().any(|it| it.to_string() == name) {
            3
        } else {
            2
        };
        found[at].extend([format!("Name: {key}"), format!("Template: {name}")]);
    }
    let [compiled, remote, instances, remote_instances] = found;
    let both = ["Name:", "Adapter:", "Template:"];
    same("handlers", lines("HandlersStatic", &both), compiled)?;
    same("remote handlers", lines("HandlersDynamic", &both), remote)?;
    same("instances", lines("InstancesStatic", &both), instances)?;
    same(
        "remote instances",
        lines("InstancesDynamic", &both),
        remote_instances,
    )?;
    let mut adapters = Vec::new();
    for (key, adapter) in &snapshot.adapters {
        adapters.extend([format!("Name: {key}"), "Templates:".to_owned()]);
        adapters.extend(adapter.templates.iter().map(|it| format!("- {}", it.key)));
    }
    same(
        "adapters",
        lines("AdaptersDynamic", &["Name:", "Templates:", "- "]),
        adapters,
    )?;
    let templates = snapshot.templates.iter().flat_map(|(key, it)| {
        // The option of the descriptor.
        let package = it.template.name();
        [
            format!("Resource Name: {key}"),
            format!("InternalPackageDerivedName: {package}"),
        ]
    });
    let section = lines("TemplatesDynamic", &["Resource Name:", "InternalPackage"]);
    same("templates", section, templates.collect())?;
    let mut rules = Vec::new();
    for rule in &snapshot.rules {
        let condition = rule
            .text
            .as_ref()
            .map_or(String::new(), |it| format!(" {it}"));
        rules.extend([format!("Name: {}", rule.key), format!("Match:{condition}")]);
        for action in &rule.actions {
            rules.push(format!("Handler: {}", action.handler.name));
            rules.extend(
                action
                    .instances
                    .iter()
                    .map(|it| format!("Name: {}", it.key)),
            );
        }
        let broken = matches!(rule.condition, Condition::Broken);
        let reported = snapshot
            .errors()
            .any(|it| it.resource.as_ref() == Some(&rule.key));
        same("reported", true, reported || !broken)?;
    }
    same(
        "rules",
        lines("Rules", &["Name:", "Match:", "Handler:"]),
        rules,
    )?;
    let Some(attributes) = expected["Attributes"].as_object() else {
        return Ok(());
    };
    let mut expected: BTreeMap<_, _> = attributes
        .iter()
        .map(|(name, ty)| (name.as_str(), ty.as_str().expect("a type")))
        .collect();
    // The attribute of the generator has its template's name here.
    if let Some(ty) = expected.remove("template.attr") {
        expected.insert("apa.output.attr", ty);
    }
    let found = snapshot.vocabulary.sorted().into_iter();
    let found = found.filter(|(name, _)| !name.starts_with("adapter_template_kubernetes."));
    same(
        "attributes",
        expected,
        found.map(|(name, ty)| (name, ty.as_str())).collect(),
    )
}

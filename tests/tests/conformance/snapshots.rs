//! Events, and the configuration that there is after them.

use std::collections::BTreeMap;

use adapter_mixer::config::{Condition, ConfigProblem, HandlerAdapter, Snapshot, Stage};
use adapter_runtime::Registration;
use serde_json::{Value as Json, json};

use crate::config::{MixerOf, resource};
use crate::{Case, cases, outcome, same, text};

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

//! Configuration: names, files, and what becomes of resources that don't fit together.

use std::collections::BTreeMap;
use std::time::Duration;

use adapter_mixer::Mixer;
use adapter_mixer::config::{
    ConfigProblem, HandlerAdapter, Loaded, MemoryStore, Snapshot, Stage, candidates, is_full, short,
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
pub(crate) fn resource(kind: &str, name: &str, namespace: &str, spec: Option<&Json>) -> String {
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
pub(crate) struct MixerOf {
    runtime: tokio::runtime::Runtime,
    mixer: Mixer,
    store: std::sync::Arc<MemoryStore>,
}

impl MixerOf {
    pub(crate) fn new() -> MixerOf {
        MixerOf::with(vec![
            Registration::new::<Noop>(),
            Registration::new::<Denier>(),
        ])
    }

    pub(crate) fn with(registrations: Vec<Registration>) -> MixerOf {
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

    pub(crate) fn store(&self, text: &str) {
        self.store.set("config.yaml", text);
        self.runtime.block_on(self.mixer.reload());
    }

    pub(crate) fn snapshot(&self) -> std::sync::Arc<Snapshot> {
        self.mixer.snapshot()
    }
}

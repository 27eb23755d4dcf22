//! From a configuration to handlers that are called and closed.

use adapter_mixer::Mixer;
use adapter_mixer::attribute::Bag;
use adapter_mixer::config::{MemoryStore, Stage};
use adapter_runtime::{Registration, Registry};
use serde_json::Value as Json;
use std::sync::Arc;

use crate::spy::{self, Acheck, Acheckoutput, Apa, Aquota, Areport, Spy};
use crate::{Case, Outcome, cases, outcome, same, text};

/// What goes wrong in the cases, or why they are none.
const FAULTS: [(&str, Result<&str, &str>); 16] = [
    (
        "output expression creation fails",
        Err("what can't be compiled has no type, and is left out before"),
    ),
    ("nil builder", Err("there is no builder to forget")),
    (
        "builder lacks template interface",
        Err("it would not compile"),
    ),
    (
        "SetAdapterConfig panics",
        Err("setting a configuration is no code of the adapter's"),
    ),
    ("Validate returns errors", Ok("ErrorAtValidate acheck")),
    ("Validate panics", Ok("PanicAtValidate acheck")),
    ("Build returns error", Ok("ErrorAtBuild acheck")),
    ("Build panics", Ok("PanicAtBuild acheck")),
    ("Build returns nil handler", Err("there is no nil")),
    (
        "handler lacks template interface",
        Err("it would not compile"),
    ),
    (
        "handler lacks template interface, close fails",
        Err("it would not compile"),
    ),
    (
        "handler lacks template interface, close panics",
        Err("it would not compile"),
    ),
    ("supports an unknown template", Err("it would not compile")),
    ("handler returns error", Ok("ErrorOnDispatchCheck tcheck")),
    ("handler panics", Ok("PanicOnDispatchCheck tcheck")),
    ("close panics", Ok("PanicAtHandlerClose acheck")),
];

/// Those in which an instance is at fault: by another expression than it has there.
const INSTANCES: [(&str, &str); 3] = [
    ("instance type inference fails", "nosuch"),
    // What has a type can nevertheless not be compiled.
    (
        "instance builder creation fails",
        "context.span == context.span",
    ),
    ("instance creation fails at request time", "attr.absent"),
];

pub(crate) fn lives(vectors: &Json) -> Vec<Case> {
    let mut all = Vec::new();
    for case in cases(vectors, "cases") {
        let name = text(case, "name");
        let fault = FAULTS.iter().find(|(known, _)| *known == name);
        let result = match fault {
            Some((_, Err(why))) => Outcome::Skipped(why),
            Some((_, Ok(fault))) => outcome(life(case, Some(fault))),
            None => outcome(life(case, None)),
        };
        all.push((name.to_owned(), result));
    }
    for case in cases(vectors, "reuse") {
        all.push((
            format!("reuse: {}", text(case, "name")),
            outcome(reuse(case)),
        ));
    }
    all
}

const MORE: &str = "
---
kind: attributemanifest
metadata: {name: more, namespace: default}
spec:
  attributes:
    attr.absent: {valueType: STRING}
    context.span: {valueType: DURATION}
";

fn life(case: &Json, fault: Option<&str>) -> Result<(), String> {
    let name = text(case, "name");
    let mut config = format!("{}{MORE}", text(case, "config"));
    if let Some((_, expression)) = INSTANCES.iter().find(|(known, _)| *known == name) {
        let instance =
            "kind: tcheck\nmetadata:\n  name: icheck1\n  namespace: istio-system\nspec:\n";
        let changed = config.replace(instance, &format!("{instance}  foo: {expression}\n"));
        same("changed", true, changed != config)?;
        config = changed;
    }
    // Fields of outputs have no dots.
    config = config.replace("$out.generated.string", "$out.generated_string");
    let mut spy = Spy::default();
    spy.faults.extend(fault.map(str::to_owned));
    spy::script(spy);
    let attributes = Bag::from([("attr.string", "bar")]);
    let (errors, result) = spy::block_on(async {
        let mixer = spy::mixer(&config).await;
        let errors: Vec<_> = mixer
            .problems()
            .iter()
            .filter(|problem| {
                problem.stage == Stage::Building && problem.message().starts_with("handler=")
            })
            .map(|problem| problem.message().to_owned())
            .collect();
        let result = mixer.check(&attributes).await;
        mixer.shutdown().await;
        (errors, result)
    });
    let expected = case["2_build_errors"].as_object().into_iter().flatten();
    let expected = expected.map(|(handler, error)| {
        format!("handler='{handler}': {}", error.as_str().expect("a text"))
    });
    same("build errors", expected.collect::<Vec<_>>(), errors)?;
    let spy = spy::taken();
    same("steps", steps(case), spy.lifecycle.clone())?;
    let handles = |it: &&Json| {
        it.as_str()
            .is_some_and(|line| line.contains("=> instance:"))
    };
    let calls = cases(case, "4_request_calls")
        .iter()
        .filter(handles)
        .count();
    same("calls", calls, spy.calls.len())?;
    let expected = &case["4_request_result"];
    match (expected.is_null(), result) {
        // What can't be compiled is not known to have a fault, so that rules go on without it.
        (true, Err(_)) | (true, Ok(_)) => Ok(()),
        (false, Ok(verdict)) => {
            same(
                "status",
                expected["status"].as_i64(),
                Some(verdict.status.code.into()),
            )?;
            let duration = expected["valid_duration_ns"].as_i64().map(i128::from);
            same(
                "duration",
                duration,
                Some(verdict.valid_duration.as_nanos()),
            )?;
            let uses = expected["valid_use_count"].as_i64();
            same("uses", uses, Some(verdict.valid_use_count.into()))
        }
        (false, Err(error)) => Err(error.to_string()),
    }
}

/// What happens to the handler.
fn steps(case: &Json) -> Vec<String> {
    let mut steps = Vec::new();
    for phase in ["2_handler_calls", "5_cleanup_calls"] {
        for line in cases(case, phase).iter().filter_map(Json::as_str) {
            if let Some((_, types)) = line.split_once("SetType => types: 'map[") {
                // Go's attribute generators are told types, too.
                let names = types
                    .split([' ', '['])
                    .filter(|it| it.contains(".istio-system:"));
                let names = names.filter_map(|it| it.split(':').next());
                steps.extend(names.map(|name| format!("type {name}")));
            }
            for (called, step) in [
                ("HandlerBuilder.Validate =>", "validate"),
                ("HandlerBuilder.Build =>", "build"),
                ("Handler.Close =>", "close"),
            ] {
                if line.ends_with(called) {
                    steps.push(step.to_owned());
                }
            }
        }
    }
    steps
}

fn reuse(case: &Json) -> Result<(), String> {
    const DECLARED: &str = "
kind: attributemanifest
metadata: {name: m, namespace: default}
spec:
  attributes:
    source.name: {valueType: STRING}
    destination.name: {valueType: STRING}
    attr.string: {valueType: STRING}
";
    spy::script(Spy::default());
    let (before, after) = spy::block_on(async {
        let registrations = [
            Registration::new::<Acheck>(),
            Registration::new::<Acheckoutput>(),
            Registration::new::<Apa>(),
            Registration::new::<Aquota>(),
            Registration::new::<Areport>(),
        ];
        let registry = Registry::new(registrations).expect("a registry");
        let store = Arc::new(MemoryStore::new());
        store.set("manifest.yaml", DECLARED);
        store.set("config.yaml", text(case, "config_before"));
        let mixer = Mixer::new(registry, store.clone()).await.expect("names");
        let before = spy::taken().lifecycle;
        spy::script(Spy::default());
        store.set("config.yaml", text(case, "config_after"));
        mixer.reload().await;
        // What is closed is closed by a task of its own.
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        let after = spy::taken().lifecycle;
        mixer.shutdown().await;
        spy::taken();
        (before, after)
    });
    let builds = |steps: &[String]| steps.iter().filter(|step| *step == "build").count();
    same("built before", 1, builds(&before))?;
    same(
        "rebuilt",
        case["rebuilt"].as_bool(),
        Some(builds(&after) == 1),
    )?;
    let closed = after.iter().any(|step| step == "close");
    same("closed", case["old_closed"].as_bool(), Some(closed))
}

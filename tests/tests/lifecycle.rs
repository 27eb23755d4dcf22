//! The life of one handler, in the order in which Mixer calls an adapter of its own process.

use std::collections::BTreeMap;
use std::sync::Mutex;

use adapter_runtime::prelude::*;
use adapter_runtime::template::{checknothing, listentry};
use adapter_runtime::{Harness, HarnessError};
use serde_json::Value as Json;
use tests::conformance;

/// The cases that are about one adapter, with what goes wrong in them.
const CASES: [(&str, &str); 10] = [
    ("success", ""),
    ("two instances of one template", ""),
    ("two templates on one handler", ""),
    ("Validate returns errors", "ErrorAtValidate"),
    ("Validate panics", "PanicAtValidate"),
    ("Build returns error", "ErrorAtBuild"),
    ("Build panics", "PanicAtBuild"),
    ("handler returns error", "ErrorAtHandle"),
    ("handler panics", "PanicAtHandle"),
    ("close panics", "PanicAtHandlerClose"),
];

/// The others, and why they are none.
const OTHERS: [(&str, &str); 15] = [
    ("nil builder", "there is no builder to forget"),
    ("builder lacks template interface", "it would not compile"),
    (
        "SetAdapterConfig panics",
        "setting a configuration is no code of the adapter's",
    ),
    ("Build returns nil handler", "there is no nil"),
    ("handler lacks template interface", "it would not compile"),
    (
        "handler lacks template interface, close fails",
        "it would not compile",
    ),
    (
        "handler lacks template interface, close panics",
        "it would not compile",
    ),
    ("supports an unknown template", "it would not compile"),
    (
        "instance type inference fails",
        "Mixer's, before there is an adapter",
    ),
    ("instance builder creation fails", "Mixer's"),
    ("instance creation fails at request time", "Mixer's"),
    (
        "close returns error",
        "what goes wrong in `close` the adapter logs itself",
    ),
    ("handler not referenced by a rule is never built", "Mixer's"),
    ("preprocess output mapping", "Mixer's"),
    ("output expression creation fails", "Mixer's"),
];

/// What happened to the handlers of each case.
static CALLS: Mutex<BTreeMap<String, Vec<String>>> = Mutex::new(BTreeMap::new());

fn called(case: &str, call: impl Into<String>) {
    let mut calls = CALLS.lock().expect("no test panics while it holds this");
    calls.entry(case.to_owned()).or_default().push(call.into());
}

#[derive(AdapterConfig)]
struct Params {
    case: String,
    fault: String,
}

/// Notes what is called.
#[mixer_adapter(name = "acheck", templates = ["checknothing", "listentry"])]
struct Checked(Params);

impl Checked {
    fn check(&self) -> Result<CheckResult, HandlerError> {
        called(&self.0.case, "check");
        match self.0.fault.as_str() {
            "ErrorAtHandle" => Err(HandlerError::new(Code::Unknown, "as asked")),
            "PanicAtHandle" => panic!("as asked"),
            _ => Ok(CheckResult::allow()),
        }
    }
}

impl Adapter for Checked {
    type Config = Params;

    fn validate(params: &Params, types: &InstanceTypes, errors: &mut ConfigErrors) {
        let counts = [
            types.of::<checknothing::Template>().map(BTreeMap::len),
            types.of::<listentry::Template>().map(BTreeMap::len),
        ];
        for count in counts.into_iter().flatten() {
            called(&params.case, format!("types of {count}"));
        }
        called(&params.case, "validate");
        match params.fault.as_str() {
            "ErrorAtValidate" => errors.push("field", "some validation error"),
            "PanicAtValidate" => panic!("as asked"),
            _ => {}
        }
    }

    async fn build(params: Params, _: Setup) -> Result<Checked, BuildError> {
        called(&params.case, "build");
        match params.fault.as_str() {
            "ErrorAtBuild" => {
                let text = "this adapter is not available at the moment, please come back later";
                Err(BuildError::new(Code::Unavailable, text))
            }
            "PanicAtBuild" => panic!("as asked"),
            _ => Ok(Checked(params)),
        }
    }

    async fn close(&self) {
        called(&self.0.case, "close");
        assert_ne!(self.0.fault, "PanicAtHandlerClose", "as asked");
    }
}

impl checknothing::Handler for Checked {
    async fn handle_check_nothing(
        &self,
        _: &Call,
        _: checknothing::Instance,
    ) -> Result<CheckResult, HandlerError> {
        self.check()
    }
}

impl listentry::Handler for Checked {
    async fn handle_list_entry(
        &self,
        _: &Call,
        _: listentry::Instance,
    ) -> Result<CheckResult, HandlerError> {
        self.check()
    }
}

/// The calls that reached Mixer's adapter, in our words. A configuration has none of its own here.
fn expected(case: &Json) -> Vec<String> {
    let parts = ["2_handler_calls", "4_request_calls", "5_cleanup_calls"];
    let calls = parts
        .iter()
        .flat_map(|part| case[part].as_array().expect("calls"));
    let call = |call: &Json| {
        let call = call.as_str().expect("a call");
        let (called, arguments) = call.split_once(" =>").unwrap_or((call, ""));
        if call.contains("DispatchCheck => instance") {
            return Some("check".to_owned());
        }
        if called.ends_with("SetType") && !arguments.is_empty() {
            return Some(format!(
                "types of {}",
                arguments.matches(".istio-system:").count()
            ));
        }
        let ours = [
            ("HandlerBuilder.Validate", "validate"),
            ("HandlerBuilder.Build", "build"),
            ("Handler.Close", "close"),
        ];
        let found = ours
            .iter()
            .find(|(theirs, _)| called.ends_with(theirs) && call.contains("=>"));
        found.map(|(_, ours)| (*ours).to_owned())
    };
    calls.filter_map(call).collect()
}

#[tokio::test]
async fn a_handler_lives_as_in_mixer() {
    let Some(vectors) = conformance::file("vectors/handler_lifecycle.json") else {
        return;
    };
    let vectors: Json = serde_json::from_slice(&vectors).expect("JSON");
    let cases = vectors["cases"].as_array().expect("cases");
    for case in cases {
        let name = case["name"].as_str().expect("a name");
        let Some((_, fault)) = CASES.iter().find(|(case, _)| *case == name) else {
            let other = OTHERS.iter().find(|(case, _)| *case == name);
            let (name, reason) = other.unwrap_or_else(|| panic!("{name} is new"));
            println!("{name}: {reason}");
            continue;
        };
        let expected = expected(case);
        let harness = Harness::<Checked>::new(Params {
            case: name.to_owned(),
            fault: (*fault).to_owned(),
        });
        // As many instances as the operator has.
        let all: Vec<_> = expected
            .iter()
            .filter(|call| call.starts_with("types"))
            .collect();
        let count = all
            .first()
            .map_or(0, |call| usize::from(call.ends_with('2')) + 1);
        let named = |n: usize| format!("icheck{n}.tcheck.istio-system");
        let types = (0..count).map(|n| (named(n), checknothing::Type::default()));
        let mut harness = harness.set_types::<checknothing::Template>(types);
        if all.len() == 2 {
            let types = [(named(0), listentry::Type::default())];
            harness = harness.set_types::<listentry::Template>(types);
        }
        let errors = case["2_build_errors"].as_object().expect("errors");
        let error = errors.values().next().and_then(Json::as_str);
        match (harness.build().await, error) {
            (Ok(handler), None) => {
                for (at, _) in expected.iter().filter(|call| *call == "check").enumerate() {
                    let result = match at {
                        1 if all.len() == 2 => {
                            handler
                                .call::<listentry::Template>(Default::default())
                                .await
                        }
                        _ => {
                            handler
                                .call::<checknothing::Template>(Default::default())
                                .await
                        }
                    };
                    assert_eq!(result.is_err(), fault.ends_with("Handle"), "{name}");
                }
                handler.close().await;
            }
            (Err(HarnessError::Invalid(errors)), Some(error)) => {
                assert!(error.contains(&errors.to_string()), "{name}: {errors}");
            }
            (Err(HarnessError::NotBuilt { message, .. }), Some(error)) => {
                let cause = error.rsplit(": ").next().unwrap_or_default();
                let panics = error.contains("panic");
                assert_eq!(message.contains("panicked"), panics, "{name}: {message}");
                assert!(panics || message.ends_with(cause), "{name}: {message}");
            }
            (built, error) => panic!("{name}: {built:?} instead of {error:?}"),
        }
        let calls = CALLS.lock().expect("no panic")[name].clone();
        assert_eq!(calls, expected, "{name}");
    }
    assert_eq!(cases.len(), CASES.len() + OTHERS.len());
}

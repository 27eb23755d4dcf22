//! Several calls, and what they come to as the JSON of Mixer's own tests of adapters.

use std::collections::BTreeMap;
use std::fmt;

use adapter_runtime::value::Duration;
use futures_util::future::join_all;
use serde_json::{Map, Value as Json, json};

use super::TestMixer;
use crate::attribute::Bag;
use crate::explain::{Answer, Explanation, Verb};
use crate::proto::mixer::RouteDirective;
use crate::runtime::QuotaRequest;

/// A call of [`TestMixer::run`].
#[derive(Debug)]
pub struct TestCall {
    report: bool,
    attributes: Bag<'static>,
    quotas: BTreeMap<String, QuotaRequest>,
}

impl TestCall {
    /// Checks a request.
    #[must_use]
    pub fn check(attributes: Bag<'static>) -> TestCall {
        TestCall {
            report: false,
            attributes,
            quotas: BTreeMap::new(),
        }
    }

    /// Reports a request.
    #[must_use]
    pub fn report(attributes: Bag<'static>) -> TestCall {
        TestCall {
            report: true,
            ..TestCall::check(attributes)
        }
    }

    /// Asks for a quota, too, if the request is allowed. `best_effort`: less will do.
    #[must_use]
    pub fn quota(mut self, name: &str, amount: i64, best_effort: bool) -> TestCall {
        let request = QuotaRequest {
            name: name.to_owned(),
            amount,
            best_effort,
            deduplication_id: String::new(),
        };
        self.quotas.insert(name.to_owned(), request);
        self
    }
}

/// What calls came to, in the form of the scenarios of Mixer's own tests (`pkg/adapter/test`).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Golden {
    /// What the test knows of the adapter's state; null unless it [says](Golden::state) so.
    pub adapter_state: Json,
    /// What each call came to, in the order of the calls.
    pub returns: Vec<Json>,
}

impl TestMixer {
    /// Makes calls, all at once unless the Mixer is
    /// [single-threaded](super::TestMixerBuilder::single_threaded).
    pub async fn run(&self, calls: impl IntoIterator<Item = TestCall>) -> Golden {
        let calls = calls.into_iter().enumerate();
        let calls = calls.map(|(number, call)| self.one(number, call));
        let returns = match self.single_threaded {
            false => join_all(calls).await,
            true => {
                let mut returns = Vec::new();
                for call in calls {
                    returns.push(call.await);
                }
                returns
            }
        };
        Golden {
            adapter_state: Json::Null,
            returns,
        }
    }

    async fn one(&self, number: usize, call: TestCall) -> Json {
        let TestCall {
            report,
            attributes,
            quotas,
        } = call;
        if report {
            let told = self.explain(Verb::Report, attributes).await;
            return json!({"Check": {}, "Quota": null, "Error": error(&told, 2)});
        }
        let checked = self.explain(Verb::Check, attributes.clone()).await;
        let (verdict, status) = match &checked.answer {
            Answer::Check(verdict) => (Some(verdict), json!({})),
            _ => (None, error(&checked, 13)),
        };
        let directive = verdict.and_then(|it| it.directive.as_ref()).map(directive);
        let mut check = Map::new();
        check.extend(directive.map(|it| ("RouteDirective".to_owned(), it)));
        let mut granted = Map::new();
        if let Some(verdict) = verdict {
            // As in Mixer's own: where a quota is asked for, the verdict is left out.
            if quotas.is_empty() {
                let it = &verdict.status;
                check.insert("Status".into(), rpc(it.code, &it.message));
                let duration = nanos(verdict.valid_duration);
                check.insert("ValidDuration".into(), duration);
                check.insert("ValidUseCount".into(), json!(verdict.valid_use_count));
            }
            for (name, mut request) in quotas.into_iter().filter(|_| verdict.is_ok()) {
                // Each call is one of its own for adapters that count once.
                request.deduplication_id = format!("call {number}: {name}");
                let asked = self.explain(Verb::Quota(request), attributes.clone()).await;
                let (amount, duration) = match &asked.answer {
                    Answer::Quota(grant) => (grant.amount, nanos(grant.valid_duration)),
                    _ => (0, json!(0)),
                };
                let grant = json!({"Status": {}, "ValidDuration": duration, "Amount": amount});
                granted.insert(name, grant);
            }
        }
        let quota = match granted.is_empty() {
            true => Json::Null,
            false => Json::Object(granted),
        };
        json!({"Check": check, "Quota": quota, "Error": status})
    }
}

impl Golden {
    /// The same with what the test knows of the adapter's state.
    #[must_use]
    pub fn state(self, adapter_state: Json) -> Golden {
        Golden {
            adapter_state,
            ..self
        }
    }

    /// The calls came to this, a text of JSON. What is left out there is zero, as in Mixer's own
    /// tests.
    ///
    /// # Panics
    /// If they came to something else, which is printed to be copied; or the text is no JSON.
    #[track_caller]
    pub fn assert(&self, wanted: &str) {
        let wanted: Json = match serde_json::from_str(wanted) {
            Ok(wanted) => wanted,
            Err(error) => panic!("the expected JSON is none: {error}"),
        };
        let found = json!({"AdapterState": self.adapter_state, "Returns": self.returns});
        assert!(
            without_zeros(&wanted) == without_zeros(&found),
            "expected\n{wanted:#}\n\nfound\n{self}"
        );
    }
}

impl fmt::Display for Golden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = json!({"AdapterState": self.adapter_state, "Returns": self.returns});
        write!(f, "{found:#}")
    }
}

/// JSON in which what is zero is left out.
fn without_zeros(json: &Json) -> Json {
    match json {
        Json::Object(fields) => {
            let fields = fields.iter().map(|(name, it)| (name, without_zeros(it)));
            let fields = fields.filter(|(_, it)| !is_zero(it));
            Json::Object(fields.map(|(name, it)| (name.clone(), it)).collect())
        }
        // The place of an element matters, so that it stays.
        Json::Array(items) => items.iter().map(without_zeros).collect(),
        other => other.clone(),
    }
}

fn is_zero(json: &Json) -> bool {
    match json {
        Json::Null => true,
        Json::Bool(value) => !value,
        Json::Number(number) => number.as_f64() == Some(0.0),
        Json::String(text) => text.is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::Object(fields) => fields.is_empty(),
    }
}

fn nanos(duration: Duration) -> Json {
    let nanos = duration.as_nanos();
    i64::try_from(nanos).map_or_else(|_| json!(nanos.to_string()), |nanos| json!(nanos))
}

fn rpc(code: i32, message: &str) -> Json {
    match (code, message) {
        (0, "") => json!({}),
        (code, message) => json!({"code": code, "message": message}),
    }
}

fn error(explanation: &Explanation, code: i32) -> Json {
    match &explanation.answer {
        Answer::Failed(errors) => rpc(code, &errors.to_string()),
        _ => json!({}),
    }
}

fn directive(directive: &RouteDirective) -> Json {
    let operations = |operations: &[crate::proto::mixer::HeaderOperation]| {
        let operations = operations.iter();
        let operation = |it: &crate::proto::mixer::HeaderOperation| json!({"name": it.name, "value": it.value, "operation": it.operation});
        operations.map(operation).collect::<Vec<_>>()
    };
    json!({
        "request_header_operations": operations(&directive.request_header_operations),
        "response_header_operations": operations(&directive.response_header_operations),
        "direct_response_code": directive.direct_response_code,
        "direct_response_body": directive.direct_response_body,
    })
}

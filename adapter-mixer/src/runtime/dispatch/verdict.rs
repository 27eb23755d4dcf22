//! Verdicts, and how several of them become one.

use adapter_runtime::Code;
use adapter_runtime::proto::model::CheckResult;
use adapter_runtime::proto::policy::DirectHttpResponse;
use adapter_runtime::proto::rpc::Status;
use adapter_runtime::value::Duration;
use prost::{Message, Name};

use crate::proto::mixer::header_operation::Operation;
use crate::proto::mixer::{HeaderOperation, RouteDirective};

/// What Mixer tells its caller where no adapter has an opinion.
const DEFAULT_DURATION: Duration = Duration::new(60, 0);
const DEFAULT_USES: i32 = 10_000;

/// A verdict about a request.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Verdict {
    /// Whether the request is allowed; a code of gRPC's as a rule, but any number is passed on.
    pub status: Status,
    /// For how long the verdict holds.
    pub valid_duration: Duration,
    /// For how many requests it holds.
    pub valid_use_count: i32,
    /// What is done to the request and its response.
    pub directive: Option<RouteDirective>,
}

impl Verdict {
    /// Whether the request is allowed.
    #[must_use]
    pub fn is_ok(&self) -> bool {
        self.status.code == Code::Ok as i32
    }

    /// Whether there is no opinion in it.
    fn is_default(&self) -> bool {
        self.is_ok()
            && self.valid_duration == Duration::default()
            && self.valid_use_count == 0
            && self.directive.is_none()
    }

    /// What an adapter's verdict is replaced by if none of them has an opinion.
    pub(super) fn or_default(mut self) -> Verdict {
        if self.is_default() {
            self.status = Status::default();
            self.valid_duration = DEFAULT_DURATION;
            self.valid_use_count = DEFAULT_USES;
        }
        self
    }
}

impl From<CheckResult> for Verdict {
    fn from(result: CheckResult) -> Verdict {
        let duration = result.valid_duration.unwrap_or_default();
        Verdict {
            status: result.status.unwrap_or_default(),
            valid_duration: Duration::new(duration.seconds, duration.nanos),
            valid_use_count: result.valid_use_count,
            directive: None,
        }
    }
}

/// The verdicts of several handlers, in the order in which they answer, as one.
///
/// The durations and the numbers of uses become the smallest, each by itself. The first denial
/// decides the code, and whether the client gets another response; the messages of all are joined,
/// each with the name of its handler.
///
/// ```
/// use adapter_mixer::runtime::{Combination, Verdict};
/// use adapter_runtime::proto::model::CheckResult;
/// use adapter_runtime::{CheckResult as Answer, Code};
///
/// let mut combination = Combination::new();
/// for answer in [Answer::allow(), Answer::deny(Code::NotFound, "not here")] {
///     combination.add("list.shop", Verdict::from(CheckResult::from(&answer)));
/// }
/// let verdict = combination.finish();
/// assert_eq!(verdict.status.message, "list.shop:not here");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Combination {
    verdict: Verdict,
    code: Option<i32>,
    message: String,
}

impl Combination {
    /// No verdict yet.
    #[must_use]
    pub fn new() -> Combination {
        Combination::default()
    }

    /// Adds the verdict of a handler.
    pub fn add(&mut self, handler: &str, verdict: Verdict) {
        let denial = (!verdict.is_ok()).then(|| {
            if !self.message.is_empty() {
                self.message.push_str(", ");
            }
            self.message.push_str(handler);
            self.message.push(':');
            self.message.push_str(&verdict.status.message);
            let first = self.code.is_none();
            self.code.get_or_insert(verdict.status.code);
            first.then(|| direct_response(&verdict.status)).flatten()
        });
        let it = &mut self.verdict;
        if it.is_default() {
            *it = verdict;
        } else {
            it.valid_duration = it.valid_duration.min(verdict.valid_duration);
            it.valid_use_count = it.valid_use_count.min(verdict.valid_use_count);
        }
        if let Some(Some(directive)) = denial {
            it.directive = Some(directive);
        }
    }

    /// All of them as one; with Mixer's own validity where none has an opinion.
    #[must_use]
    pub fn finish(self) -> Verdict {
        let mut verdict = self.verdict;
        if let Some(code) = self.code {
            verdict.status = Status {
                code,
                message: self.message,
                details: Vec::new(),
            };
        }
        verdict.or_default()
    }
}

/// The response that a client gets instead of a denial's status: the first `DirectHttpResponse`
/// among the details of the status.
#[must_use]
pub fn direct_response(status: &Status) -> Option<RouteDirective> {
    let mut details = status.details.iter();
    let response = details.find_map(|detail| {
        let is_response = detail.type_url == DirectHttpResponse::type_url();
        let response = is_response.then(|| DirectHttpResponse::decode(&*detail.value));
        response?.ok()
    })?;
    let code = match u32::try_from(response.code) {
        Ok(0) | Err(_) => http_status(status.code),
        Ok(code) => code,
    };
    let mut operations = Vec::new();
    for (name, value) in response.headers {
        // A client takes several cookies only from several headers.
        let (values, operation) = match name.eq_ignore_ascii_case("set-cookie") {
            true => (value.split(',').collect(), Operation::Append),
            false => (vec![value.as_str()], Operation::Replace),
        };
        operations.extend(values.into_iter().map(|value| HeaderOperation {
            name: name.clone(),
            value: value.to_owned(),
            operation: operation.into(),
        }));
    }
    Some(RouteDirective {
        request_header_operations: Vec::new(),
        response_header_operations: operations,
        direct_response_code: code,
        direct_response_body: response.body,
    })
}

/// The HTTP status that belongs to a code.
fn http_status(code: i32) -> u32 {
    Code::from_number(code).map_or(500, |code| u32::from(code.http_status()))
}

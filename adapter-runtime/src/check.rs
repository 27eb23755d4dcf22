//! Verdicts about requests.

use std::fmt;
use std::time::Duration;

use prost_types::Any;

use crate::code::Code;
use crate::http_response::{HttpResponse, HttpResponseError};
use crate::proto;

/// The verdict of a check: `CheckResult` of Mixer's adapter model.
///
/// A denial is a result. An error ([`HandlerError`](crate::HandlerError)) means that there is no
/// verdict, and what then happens is decided by the [`FailPolicy`](crate::FailPolicy).
///
/// # Allow
/// ```
/// use adapter_runtime::CheckResult;
///
/// let verdict = CheckResult::allow();
/// # assert_eq!(verdict.to_string(), "CheckResult: status:OK, duration:0, usecount:0");
/// ```
/// The request goes on if every adapter that was asked allows it. Mixer takes no HTTP response
/// from a verdict that allows; headers are added to such a request by the operator's rule, from
/// the output of a template that is a check with output.
///
/// # Deny
/// ```
/// use adapter_runtime::{CheckResult, Code};
///
/// let verdict = CheckResult::deny(Code::PermissionDenied, "`eve` is not on the list");
/// # assert_eq!(verdict.message(), "`eve` is not on the list");
/// ```
/// The client gets the HTTP status that [belongs to the code](Code::http_status), here 403, and
/// the message with the handler's name before it: `list.handler.istio-system:…`. Where several
/// adapters deny, the code is that of the first to answer, and the messages are joined.
///
/// A backend's answer becomes a code with [`Code::from_http_status`]:
/// ```
/// use adapter_runtime::{CheckResult, Code};
///
/// fn verdict(backends_status: u16) -> CheckResult {
///     match Code::from_http_status(backends_status) {
///         Code::Ok => CheckResult::allow(),
///         code => CheckResult::deny(code, "the backend doesn't allow it"),
///     }
/// }
/// # assert_eq!(verdict(204).code(), Code::Ok);
/// # assert_eq!(verdict(429).code(), Code::ResourceExhausted);
/// ```
///
/// # Deny with an HTTP response
/// ```
/// use adapter_runtime::{CheckResult, Code, HandlerError, HttpResponse};
///
/// fn no_credit() -> Result<CheckResult, HandlerError> {
///     let response = HttpResponse::new(402)?
///         .header("content-type", "application/json")?
///         .body(r#"{"error": "no credit left"}"#);
///     Ok(CheckResult::deny_with(Code::ResourceExhausted, "no credit", response))
/// }
/// # assert!(no_credit().is_ok());
/// ```
/// Where several adapters deny, only the response of the first to answer is used; that of another
/// is lost, also if the first has none.
///
/// # Redirect, cookies
/// ```
/// use adapter_runtime::{CheckResult, Code, HandlerError, HttpResponse};
///
/// fn login() -> Result<CheckResult, HandlerError> {
///     Ok(CheckResult::redirect("https://login.example/")?)
/// }
///
/// fn login_with_a_way_back(id: u64) -> Result<CheckResult, HandlerError> {
///     let response = HttpResponse::redirect("https://login.example/")?
///         .cookie(format!("login={id}; Max-Age=600; Secure; HttpOnly"))?
///         .cookie("session=; Max-Age=0")?;
///     Ok(CheckResult::deny_with(Code::Unauthenticated, "not logged in", response))
/// }
/// # assert!(login().is_ok() && login_with_a_way_back(5).is_ok());
/// ```
///
/// # Caching
/// Mixer's caller, Envoy, keeps a verdict for equal requests and doesn't ask again for a while:
/// ```
/// use std::time::Duration;
///
/// use adapter_runtime::{Cache, CheckResult};
///
/// let verdict = CheckResult::allow().cache(Cache::Never);
/// let other = CheckResult::allow().cache(Cache::For {
///     duration: Duration::from_secs(5),
///     uses: 100,
/// });
/// # assert_ne!(verdict, other);
/// ```
/// | [`Cache`] | sent: duration, uses | what Envoy is told, if this adapter alone was asked |
/// |---|---|---|
/// | `Default` | 0, 0 | an allowed request: one minute, 10,000 uses; a denied one: nothing is kept |
/// | `Never` | 0, -1 | the same: nothing is kept |
/// | `For` | as given | the same |
///
/// Where several adapters are asked, Mixer takes the shortest duration and the smallest number of
/// uses, each by itself. `Never` therefore holds whatever the others say. `For` holds against
/// another `For` and `Never`; but a `Default` that is answered *later* makes both smallest
/// numbers zero, and if the request is allowed, Mixer takes that for no opinion and tells Envoy
/// one minute and 10,000 uses. Which adapter is later is chance. So where a verdict must not
/// outlive a shorter time, say `Never`, or have every adapter of the rule say `For`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckResult {
    code: Code,
    message: String,
    http: Option<Box<HttpResponse>>,
    cache: Cache,
}

/// How long a verdict may be used for equal requests before the adapter is asked again; see
/// [caching](CheckResult#caching).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cache {
    /// No opinion, Mixer decides: one minute or 10,000 uses for a verdict that allows, no reuse of
    /// one that denies.
    #[default]
    Default,
    /// Never: every request is asked about, whatever other adapters say.
    Never,
    /// For this long and for this many uses, whichever ends first. Zero of either is
    /// [`Never`](Cache::Never).
    For {
        /// How long.
        duration: Duration,
        /// How many uses, at most; more than `i32::MAX` are as many.
        uses: u32,
    },
}

/// A negative count is no limit of its own; the duration has run out on arrival. Both zero would
/// mean "no opinion", which Mixer replaces by a minute.
const NEVER: (Duration, i32) = (Duration::ZERO, -1);

impl CheckResult {
    /// Allows the request.
    #[must_use]
    pub fn allow() -> CheckResult {
        CheckResult::new(Code::Ok, String::new())
    }

    /// Denies the request; the caller gets the code, or its HTTP equivalent, and the message.
    ///
    /// [`Code::Ok`] is no denial: it becomes `PERMISSION_DENIED`.
    #[must_use]
    pub fn deny(code: Code, message: impl Into<String>) -> CheckResult {
        let code = if code == Code::Ok {
            Code::PermissionDenied
        } else {
            code
        };
        CheckResult::new(code, message.into())
    }

    /// Denies the request as [`deny`](CheckResult::deny) does; the client gets this response
    /// instead of the code's HTTP status and the message.
    #[must_use]
    pub fn deny_with(
        code: Code,
        message: impl Into<String>,
        response: HttpResponse,
    ) -> CheckResult {
        let mut result = CheckResult::deny(code, message);
        result.http = Some(Box::new(response));
        result
    }

    /// Sends the client elsewhere instead of letting the request pass, e.g. to log in: denies with
    /// `UNAUTHENTICATED` and [`HttpResponse::redirect`]. For another code, write
    /// `CheckResult::deny_with(code, message, HttpResponse::redirect(location)?)`.
    ///
    /// # Errors
    /// If the location is empty, or has characters that a URI doesn't have.
    pub fn redirect(location: impl AsRef<str>) -> Result<CheckResult, HttpResponseError> {
        Ok(CheckResult::deny_with(
            Code::Unauthenticated,
            "the client is redirected",
            HttpResponse::redirect(location)?,
        ))
    }

    fn new(code: Code, message: String) -> CheckResult {
        CheckResult {
            code,
            message,
            http: None,
            cache: Cache::Default,
        }
    }

    /// The same verdict with this caching.
    #[must_use]
    pub fn cache(mut self, cache: Cache) -> CheckResult {
        self.cache = cache;
        self
    }

    /// How long the verdict may be used again.
    #[must_use]
    pub fn cache_policy(&self) -> Cache {
        self.cache
    }

    /// `OK` if the request is allowed, else why not.
    #[must_use]
    pub fn code(&self) -> Code {
        self.code
    }

    /// The message of a denial.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The response that a client whose request is denied gets, where the adapter gave one.
    #[must_use]
    pub fn http_response(&self) -> Option<&HttpResponse> {
        self.http.as_deref()
    }

    /// How long it is valid, and for how many uses, as Mixer reads it.
    fn validity(&self) -> (Duration, i32) {
        match self.cache {
            Cache::Default => (Duration::ZERO, 0),
            Cache::Never => NEVER,
            Cache::For { duration, uses } if duration.is_zero() || uses == 0 => NEVER,
            Cache::For { duration, uses } => (duration, i32::try_from(uses).unwrap_or(i32::MAX)),
        }
    }

    pub(crate) fn to_proto(&self) -> proto::model::CheckResult {
        let (duration, uses) = self.validity();
        let mut status = to_proto_status(self.code, &self.message);
        if let Some(response) = &self.http {
            let detail = Any::from_msg(&response.to_proto());
            status
                .details
                .push(detail.expect("a vector takes any message"));
        }
        proto::model::CheckResult {
            status: Some(status),
            valid_duration: Some(to_proto_duration(duration)),
            valid_use_count: uses,
        }
    }
}

impl fmt::Display for CheckResult {
    /// As Mixer logs it: the status, the duration in nanoseconds, the number of uses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (duration, uses) = self.validity();
        write!(f, "CheckResult: status:{}", self.code)?;
        if !self.message.is_empty() {
            write!(f, " ({})", self.message)?;
        }
        write!(f, ", duration:{}, usecount:{uses}", duration.as_nanos())
    }
}

pub(crate) fn to_proto_status(code: Code, message: &str) -> proto::rpc::Status {
    proto::rpc::Status {
        code: code as i32,
        message: message.to_owned(),
        details: Vec::new(),
    }
}

pub(crate) fn to_proto_duration(duration: Duration) -> prost_types::Duration {
    prost_types::Duration {
        seconds: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        nanos: duration.subsec_nanos() as i32,
    }
}

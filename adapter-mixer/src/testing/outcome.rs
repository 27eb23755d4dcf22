//! What requests came to.

use std::fmt;

use adapter_runtime::Code;
use adapter_runtime::value::Duration;

use crate::explain::{Answer, Explanation};
use crate::runtime::{CallTrace, DispatchErrors, QuotaAnswer, Verdict};

/// What a check came to. Its assertions fail with the whole way of the request.
pub struct CheckOutcome(Explanation);

/// What a report came to. Its assertions fail with the whole way of the request.
pub struct ReportOutcome(Explanation);

/// What a request for a quota came to. Its assertions fail with the whole way of the request.
pub struct QuotaOutcome(Explanation);

macro_rules! common {
    ($($ty:ident)+) => {$(
        impl $ty {
            pub(super) fn of(explanation: Explanation) -> $ty {
                $ty(explanation)
            }

            /// The way of the request.
            #[must_use]
            pub fn explanation(&self) -> &Explanation {
                &self.0
            }

            /// The calls of handlers, in the order in which they ended.
            pub fn calls(&self) -> impl Iterator<Item = &CallTrace> {
                self.0.trace.dispatches.iter().flat_map(|it| &it.calls)
            }

            /// What went wrong, if there is no answer because of it.
            #[must_use]
            pub fn error(&self) -> Option<&DispatchErrors> {
                match &self.0.answer {
                    Answer::Failed(errors) => Some(errors),
                    _ => None,
                }
            }

            /// No handler was called.
            ///
            /// # Panics
            /// If one was.
            #[track_caller]
            pub fn assert_nobody_called(&self) -> &$ty {
                self.hold(self.calls().next().is_none(), "no call was expected")
            }

            /// There is no answer, because of an error with this text in it.
            ///
            /// # Panics
            /// If there is one, or the error is another.
            #[track_caller]
            pub fn assert_failed(&self, text: &str) -> &$ty {
                let found = self.error().map(ToString::to_string);
                let holds = found.is_some_and(|it| it.contains(text));
                self.hold(holds, &format!("an error with {text:?} was expected"))
            }

            #[track_caller]
            fn hold(&self, holds: bool, expected: &str) -> &$ty {
                assert!(holds, "{expected}\n\n{}", self.0);
                self
            }
        }

        impl fmt::Debug for $ty {
            /// The way of the request, as text.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    )+};
}

common! { CheckOutcome ReportOutcome QuotaOutcome }

impl CheckOutcome {
    /// The verdict, if there is one.
    #[must_use]
    pub fn verdict(&self) -> Option<&Verdict> {
        match &self.0.answer {
            Answer::Check(verdict) => Some(verdict),
            _ => None,
        }
    }

    /// Whether the request may go on.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.verdict().is_some_and(Verdict::is_ok)
    }

    /// Whether a handler denies the request. One that failed doesn't.
    #[must_use]
    pub fn is_denied(&self) -> bool {
        self.verdict().is_some_and(|it| !it.is_ok())
    }

    /// The code of the verdict.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        self.verdict()
            .and_then(|it| Code::from_number(it.status.code))
    }

    /// The request may go on, and a handler was asked.
    ///
    /// # Panics
    /// If it may not, or nobody was.
    #[track_caller]
    pub fn assert_allowed(&self) -> &CheckOutcome {
        self.hold(self.is_allowed(), "the request should be allowed");
        self.hold(
            self.calls().next().is_some(),
            "the request should be allowed by a handler, but none was asked",
        )
    }

    /// A handler denies the request with this code.
    ///
    /// # Panics
    /// If none does, or with another code.
    #[track_caller]
    pub fn assert_denied(&self, code: Code) -> &CheckOutcome {
        let holds = self.is_denied() && self.code() == Some(code);
        self.hold(holds, &format!("the request should be denied with {code}"))
    }

    /// The message of the verdict has this text in it.
    ///
    /// # Panics
    /// If it has not.
    #[track_caller]
    pub fn assert_message(&self, text: &str) -> &CheckOutcome {
        let holds = self
            .verdict()
            .is_some_and(|it| it.status.message.contains(text));
        self.hold(holds, &format!("the message should have {text:?} in it"))
    }

    /// The verdict holds for this time and so many requests.
    ///
    /// # Panics
    /// If it does not.
    #[track_caller]
    pub fn assert_valid(&self, duration: std::time::Duration, uses: i32) -> &CheckOutcome {
        let wanted = Duration::try_from(duration).ok();
        let found = self
            .verdict()
            .map(|it| (it.valid_duration, it.valid_use_count));
        let holds = wanted.is_some_and(|wanted| found == Some((wanted, uses)));
        let expected = format!("the verdict should hold for {duration:?} and {uses} requests");
        self.hold(holds, &expected)
    }
}

impl ReportOutcome {
    /// A handler was told, and all went well.
    ///
    /// # Panics
    /// If nobody was told, or something went wrong.
    #[track_caller]
    pub fn assert_reported(&self) -> &ReportOutcome {
        self.hold(
            self.error().is_none(),
            "the report should be taken notice of",
        );
        self.hold(self.calls().next().is_some(), "a handler should be told")
    }
}

impl QuotaOutcome {
    /// What was granted, if there is an answer.
    #[must_use]
    pub fn grant(&self) -> Option<&QuotaAnswer> {
        match &self.0.answer {
            Answer::Quota(grant) => Some(grant),
            _ => None,
        }
    }

    /// How much was granted; nothing where there is no answer.
    #[must_use]
    pub fn amount(&self) -> i64 {
        self.grant().map_or(0, |it| it.amount)
    }

    /// A handler was asked, and granted so much.
    ///
    /// # Panics
    /// If it granted another amount, or nobody was asked.
    #[track_caller]
    pub fn assert_granted(&self, amount: i64) -> &QuotaOutcome {
        let asked = self.calls().next().is_some();
        self.hold(asked, "a handler should be asked for the quota");
        let holds = self.grant().is_some_and(|it| it.amount == amount);
        self.hold(holds, &format!("{amount} should be granted"))
    }
}

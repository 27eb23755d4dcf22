//! Denies every request: Mixer's `denier`.
//!
//! Which requests reach it is up to the operator's rule. A check is denied with the status of the
//! configuration; of a quota nothing is granted.
//!
//! # Params
//! | field | default | what |
//! |---|---|---|
//! | `status.code` | 9, FAILED_PRECONDITION | the number of the [`Code`]; the client gets its [HTTP status](Code::http_status) |
//! | `status.message` | empty | what the client is told, after the handler's name |
//! | `valid_duration` | `5s` | how long Mixer's caller may use the denial for equal requests |
//! | `valid_use_count` | 1000 | how many times; a negative number is no limit |
//!
//! Zero of `valid_duration` or of `valid_use_count` means that the denial is not used again. The
//! `details` of a `google.rpc.Status` can't be written, since Mixer can't encode them.
//!
//! # An operator's configuration
//! ```yaml
#![doc = include_str!("../yaml/denier.yaml")]
//! ```

use std::time::Duration;

use adapter_runtime::prelude::*;
use adapter_runtime::template::{checknothing, listentry, quota};

/// How requests are denied.
#[derive(AdapterConfig, Clone, Debug)]
pub struct Params {
    /// What is answered.
    #[config(tag = 1)]
    pub status: Status,
    /// How long the denial may be used for equal requests.
    #[config(tag = 2, default = "5s")]
    pub valid_duration: Duration,
    /// How many times it may be used; a negative number is no limit.
    #[config(tag = 3, default = 1000)]
    pub valid_use_count: i32,
}

/// What a denied request is answered: `google.rpc.Status`.
#[derive(AdapterConfig, Clone, Debug)]
pub struct Status {
    /// The number of a gRPC code: 7 is PERMISSION_DENIED.
    #[config(tag = 1, default = Code::FailedPrecondition as i32)]
    pub code: i32,
    /// What the client is told.
    #[config(tag = 2)]
    pub message: String,
}

/// Denies every request with a status of the operator's choice.
#[mixer_adapter(
    package = "adapter.denier.config",
    templates = ["checknothing", "listentry", "quota"]
)]
#[derive(Debug)]
pub struct Denier {
    code: Code,
    message: String,
    cache: Cache,
}

impl Adapter for Denier {
    type Config = Params;

    fn validate(params: &Params, _: &InstanceTypes, errors: &mut ConfigErrors) {
        let number = params.status.code;
        match Code::from_number(number) {
            Some(Code::Ok) => errors.push(
                "status.code",
                "0 is OK, with which nothing is denied: write the number of another code, such as 7 \
                 for PERMISSION_DENIED",
            ),
            Some(_) => {}
            None => errors.push(
                "status.code",
                format!(
                    "{number} is no code of gRPC: write one from 1 to 16, such as 7 for \
                     PERMISSION_DENIED"
                ),
            ),
        }
    }

    async fn build(params: Params, _: Setup) -> Result<Denier, BuildError> {
        let code = Code::from_number(params.status.code);
        Ok(Denier {
            code: code.expect("it is valid"),
            message: params.status.message,
            cache: Cache::For {
                duration: params.valid_duration,
                uses: u32::try_from(params.valid_use_count).unwrap_or(u32::MAX),
            },
        })
    }
}

impl Denier {
    fn verdict(&self) -> CheckResult {
        CheckResult::deny(self.code, &*self.message).cache(self.cache)
    }
}

impl checknothing::Handler for Denier {
    async fn handle_check_nothing(
        &self,
        _: &Call,
        _: checknothing::Instance,
    ) -> Result<CheckResult, HandlerError> {
        Ok(self.verdict())
    }
}

impl listentry::Handler for Denier {
    async fn handle_list_entry(
        &self,
        _: &Call,
        _: listentry::Instance,
    ) -> Result<CheckResult, HandlerError> {
        Ok(self.verdict())
    }
}

impl quota::Handler for Denier {
    async fn handle_quota(
        &self,
        _: &Call,
        _: quota::Instance,
        _: QuotaArgs,
    ) -> Result<QuotaResult, HandlerError> {
        Ok(QuotaResult::deny(self.code, &*self.message))
    }
}

//! What is asked for of a quota.

use std::time::Duration;

use adapter_runtime::proto::model;
use adapter_runtime::template::{Instance as _, quota, serve};
use adapter_runtime::{HandlerError, QuotaArgs, QuotaResult};
use prost::Message;
use tests::agreement::check_text;

/// The request as prost has it, with the instance undecoded.
#[derive(Clone, PartialEq, prost::Message)]
struct Request {
    #[prost(bytes = "vec", repeated, tag = "1")]
    instance: Vec<Vec<u8>>,
    #[prost(string, tag = "3")]
    dedup_id: String,
    #[prost(message, required, tag = "4")]
    quota_request: model::QuotaRequest,
}

/// The arguments are those of the instance's name, or nothing is asked for under it.
pub fn check(request: &[u8]) {
    let mut called = None;
    let handle = |instance: quota::Instance, args: QuotaArgs| {
        called = Some((instance, args));
        std::future::ready(Ok::<_, HandlerError>(QuotaResult::grant(0, Duration::ZERO)))
    };
    let ours = serve::quota(request, handle).map(drop);
    if let Err(error) = &ours {
        check_text(error);
    }
    let Ok(theirs) = Request::decode(request) else {
        assert!(ours.is_err(), "only prost refuses it");
        return;
    };
    if let Some((instance, args)) = called {
        let asked = theirs.quota_request.quotas[instance.name()];
        assert_eq!(args.dedup_id, theirs.dedup_id);
        assert_eq!(args.amount, asked.amount);
        assert_eq!(args.best_effort, asked.best_effort);
    }
}

//! gRPC's [health service](https://github.com/grpc/grpc/blob/master/doc/health-checking.md): whether the
//! server takes requests, as a whole and for each service.

use std::sync::Arc;

use futures_util::stream;
use prost::Message;

use super::answer::Messages;
use super::core::{Core, Stage};
use super::dispatch::Dispatch;
use crate::code::Code;
use crate::status::{Status, shortened};

/// The full name of the service.
pub(super) const SERVICE: &str = "grpc.health.v1.Health";
pub(super) const CHECK: &str = "/grpc.health.v1.Health/Check";
pub(super) const WATCH: &str = "/grpc.health.v1.Health/Watch";

#[derive(Clone, PartialEq, Message)]
struct Request {
    #[prost(string, tag = "1")]
    service: String,
}

#[derive(Clone, PartialEq, Message)]
struct Response {
    #[prost(int32, tag = "1")]
    status: i32,
}

const SERVING: i32 = 1;
const NOT_SERVING: i32 = 2;
const SERVICE_UNKNOWN: i32 = 3;

/// Answers for a service; for the whole server if none is named.
pub(super) fn check(dispatch: &Dispatch, core: &Core, request: &[u8]) -> Result<Vec<u8>, Status> {
    let service = service(request)?;
    if !knows(dispatch, &service) {
        let known = dispatch.service_names().join(", ");
        let service = shortened(&service);
        return Err(Status::new(
            Code::NotFound,
            format!("there is no service {service} here; the services are {known}"),
        ));
    }
    Ok(response(status(core.stage())))
}

/// Answers now, and whenever it changes.
pub(super) fn watch(
    dispatch: &Dispatch,
    core: &Arc<Core>,
    request: &[u8],
) -> Result<Messages, Status> {
    let service = service(request)?;
    let known = knows(dispatch, &service);
    let stages = core.stage.subscribe();
    let state = (stages, None::<i32>);
    Ok(Box::pin(stream::unfold(
        state,
        move |(mut stages, last)| async move {
            loop {
                let stage = *stages.borrow_and_update();
                let now = match known {
                    true => status(stage),
                    false => SERVICE_UNKNOWN,
                };
                if last != Some(now) {
                    return Some((Ok(response(now)), (stages, Some(now))));
                }
                // The last word was said, and the connection is to end.
                if stage == Stage::Draining || stages.changed().await.is_err() {
                    return None;
                }
            }
        },
    )))
}

fn service(request: &[u8]) -> Result<String, Status> {
    let request = Request::decode(request).map_err(|error| {
        let problem = format!("the request is malformed: {error}");
        Status::new(Code::InvalidArgument, problem)
    })?;
    Ok(request.service)
}

fn knows(dispatch: &Dispatch, service: &str) -> bool {
    service.is_empty() || dispatch.service_names().contains(&service)
}

fn status(stage: Stage) -> i32 {
    match stage {
        Stage::Ready => SERVING,
        Stage::Starting | Stage::Leaving | Stage::Draining => NOT_SERVING,
    }
}

fn response(status: i32) -> Vec<u8> {
    Response { status }.encode_to_vec()
}

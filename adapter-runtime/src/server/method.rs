//! Methods of a program's own, beside those of its adapters.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Instant;

use tokio::time::timeout_at;
use tracing::Span;

use super::calls::{Busy, Measured, OwnTask};
use super::dispatch::Incoming;
use super::grpc;
use crate::code::Code;
use crate::error::HandlerError;
use crate::future::{BoxFuture, contain};
use crate::handlers::Pace;
use crate::status::Status;

/// A unary gRPC method of a program that serves more than adapters: bytes there and bytes back.
///
/// It has what a server's other methods have: the limits, the security, the draining, and a panic
/// is answered.
pub trait UnaryMethod: Send + Sync + 'static {
    /// Answers a message. The future is dropped when the caller gives up, or at the deadline.
    fn answer(
        &self,
        message: &[u8],
        deadline: Option<Instant>,
    ) -> impl Future<Output = Result<Vec<u8>, HandlerError>> + Send;
}

trait ErasedMethod: Send + Sync {
    fn answer<'a>(
        &'a self,
        message: &'a [u8],
        deadline: Option<Instant>,
    ) -> BoxFuture<'a, Result<Vec<u8>, HandlerError>>;
}

impl<M: UnaryMethod> ErasedMethod for M {
    fn answer<'a>(
        &'a self,
        message: &'a [u8],
        deadline: Option<Instant>,
    ) -> BoxFuture<'a, Result<Vec<u8>, HandlerError>> {
        Box::pin(UnaryMethod::answer(self, message, deadline))
    }
}

/// A method with its path.
#[derive(Clone)]
pub(super) struct OwnMethod {
    pub(super) path: &'static str,
    shared: Arc<Shared>,
}

struct Shared {
    method: Box<dyn ErasedMethod>,
    pace: Pace,
}

impl OwnMethod {
    pub(super) fn new(path: &'static str, method: impl UnaryMethod) -> OwnMethod {
        let shared = Shared {
            method: Box::new(method),
            pace: Pace::default(),
        };
        OwnMethod {
            path,
            shared: Arc::new(shared),
        }
    }

    /// Answers a request, in the time that its caller waits.
    pub(super) async fn answer(&self, incoming: &Incoming<'_>) -> Result<Vec<u8>, Status> {
        let (shared, message) = (self.shared.clone(), incoming.message.clone());
        let deadline = incoming.deadline;
        let answer = async move {
            let deadline = deadline.map(tokio::time::Instant::into_std);
            let mut busy = Busy::of(&shared.pace);
            let answer = contain(shared.method.answer(&message, deadline));
            let span = &Span::none();
            let answer = Measured::new(answer, span, &mut busy).await;
            answer.map_err(|panic| {
                let error = format!("panic while the method was called: {panic}");
                Status::new(Code::Internal, error)
            })
        };
        let answer = async {
            match self.shared.pace.is_heavy() {
                true => OwnTask(tokio::spawn(answer)).await.flatten(),
                false => answer.await,
            }
        };
        let answer = match deadline {
            None => answer.await,
            Some(deadline) => {
                let answered = timeout_at(deadline, answer).await;
                answered.unwrap_or_else(|_| Err(grpc::too_late()))
            }
        };
        answer?.map_err(Status::from)
    }
}

impl fmt::Debug for OwnMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.path)
    }
}

//! The Mixer API: what proxies call.
//!
//! An [`Api`] answers the methods `Check` and `Report` of `istio.mixer.v1.Mixer`, from a [`Mixer`]
//! or from any other [`Backend`]; [`serve`](Api::serve) puts them on a server.

mod backend;
mod check;
mod report;
mod shedding;

use std::fmt;
use std::sync::Arc;
use std::time::Instant;

use adapter_runtime::{Code, HandlerError, Server, UnaryMethod};
use prost::Message;

pub use backend::{Backend, Batch, Failure, Steps};
pub use shedding::{SheddingMode, SheddingOptions};

use crate::Mixer;
use crate::attribute::{GlobalDictionary, Malformed};
use crate::proto::mixer::ReportResponse;
use crate::proto::{ReceivedCheck, ReceivedReport};
use shedding::Throttler;

/// The method `Check`.
const CHECK: &str = "/istio.mixer.v1.Mixer/Check";
/// The method `Report`.
const REPORT: &str = "/istio.mixer.v1.Mixer/Report";

/// The Mixer API.
///
/// ```no_run
/// use std::sync::Arc;
///
/// use adapter_mixer::Mixer;
/// use adapter_mixer::api::Api;
/// use adapter_runtime::Server;
///
/// # async fn serve(mixer: Arc<Mixer>) -> Result<(), Box<dyn std::error::Error>> {
/// let server = Arc::new(Api::new(mixer)).serve(Server::without_adapters());
/// let server = server.listen("127.0.0.1:9091").bind().await?;
/// server.run(std::future::pending()).await;
/// # Ok(())
/// # }
/// ```
pub struct Api<B: Backend = Arc<Mixer>> {
    backend: B,
    dictionary: &'static GlobalDictionary,
    throttler: Throttler,
}

/// Why a request has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
#[non_exhaustive]
pub struct ApiError {
    /// The code that the caller gets.
    pub code: Code,
    /// What it gets with it, in Mixer's words.
    pub message: String,
}

impl ApiError {
    fn internal(message: String) -> ApiError {
        ApiError {
            code: Code::Internal,
            message,
        }
    }

    fn malformed(error: Malformed) -> ApiError {
        ApiError::internal(format!("grpc: error unmarshalling request: {error}"))
    }
}

impl<B: Backend> Api<B> {
    /// The API of a backend, with Istio's dictionary and without load shedding.
    #[must_use]
    pub fn new(backend: B) -> Api<B> {
        Api {
            backend,
            dictionary: GlobalDictionary::istio(),
            throttler: Throttler::new(SheddingOptions::default(), Instant::now()),
        }
    }

    /// Refuses requests when there are too many.
    #[must_use]
    pub fn shedding(self, options: SheddingOptions) -> Api<B> {
        let throttler = Throttler::new(options, Instant::now());
        Api { throttler, ..self }
    }

    /// Puts the methods on a server.
    pub fn serve(self: Arc<Self>, server: Server) -> Server {
        let (checks, reports) = (Checks(self.clone()), Reports(self));
        server.method(CHECK, checks).method(REPORT, reports)
    }

    /// Whether there is time for a request.
    fn admit(&self, cost: f64) -> Result<(), ApiError> {
        match self.throttler.overload(cost, Instant::now()) {
            None => Ok(()),
            Some(_) => Err(ApiError {
                code: Code::Unavailable,
                message: "Server is currently overloaded. Please try again.".into(),
            }),
        }
    }

    /// Takes notice of the time that an answer took.
    fn answered(&self, began: Instant) {
        let now = Instant::now();
        self.throttler.answered(now - began, now);
    }
}

impl<B: Backend> fmt::Debug for Api<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api")
            .field("throttler", &self.throttler)
            .finish_non_exhaustive()
    }
}

struct Checks<B: Backend>(Arc<Api<B>>);

impl<B: Backend> UnaryMethod for Checks<B> {
    async fn answer(
        &self,
        message: &[u8],
        deadline: Option<Instant>,
    ) -> Result<Vec<u8>, HandlerError> {
        let began = Instant::now();
        let request = ReceivedCheck::decode(message);
        let request = request.map_err(|error| answer(ApiError::malformed(error)))?;
        let response = self.0.check(&request, deadline).await;
        self.0.answered(began);
        Ok(response.map_err(answer)?.encode_to_vec())
    }
}

struct Reports<B: Backend>(Arc<Api<B>>);

impl<B: Backend> UnaryMethod for Reports<B> {
    async fn answer(
        &self,
        message: &[u8],
        deadline: Option<Instant>,
    ) -> Result<Vec<u8>, HandlerError> {
        let began = Instant::now();
        let request = ReceivedReport::decode(message);
        let request = request.map_err(|error| answer(ApiError::malformed(error)))?;
        let taken = self.0.report(&request, deadline).await;
        self.0.answered(began);
        taken.map_err(answer)?;
        Ok(ReportResponse {}.encode_to_vec())
    }
}

/// As the caller gets it.
fn answer(error: ApiError) -> HandlerError {
    HandlerError::new(error.code, error.message)
}

//! From a gRPC path and a request's bytes to the adapter that it is for.

use std::collections::HashMap;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use tokio::time::{Instant, timeout_at};

use super::failures::{Failures, Outcome};
use crate::adapter::Call;
use crate::code::Code;
use crate::definition::Registration;
use crate::fail_policy::FailPolicy;
use crate::future::{contain, contain_now};
use crate::handlers::{Handlers, Lease};
use crate::status::{Status, shortened};
use crate::template::open::{can_open, open};
use crate::template::{TemplateInfo, Variety};
use crate::wire::{AnyRef, DecodeError, Envelope};

/// The services of one listener: one for each template that its adapters handle.
#[derive(Default)]
pub(super) struct Dispatch {
    services: HashMap<&'static str, Service>,
}

/// A template, and the adapters that handle it.
pub(super) struct Service {
    template: TemplateInfo,
    routes: Vec<Route>,
}

/// An adapter of a service.
struct Route {
    /// The full name of the configuration's message.
    config_type: String,
    handlers: Arc<Handlers>,
    adapter: &'static str,
    /// The place of the service's template among the adapter's.
    template: usize,
    fail_policy: FailPolicy,
}

/// One request, read but not decoded.
pub(super) struct Incoming {
    pub(super) message: Bytes,
    pub(super) deadline: Option<Instant>,
    pub(super) peer: SocketAddr,
}

impl Dispatch {
    /// Adds an adapter to the services of its templates.
    pub(super) fn add(
        &mut self,
        registration: &Registration,
        handlers: &Arc<Handlers>,
        fail_policy: FailPolicy,
    ) {
        let adapter = registration.adapter;
        for (index, template) in adapter.templates().into_iter().enumerate() {
            let service = self
                .services
                .entry(template.info.path)
                .or_insert_with(|| Service {
                    template: template.info,
                    routes: Vec::new(),
                });
            service.routes.push(Route {
                config_type: adapter.config_type(),
                handlers: handlers.clone(),
                adapter: adapter.name(),
                template: index,
                fail_policy,
            });
        }
    }

    /// The service of a method.
    pub(super) fn service(&self, path: &str) -> Result<&Service, Status> {
        self.services.get(path).ok_or_else(|| {
            let mut known: Vec<_> = self.services.keys().copied().collect();
            known.sort_unstable();
            let known = known.join(", ");
            Status::new(
                Code::Unimplemented,
                format!(
                    "there is no method {} here; the methods are {known}",
                    shortened(path)
                ),
            )
        })
    }
}

impl Service {
    /// Answers a request.
    pub(super) async fn answer(
        &self,
        incoming: Incoming,
        failures: &Failures,
    ) -> Result<Vec<u8>, Status> {
        let envelope = self
            .read(&incoming.message)
            .map_err(|error| Status::malformed(&error))?;
        let (route, config) = self.route(envelope.adapter_config)?;
        let answer = route.answer(config, envelope.dedup_id, &incoming);
        if route.fail_policy == FailPolicy::Closed || !can_open(self.template.variety) {
            return answer.await;
        }
        match in_time(incoming.deadline, answer).await {
            Err(status) if status.is_failure() => {
                let answer = open(self.template.variety, &incoming.message)
                    .map_err(|error| Status::malformed(&error))?;
                failures.log(self.template.path, incoming.peer, &status, Outcome::Open);
                Ok(answer)
            }
            answer => answer,
        }
    }

    fn read<'a>(&self, request: &'a [u8]) -> Result<Envelope<'a>, DecodeError> {
        let instances = match self.template.variety {
            Variety::Report => "instances",
            _ => "instance",
        };
        Envelope::read(request, instances)
    }

    /// The adapter that a configuration is for, and the configuration's bytes.
    fn route<'a>(&self, config: Option<AnyRef<'a>>) -> Result<(&Route, &'a [u8]), Status> {
        // An empty Any is as good as none.
        let config = config.filter(|any| !any.type_url.is_empty() || !any.value.is_empty());
        let Some(any) = config else {
            return match self.routes.as_slice() {
                [only] => Ok((only, &[])),
                _ => Err(Status::new(
                    Code::FailedPrecondition,
                    format!(
                        "the request has no adapter_config, and several adapters handle the \
                         template `{}` here: {}. Mixer sends one if the operator's adapter resource \
                         has a `config` and says `session_based: false`",
                        self.template.name,
                        self.types()
                    ),
                )),
            };
        };
        let full_name = any.type_url.rsplit('/').next().unwrap_or_default();
        match self
            .routes
            .iter()
            .find(|route| route.config_type == full_name)
        {
            Some(route) => Ok((route, any.value)),
            None => Err(Status::new(
                Code::FailedPrecondition,
                format!(
                    "no adapter here handles the template `{}` with a configuration of the type \
                     `{}`; served are {}",
                    self.template.name,
                    shortened(any.type_url),
                    self.types()
                ),
            )),
        }
    }

    /// The types that are served, for a message.
    fn types(&self) -> String {
        let types: Vec<_> = self
            .routes
            .iter()
            .map(|route| {
                format!(
                    "`type.googleapis.com/{}` (adapter `{}`)",
                    route.config_type, route.adapter
                )
            })
            .collect();
        types.join(", ")
    }
}

/// An answer, or an error while there is time to answer otherwise.
async fn in_time(
    deadline: Option<Instant>,
    answer: impl Future<Output = Result<Vec<u8>, Status>>,
) -> Result<Vec<u8>, Status> {
    let Some(deadline) = deadline else {
        return answer.await;
    };
    let now = Instant::now();
    let enough = deadline.saturating_duration_since(now) * 9 / 10;
    timeout_at(now + enough, answer).await.unwrap_or_else(|_| {
        Err(Status::new(
            Code::DeadlineExceeded,
            "no answer within nine tenths of the time that the caller waits, its grpc-timeout",
        ))
    })
}

impl Route {
    /// Finds or builds the handler and calls it.
    async fn answer(
        &self,
        config: &[u8],
        dedup_id: &str,
        incoming: &Incoming,
    ) -> Result<Vec<u8>, Status> {
        let lease = self.handlers.lease(config).await?;
        let mut call = Call::new(lease.env());
        call.dedup_id = dedup_id.to_owned();
        call.deadline = incoming.deadline.map(Instant::into_std);
        call.peer = Some(incoming.peer);
        let answer = self.serve(&lease, &call, &incoming.message).await;
        answer.map_err(|status| status.of_handler(&call.handler))
    }

    /// Calls the handler; a panic is answered, and the process lives on.
    async fn serve(&self, lease: &Lease, call: &Call, message: &[u8]) -> Result<Vec<u8>, Status> {
        let called = contain_now(|| lease.handler().serve(self.template, call, message));
        let answer = match called {
            Ok(Ok(answer)) => contain(answer).await,
            Ok(Err(error)) => return Err(Status::malformed(&error)),
            Err(panic) => Err(panic),
        };
        match answer {
            Ok(answer) => answer.map_err(Status::from),
            Err(panic) => Err(Status::panicked(
                &call.adapter,
                "while it handled a call",
                &panic,
            )),
        }
    }
}

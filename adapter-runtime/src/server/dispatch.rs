//! From a gRPC path and a request's bytes to the adapter that it is for.

use std::collections::HashMap;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use prost::Message;
use tokio::time::{Instant, timeout_at};

use super::calls::Calling;
use super::failures::{Failures, Outcome};
use super::sessions::{Method, Sessions};
use crate::adapter::Call;
use crate::code::Code;
use crate::definition::Registration;
use crate::fail_policy::FailPolicy;
use crate::handlers::{Handlers, adapter_of};
use crate::status::{Status, shortened};
use crate::template::open::{can_open, open};
use crate::template::{TemplateInfo, Variety};
use crate::wire::{AnyRef, DecodeError, Envelope};

/// The services of one listener: one for each template that its adapters handle.
#[derive(Default)]
pub(super) struct Dispatch {
    services: HashMap<&'static str, Service>,
    sessions: Sessions,
}

/// What a path leads to.
pub(super) enum Target<'a> {
    Template(&'a Service),
    Session(&'a Sessions, Method),
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
        self.sessions.add(adapter.config_type(), handlers.clone());
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

    /// What a method is of.
    pub(super) fn target(&self, path: &str) -> Result<Target<'_>, Status> {
        if let Some(service) = self.services.get(path) {
            return Ok(Target::Template(service));
        }
        if let Some(method) = Method::named(path) {
            return Ok(Target::Session(&self.sessions, method));
        }
        Err({
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

impl Target<'_> {
    /// Answers a request.
    pub(super) async fn answer(
        &self,
        incoming: Incoming,
        failures: &Failures,
    ) -> Result<Vec<u8>, Status> {
        match self {
            Target::Template(service) => service.answer(incoming, failures).await,
            Target::Session(sessions, method) => sessions.answer(*method, &incoming.message).await,
        }
    }
}

/// What names the handler of a request.
enum Handled<'a> {
    Config(&'a [u8]),
    Session(String),
}

impl Service {
    async fn answer(&self, incoming: Incoming, failures: &Failures) -> Result<Vec<u8>, Status> {
        let envelope = self
            .read(&incoming.message)
            .map_err(|error| Status::malformed(&error))?;
        let (route, handled) = match session(envelope.adapter_config) {
            Some(id) => (self.session_route(&id)?, Handled::Session(id)),
            None => {
                let (route, config) = self.route(envelope.adapter_config)?;
                (route, Handled::Config(config))
            }
        };
        let answer = route.answer(handled, envelope.dedup_id, &incoming);
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

    /// The adapter that a session is of.
    fn session_route(&self, id: &str) -> Result<&Route, Status> {
        let mut routes = self.routes.iter();
        routes
            .find(|route| route.adapter == adapter_of(id))
            .ok_or_else(|| {
                Status::new(
                    Code::NotFound,
                    format!(
                        "there is no session `{}` of an adapter that handles the template `{}`: \
                         create one first",
                        shortened(id),
                        self.template.name
                    ),
                )
            })
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

/// The id of a session, which stands in place of a configuration.
fn session(config: Option<AnyRef<'_>>) -> Option<String> {
    let any = config?;
    let id = match any.type_url.rsplit('/').next()? {
        // As the adapter API words it, with the text itself as the value.
        "google.protobuf.Any.type_url" => String::from_utf8_lossy(any.value).into_owned(),
        "google.protobuf.StringValue" => String::decode(any.value).ok()?,
        _ => return None,
    };
    Some(id)
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
        handled: Handled<'_>,
        dedup_id: &str,
        incoming: &Incoming,
    ) -> Result<Vec<u8>, Status> {
        let lease = match handled {
            Handled::Config(config) => self.handlers.lease(config).await?,
            Handled::Session(id) => self.handlers.lease_session(&id)?,
        };
        let mut call = Call::new(lease.env());
        call.dedup_id = dedup_id.to_owned();
        call.deadline = incoming.deadline.map(Instant::into_std);
        call.peer = Some(incoming.peer);
        let calling = Calling {
            lease,
            template: self.template,
            call,
            message: incoming.message.clone(),
        };
        calling.run().await
    }
}

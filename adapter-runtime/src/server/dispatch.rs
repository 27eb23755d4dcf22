//! From a gRPC path to what answers there.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use tokio::time::Instant;

use super::core::Core;
use super::health;
use super::method::OwnMethod;
use super::peer::Peer;
use super::service::{Route, Rules, Service};
use super::sessions::{Method, SERVICE as SESSIONS, Sessions};
use super::streaming::Streaming;
use crate::code::Code;
use crate::definition::Registration;
use crate::handlers::Handlers;
use crate::status::{Status, shortened};

/// The services of one listener: one for each template that its adapters handle, and those that
/// every server has.
#[derive(Default)]
pub(super) struct Dispatch {
    services: HashMap<&'static str, Service>,
    methods: HashMap<&'static str, OwnMethod>,
    sessions: Sessions,
    /// What reflection tells, by adapter.
    adapters: BTreeMap<&'static str, Registration>,
    reflection: bool,
}

/// What a path leads to.
pub(super) enum Target<'a> {
    Template(&'a Service),
    Own(&'a OwnMethod),
    Session(&'a Sessions, Method),
    HealthCheck,
    Streaming(Streaming),
}

/// One request, read but not decoded.
pub(super) struct Incoming<'a> {
    pub(super) message: Bytes,
    pub(super) started: Instant,
    /// Until when the client waits.
    pub(super) deadline: Option<Instant>,
    pub(super) peer: &'a Peer,
}

impl Dispatch {
    pub(super) fn new(reflection: bool) -> Dispatch {
        Dispatch {
            reflection,
            ..Dispatch::default()
        }
    }

    /// Adds an adapter to the services of its templates.
    pub(super) fn add(
        &mut self,
        registration: &Registration,
        handlers: &Arc<Handlers>,
        mut rules: impl FnMut(&'static str) -> Rules,
    ) {
        let adapter = registration.adapter;
        self.adapters.insert(adapter.name(), *registration);
        self.sessions.add(adapter.config_type(), handlers.clone());
        for (index, template) in adapter.templates().into_iter().enumerate() {
            let service = self.services.entry(template.info.path);
            let service = service.or_insert_with(|| Service::new(template.info));
            let rules = rules(template.info.name);
            service.add(Route::new(adapter, handlers.clone(), index, rules));
        }
    }

    /// Adds a method of the program's own.
    pub(super) fn add_method(&mut self, method: OwnMethod) {
        self.methods.insert(method.path, method);
    }

    /// What a method is of.
    pub(super) fn target(&self, path: &str) -> Result<Target<'_>, Status> {
        if let Some(service) = self.services.get(path) {
            return Ok(Target::Template(service));
        }
        if let Some(method) = self.methods.get(path) {
            return Ok(Target::Own(method));
        }
        if let Some(method) = Method::named(path) {
            return Ok(Target::Session(&self.sessions, method));
        }
        if path == health::CHECK {
            return Ok(Target::HealthCheck);
        }
        if let Some(streaming) = Streaming::named(path, self.reflection) {
            return Ok(Target::Streaming(streaming));
        }
        let known = self.services.keys().chain(self.methods.keys());
        let mut known: Vec<_> = known.copied().collect();
        known.sort_unstable();
        let known = known.join(", ");
        Err(Status::new(
            Code::Unimplemented,
            format!(
                "there is no method {} here; the methods are {known}",
                shortened(path)
            ),
        ))
    }

    /// The full names of the services, without reflection itself.
    pub(super) fn service_names(&self) -> Vec<&'static str> {
        let paths = self.services.keys().copied();
        let of_templates = paths.filter_map(|path| path[1..].split('/').next());
        let mut names: Vec<_> = of_templates.chain([SESSIONS, health::SERVICE]).collect();
        names.sort_unstable();
        names
    }

    /// The adapters, in the order of their names.
    pub(super) fn adapters(&self) -> impl Iterator<Item = &Registration> {
        self.adapters.values()
    }
}

impl Target<'_> {
    /// Answers a request that has one message with one message.
    pub(super) async fn answer(
        &self,
        dispatch: &Dispatch,
        incoming: Incoming<'_>,
        core: &Core,
    ) -> Result<Vec<u8>, Status> {
        let (started, bytes) = (incoming.started.into_std(), incoming.message.len());
        let answer = match self {
            Target::Template(service) => return service.answer(incoming, core).await,
            Target::Own(method) => method.answer(&incoming).await,
            Target::Session(sessions, method) => sessions.answer(*method, &incoming.message).await,
            Target::HealthCheck => health::check(dispatch, core, &incoming.message),
            Target::Streaming(_) => Err(Status::new(Code::Internal, "the method is a stream")),
        };
        core.strays.begin(started, bytes).record(&answer);
        answer
    }
}

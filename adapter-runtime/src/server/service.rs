//! A template's service: the adapters behind it, and the rules by which each is called.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use prost::Message;
use tokio::time::{Instant, timeout_at};

use super::calls::Calling;
use super::core::Core;
use super::dispatch::Incoming;
use super::failures::Outcome;
use super::grpc;
use super::verdict::{Decision, Sampler, Verdict};
use super::weight;
use crate::adapter::Call;
use crate::code::Code;
use crate::definition::ErasedAdapter;
use crate::fail_policy::FailPolicy;
use crate::handlers::{Handlers, adapter_of};
use crate::metrics::{CallMetrics, Refusal};
use crate::status::{Status, shortened};
use crate::template::open::{can_open, open};
use crate::template::{TemplateInfo, Variety};
use crate::wire::{AnyRef, DecodeError, Envelope};

/// A template, and the adapters that handle it.
pub(super) struct Service {
    template: TemplateInfo,
    routes: Vec<Route>,
}

/// An adapter of a service.
pub(super) struct Route {
    /// The full name of the configuration's message.
    config_type: String,
    handlers: Arc<Handlers>,
    adapter: &'static str,
    /// The place of the service's template among the adapter's.
    template: usize,
    rules: Rules,
}

/// How an adapter is called.
pub(super) struct Rules {
    pub(super) fail_policy: FailPolicy,
    pub(super) shadow: bool,
    pub(super) decisions: Sampler,
    pub(super) timeout: Option<Duration>,
    pub(super) metrics: CallMetrics,
}

/// What names the handler of a request.
enum Handled<'a> {
    Config(&'a [u8]),
    Session(String),
}

impl Service {
    pub(super) fn new(template: TemplateInfo) -> Service {
        Service {
            template,
            routes: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, route: Route) {
        self.routes.push(route);
    }

    pub(super) async fn answer(
        &self,
        incoming: Incoming<'_>,
        core: &Core,
    ) -> Result<Vec<u8>, Status> {
        let (started, bytes) = (incoming.started.into_std(), incoming.message.len());
        match self.find(&incoming.message) {
            Ok((route, handled, dedup_id)) => {
                let counting = route.rules.metrics.begin(started, bytes);
                let answer = self.decide(route, handled, dedup_id, &incoming, core).await;
                counting.record(&answer);
                answer
            }
            Err(status) => {
                let answer = Err(status);
                core.strays.begin(started, bytes).record(&answer);
                answer
            }
        }
    }

    /// The adapter that a request is for.
    fn find<'a>(&self, message: &'a [u8]) -> Result<(&Route, Handled<'a>, &'a str), Status> {
        let envelope = self
            .read(message)
            .map_err(|error| Status::malformed(&error))?;
        let (route, handled) = match session(envelope.adapter_config) {
            Some(id) => (self.session_route(&id)?, Handled::Session(id)),
            None => {
                let (route, config) = self.route(envelope.adapter_config)?;
                (route, Handled::Config(config))
            }
        };
        Ok((route, handled, envelope.dedup_id))
    }

    /// Calls the adapter, and answers as its rules say.
    async fn decide(
        &self,
        route: &Route,
        handled: Handled<'_>,
        dedup_id: &str,
        incoming: &Incoming<'_>,
        core: &Core,
    ) -> Result<Vec<u8>, Status> {
        let (rules, message) = (&route.rules, &incoming.message);
        let variety = self.template.variety;
        let may_open = can_open(variety);
        let opens = may_open && rules.fail_policy == FailPolicy::Open;
        let limit = Limit::of(
            incoming.deadline,
            rules.timeout,
            opens || (may_open && rules.shadow),
        );
        let most = message.len().saturating_mul(weight::MOST);
        let memory = core
            .load
            .message(most, || weight::of(message), core.metrics());
        let answer = match memory {
            Ok(_memory) => {
                let answer = route.answer(handled, dedup_id, incoming, limit.end);
                limit.wait(answer, core).await
            }
            Err(status) => Err(status),
        };
        let mut answer = answer.and_then(|answer| not_too_large(answer, core));
        if !may_open {
            return answer;
        }
        let open = || open(variety, message).map_err(|error| Status::malformed(&error));
        if let Err(status) = &answer
            && opens
            && status.is_failure()
        {
            let opened = open()?;
            let path = self.template.path;
            core.failures
                .log(path, incoming.peer, status, Outcome::Open);
            answer = Ok(opened);
        }
        let sampled = rules.decisions.is_due();
        if rules.shadow || sampled {
            let verdict = Verdict::of(variety, &answer);
            let shadowed = rules.shadow && verdict.refuses();
            if sampled || shadowed {
                let decision = Decision {
                    adapter: route.adapter,
                    template: &self.template,
                    request: message,
                    peer: incoming.peer,
                    took: incoming.started.elapsed(),
                    verdict: &verdict,
                    shadowed,
                };
                decision.log(&core.failures, sampled);
            }
            if shadowed {
                rules.metrics.shadowed(verdict.code());
                return open();
            }
        }
        answer
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

/// Until when a call is waited for, and why no longer.
struct Limit {
    end: Option<Instant>,
    /// The adapter's own limit, if that comes first.
    own: Option<Duration>,
    /// Whether there is to be time left to answer in another way.
    early: bool,
}

impl Limit {
    fn of(deadline: Option<Instant>, own: Option<Duration>, answers_otherwise: bool) -> Limit {
        let now = Instant::now();
        let own_end = own.and_then(|own| now.checked_add(own));
        let first = own_end.filter(|own| deadline.is_none_or(|deadline| *own < deadline));
        match (first, deadline) {
            (Some(end), _) => Limit {
                end: Some(end),
                own,
                early: false,
            },
            (None, Some(deadline)) if answers_otherwise => Limit {
                end: Some(now + deadline.saturating_duration_since(now) * 9 / 10),
                own: None,
                early: true,
            },
            (None, deadline) => Limit {
                end: deadline,
                own: None,
                early: false,
            },
        }
    }

    async fn wait(
        &self,
        answer: impl Future<Output = Result<Vec<u8>, Status>>,
        core: &Core,
    ) -> Result<Vec<u8>, Status> {
        let Some(end) = self.end else {
            return answer.await;
        };
        timeout_at(end, answer).await.unwrap_or_else(|_| {
            Err(match self.own {
                Some(own) => {
                    core.refused(Refusal::CallTimeout);
                    Status::new(
                        Code::DeadlineExceeded,
                        format!("no answer within {own:?}, the server's `call-timeout`"),
                    )
                }
                None if self.early => Status::new(
                    Code::DeadlineExceeded,
                    "no answer within nine tenths of the time that the caller waits, its grpc-timeout",
                ),
                None => grpc::too_late(),
            })
        })
    }
}

fn not_too_large(answer: Vec<u8>, core: &Core) -> Result<Vec<u8>, Status> {
    let (bytes, max) = (answer.len(), core.settings.max_response_bytes);
    if bytes <= max {
        return Ok(answer);
    }
    core.refused(Refusal::ResponseBytes);
    Err(Status::new(
        Code::ResourceExhausted,
        format!(
            "the answer has {bytes} bytes; at most {max} are sent, the server's `max-response-bytes`"
        ),
    ))
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

impl Route {
    pub(super) fn new(
        adapter: &'static dyn ErasedAdapter,
        handlers: Arc<Handlers>,
        template: usize,
        rules: Rules,
    ) -> Route {
        Route {
            config_type: adapter.config_type(),
            handlers,
            adapter: adapter.name(),
            template,
            rules,
        }
    }

    /// Finds or builds the handler and calls it.
    async fn answer(
        &self,
        handled: Handled<'_>,
        dedup_id: &str,
        incoming: &Incoming<'_>,
        deadline: Option<Instant>,
    ) -> Result<Vec<u8>, Status> {
        let lease = match handled {
            Handled::Config(config) => self.handlers.lease(config).await?,
            Handled::Session(id) => self.handlers.lease_session(&id)?,
        };
        let mut call = Call::new(lease.env());
        call.dedup_id = dedup_id.to_owned();
        call.deadline = deadline.map(Instant::into_std);
        call.peer = incoming.peer.address;
        let calling = Calling {
            lease,
            template: self.template,
            call,
            message: incoming.message.clone(),
        };
        calling.run().await
    }
}

//! The service `InfrastructureBackend`: configurations that are validated and built once, and named
//! by a session's id in the requests.
//!
//! No released Mixer calls it, but it is part of the adapter API. What is wrong with a configuration
//! is in the answer's status, as the API has it; a gRPC error means that the request is malformed.

use std::sync::Arc;

use prost::Message;
use prost_types::Any;

use crate::adapter::InstanceTypes;
use crate::code::Code;
use crate::handlers::{Handlers, adapter_of};
use crate::proto::model::{
    CloseSessionRequest, CloseSessionResponse, CreateSessionRequest, CreateSessionResponse,
    ValidateRequest, ValidateResponse,
};
use crate::proto::rpc;
use crate::status::{Status, shortened};

/// The full name of the service.
pub(super) const SERVICE: &str = "istio.mixer.adapter.model.v1beta1.InfrastructureBackend";
const VALIDATE: &str = "/istio.mixer.adapter.model.v1beta1.InfrastructureBackend/Validate";
const CREATE_SESSION: &str =
    "/istio.mixer.adapter.model.v1beta1.InfrastructureBackend/CreateSession";
const CLOSE_SESSION: &str = "/istio.mixer.adapter.model.v1beta1.InfrastructureBackend/CloseSession";

/// A method of the service.
#[derive(Clone, Copy)]
pub(super) enum Method {
    Validate,
    CreateSession,
    CloseSession,
}

/// The adapters of a listener, by the type of their configurations.
#[derive(Default)]
pub(super) struct Sessions {
    adapters: Vec<(String, Arc<Handlers>)>,
}

impl Method {
    pub(super) fn named(path: &str) -> Option<Method> {
        match path {
            VALIDATE => Some(Method::Validate),
            CREATE_SESSION => Some(Method::CreateSession),
            CLOSE_SESSION => Some(Method::CloseSession),
            _ => None,
        }
    }
}

impl Sessions {
    pub(super) fn add(&mut self, config_type: String, handlers: Arc<Handlers>) {
        self.adapters.push((config_type, handlers));
    }

    pub(super) async fn answer(&self, method: Method, request: &[u8]) -> Result<Vec<u8>, Status> {
        match method {
            Method::Validate => {
                let ValidateRequest {
                    adapter_config,
                    inferred_types,
                } = decode(request)?;
                let valid = self.find(&adapter_config).and_then(|handlers| {
                    let types = types(handlers, inferred_types)?;
                    handlers.validate(value(&adapter_config), &types)
                });
                let status = Some(to_proto(valid.err()));
                Ok(ValidateResponse { status }.encode_to_vec())
            }
            Method::CreateSession => {
                let request: CreateSessionRequest = decode(request)?;
                let (session_id, status) = match self.create(request).await {
                    Ok(id) => (id, None),
                    Err(status) => (String::new(), Some(status)),
                };
                let status = Some(to_proto(status));
                Ok(CreateSessionResponse { session_id, status }.encode_to_vec())
            }
            Method::CloseSession => {
                let CloseSessionRequest { session_id } = decode(request)?;
                let closed = match self.of_session(&session_id) {
                    Ok(handlers) => handlers.close_session(&session_id).await,
                    Err(status) => Err(status),
                };
                let status = Some(to_proto(closed.err()));
                Ok(CloseSessionResponse { status }.encode_to_vec())
            }
        }
    }

    async fn create(&self, request: CreateSessionRequest) -> Result<String, Status> {
        let handlers = self.find(&request.adapter_config)?;
        let types = types(handlers, request.inferred_types)?;
        let config = value(&request.adapter_config);
        handlers.open_session(config, types).await
    }

    /// The adapter that a configuration is for.
    fn find(&self, config: &Option<Any>) -> Result<&Arc<Handlers>, Status> {
        let type_url = config.as_ref().map_or("", |any| &any.type_url);
        let known = || {
            let adapters = self.adapters.iter();
            let known = adapters.map(|(ty, _)| format!("`type.googleapis.com/{ty}`"));
            known.collect::<Vec<_>>().join(", ")
        };
        match (type_url, self.adapters.as_slice()) {
            ("", [(_, only)]) => Ok(only),
            ("", _) => Err(Status::new(
                Code::FailedPrecondition,
                format!(
                    "the request has no adapter_config, and there are several adapters here, with \
                     configurations of the types {}",
                    known()
                ),
            )),
            (url, adapters) => {
                let name = url.rsplit('/').next().unwrap_or_default();
                let found = adapters.iter().find(|(config_type, _)| config_type == name);
                found.map(|(_, handlers)| handlers).ok_or_else(|| {
                    Status::new(
                        Code::FailedPrecondition,
                        format!(
                            "no adapter here has a configuration of the type `{}`; there are {}",
                            shortened(url),
                            known()
                        ),
                    )
                })
            }
        }
    }

    fn of_session(&self, id: &str) -> Result<&Arc<Handlers>, Status> {
        let adapter = adapter_of(id);
        let mut handlers = self.adapters.iter().map(|(_, handlers)| handlers);
        handlers
            .find(|handlers| handlers.adapter().name() == adapter)
            .ok_or_else(|| {
                Status::new(
                    Code::NotFound,
                    format!("there is no session `{}`: create one first", shortened(id)),
                )
            })
    }
}

fn decode<M: Message + Default>(request: &[u8]) -> Result<M, Status> {
    M::decode(request).map_err(|error| {
        let problem = format!("the request is malformed: {error}");
        Status::new(Code::InvalidArgument, problem)
    })
}

fn value(config: &Option<Any>) -> &[u8] {
    config.as_ref().map_or(&[], |any| &any.value)
}

/// The types of instances, each the message `Type` of its template's package.
fn types(
    handlers: &Handlers,
    inferred: impl IntoIterator<Item = (String, Any)>,
) -> Result<InstanceTypes, Status> {
    let adapter = handlers.adapter();
    let templates = adapter.templates();
    let mut types = InstanceTypes::default();
    for (instance, any) in inferred {
        let url = any.type_url.as_str();
        let name = url.rsplit('/').next().unwrap_or_default();
        let is_type = |package: &str| name == format!("{}.Type", package.to_ascii_lowercase());
        let template = templates
            .iter()
            .position(|template| is_type(template.info.package));
        let Some(template) = template else {
            let known: Vec<_> = templates
                .iter()
                .map(|template| format!("`{}.Type`", template.info.package.to_ascii_lowercase()))
                .collect();
            return Err(Status::new(
                Code::InvalidArgument,
                format!(
                    "the inferred type of `{}` is a `{}`, but the adapter `{}` handles only {}",
                    shortened(&instance),
                    shortened(url),
                    adapter.name(),
                    known.join(", ")
                ),
            ));
        };
        let added = adapter.add_type(&mut types, template, instance.clone(), &any.value);
        added.map_err(|error| {
            let instance = shortened(&instance);
            let problem = format!("the inferred type of `{instance}` is malformed: {error}");
            Status::new(Code::InvalidArgument, problem)
        })?;
    }
    Ok(types)
}

fn to_proto(status: Option<Status>) -> rpc::Status {
    let (code, message) = match &status {
        Some(status) => (status.code(), status.message()),
        None => (Code::Ok, ""),
    };
    rpc::Status {
        code: code as i32,
        message: message.to_owned(),
        details: Vec::new(),
    }
}

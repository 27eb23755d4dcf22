//! gRPC's [reflection](https://github.com/grpc/grpc/blob/master/doc/server-reflection.md): what is served,
//! with the descriptors of templates and configurations and all that they import.

use std::collections::BTreeMap;

use prost::Message;
use prost_types::field_descriptor_proto::Label;
use prost_types::field_descriptor_proto::Type;
use prost_types::{
    DescriptorProto, EnumDescriptorProto, EnumValueDescriptorProto, FileDescriptorProto,
    MethodDescriptorProto, ServiceDescriptorProto,
};

use super::dispatch::Dispatch;
use super::health;
use crate::code::Code;
use crate::descriptor::{field, reference};
use crate::status::{Status, shortened};
use crate::template::descriptor_set;
use crate::wire::{bytes, message, skip};

pub(super) const V1: &str = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo";
/// What older clients ask; the messages are the same.
pub(super) const V1_ALPHA: &str = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";

#[derive(Clone, PartialEq, Message)]
struct Request {
    #[prost(string, tag = "1")]
    host: String,
    #[prost(oneof = "Asked", tags = "3, 4, 5, 6, 7")]
    asked: Option<Asked>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum Asked {
    #[prost(string, tag = "3")]
    File(String),
    #[prost(string, tag = "4")]
    Symbol(String),
    #[prost(message, tag = "5")]
    Extension(Extension),
    #[prost(string, tag = "6")]
    ExtensionsOf(String),
    #[prost(string, tag = "7")]
    Services(String),
}

#[derive(Clone, PartialEq, Message)]
struct Extension {
    #[prost(string, tag = "1")]
    of: String,
    #[prost(int32, tag = "2")]
    number: i32,
}

#[derive(Clone, PartialEq, Message)]
struct Response {
    #[prost(string, tag = "1")]
    host: String,
    #[prost(message, optional, tag = "2")]
    request: Option<Request>,
    #[prost(oneof = "Answer", tags = "4, 6, 7")]
    answer: Option<Answer>,
}

#[derive(Clone, PartialEq, prost::Oneof)]
enum Answer {
    #[prost(message, tag = "4")]
    Files(FileResponse),
    #[prost(message, tag = "6")]
    Services(ServiceResponse),
    #[prost(message, tag = "7")]
    Error(ErrorResponse),
}

#[derive(Clone, PartialEq, Message)]
struct FileResponse {
    #[prost(bytes = "vec", repeated, tag = "1")]
    files: Vec<Vec<u8>>,
}

#[derive(Clone, PartialEq, Message)]
struct ServiceResponse {
    #[prost(message, repeated, tag = "1")]
    services: Vec<ServiceName>,
}

#[derive(Clone, PartialEq, Message)]
struct ServiceName {
    #[prost(string, tag = "1")]
    name: String,
}

#[derive(Clone, PartialEq, Message)]
struct ErrorResponse {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
}

/// Answers one request.
pub(super) fn answer(dispatch: &Dispatch, request: &[u8]) -> Result<Vec<u8>, Status> {
    let request = Request::decode(request).map_err(|error| {
        let problem = format!("the request is malformed: {error}");
        Status::new(Code::InvalidArgument, problem)
    })?;
    let files = Files::of(dispatch);
    let not_found = |what: &str, name: &str| {
        Answer::Error(ErrorResponse {
            code: Code::NotFound as i32,
            message: format!("there is no {what} `{}` here", shortened(name)),
        })
    };
    let found = |file: Option<&File>| {
        let files = files.with_imports(file?);
        Some(Answer::Files(FileResponse { files }))
    };
    let answer = match &request.asked {
        Some(Asked::File(name)) => {
            found(files.by_name.get(name)).unwrap_or_else(|| not_found("file", name))
        }
        Some(Asked::Symbol(name)) => {
            found(files.with_symbol(name)).unwrap_or_else(|| not_found("symbol", name))
        }
        Some(Asked::Services(_)) => Answer::Services(ServiceResponse {
            services: files.services(),
        }),
        Some(Asked::Extension(Extension { of, .. }) | Asked::ExtensionsOf(of)) => {
            not_found("extension of", of)
        }
        None => {
            let problem = "the request asks for nothing";
            return Err(Status::new(Code::InvalidArgument, problem));
        }
    };
    let response = Response {
        host: request.host.clone(),
        request: Some(request),
        answer: Some(answer),
    };
    Ok(response.encode_to_vec())
}

/// The files that describe what is served, by name.
struct Files {
    by_name: BTreeMap<String, File>,
}

/// A file as it is in its set, since what it says in extensions would be lost by encoding it again.
struct File {
    bytes: Vec<u8>,
    descriptor: FileDescriptorProto,
}

impl Files {
    fn of(dispatch: &Dispatch) -> Files {
        let mut files = Files {
            by_name: BTreeMap::new(),
        };
        files.add(health_file().encode_to_vec());
        for registration in dispatch.adapters() {
            let adapter = registration.adapter;
            files.add_set(&adapter.schema().descriptor_set());
            for template in adapter.templates() {
                files.add_set(&descriptor_set(&template.info));
            }
        }
        files
    }

    fn add_set(&mut self, set: &[u8]) {
        let read = message(set, |number, wire, input| match number {
            1 => {
                let (file, rest) = bytes(wire, input)?;
                self.add(file.to_vec());
                Ok(rest)
            }
            _ => skip(number, wire, input),
        });
        debug_assert!(read.is_ok(), "our own descriptors");
    }

    fn add(&mut self, bytes: Vec<u8>) {
        if let Ok(descriptor) = FileDescriptorProto::decode(bytes.as_slice()) {
            let name = descriptor.name().to_owned();
            self.by_name.insert(name, File { bytes, descriptor });
        }
    }

    /// A file and those that it imports, each once.
    fn with_imports(&self, file: &File) -> Vec<Vec<u8>> {
        let mut names = vec![file.descriptor.name()];
        let mut at = 0;
        while let Some(name) = names.get(at) {
            let imports = self.by_name.get(*name).into_iter();
            for import in imports.flat_map(|file| &file.descriptor.dependency) {
                if !names.contains(&import.as_str()) {
                    names.push(import);
                }
            }
            at += 1;
        }
        let files = names.iter().filter_map(|name| self.by_name.get(*name));
        files.map(|file| file.bytes.clone()).collect()
    }

    fn services(&self) -> Vec<ServiceName> {
        let files = self.by_name.values().map(|file| &file.descriptor);
        files
            .flat_map(|file| {
                let name = |service: &ServiceDescriptorProto| ServiceName {
                    name: format!("{}.{}", file.package(), service.name()),
                };
                file.service.iter().map(name)
            })
            .collect()
    }

    fn with_symbol(&self, symbol: &str) -> Option<&File> {
        self.by_name.values().find(|file| {
            let file = &file.descriptor;
            let Some(name) = symbol.strip_prefix(file.package()) else {
                return false;
            };
            let Some(name) = name.strip_prefix('.') else {
                return false;
            };
            let mut services = file.service.iter();
            services.any(|service| {
                let methods = &service.method;
                match name.strip_prefix(service.name()) {
                    Some("") => true,
                    Some(method) => methods
                        .iter()
                        .any(|it| method.strip_prefix('.') == Some(it.name())),
                    None => false,
                }
            }) || file.enum_type.iter().any(|it| it.name() == name)
                || file.message_type.iter().any(|it| has_type(it, name))
        })
    }
}

/// Whether a name is that of a message, or of a type in it.
fn has_type(message: &DescriptorProto, name: &str) -> bool {
    match name.strip_prefix(message.name()) {
        Some("") => true,
        Some(nested) => nested.strip_prefix('.').is_some_and(|name| {
            message.enum_type.iter().any(|it| it.name() == name)
                || message.nested_type.iter().any(|it| has_type(it, name))
        }),
        None => false,
    }
}

/// The health service's file.
fn health_file() -> FileDescriptorProto {
    let named = |name: &str| Some(name.to_owned());
    let message = |name: &str, field| DescriptorProto {
        name: named(name),
        field: vec![field],
        ..Default::default()
    };
    let values = ["UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"];
    let values = values
        .iter()
        .zip(0..)
        .map(|(name, number)| EnumValueDescriptorProto {
            name: named(name),
            number: Some(number),
            ..Default::default()
        });
    let status = EnumDescriptorProto {
        name: named("ServingStatus"),
        value: values.collect(),
        ..Default::default()
    };
    let response = "grpc.health.v1.HealthCheckResponse";
    let mut answer = reference("status", 1, format!(".{response}.ServingStatus"));
    answer.r#type = Some(Type::Enum.into());
    answer.label = Some(Label::Optional.into());
    let mut answer = message("HealthCheckResponse", answer);
    answer.enum_type.push(status);
    let method = |name: &str, streaming| MethodDescriptorProto {
        name: named(name),
        input_type: named(".grpc.health.v1.HealthCheckRequest"),
        output_type: Some(format!(".{response}")),
        server_streaming: Some(streaming),
        ..Default::default()
    };
    let (package, service) = health::SERVICE.rsplit_once('.').expect("a package");
    FileDescriptorProto {
        name: named("grpc/health/v1/health.proto"),
        package: named(package),
        message_type: vec![
            message("HealthCheckRequest", field("service", 1, Type::String)),
            answer,
        ],
        service: vec![ServiceDescriptorProto {
            name: named(service),
            method: vec![method("Check", false), method("Watch", true)],
            ..Default::default()
        }],
        syntax: named("proto3"),
        ..Default::default()
    }
}

//! Templates as operators apply them, whose messages are known from a descriptor alone.

use std::fmt;
use std::sync::Arc;

use adapter_runtime::QuotaArgs;
use adapter_runtime::document::{Node, Problems};
use adapter_runtime::template::Variety;
use adapter_runtime::value::ValueType;

use super::answer::{Answer, UnreadableAnswer};
use super::descriptor::{self, DescriptorError, File, FileSet};
use super::instance::{EncodedInstance, RemoteInstance};
use super::output::OutputLayout;
use super::plan;
use super::request::RequestLayout;
use super::schema::Schema;
use crate::language;

/// A template that is described by the descriptor of a `template` resource.
///
/// What can be wrong with a descriptor shows, as in Mixer, where it is used: without a message
/// `InstanceMsg` there can be no instances, without a service no handler can be called.
///
/// Istio: "Mixer Out of Process Adapter Dev Guide", `istio.mixer.adapter.model.v1beta1.Template`.
#[derive(Clone)]
pub struct RemoteTemplate(Arc<Inner>);

struct Inner {
    name: String,
    package: String,
    variety: Variety,
    schema: Schema,
    service: Result<Service, DescriptorError>,
}

struct Service {
    path: String,
    request: RequestLayout,
    output: Option<OutputLayout>,
}

impl RemoteTemplate {
    /// Reads the base64 of a `FileDescriptorSet` that holds the template's handler service.
    ///
    /// # Errors
    /// The text is no descriptor, or not one file in it is a template's.
    pub fn parse(text: &str) -> Result<RemoteTemplate, DescriptorError> {
        let set = descriptor::decode(text)?;
        let (file, name, variety) = template_file(&set)?;
        let schema = Schema::new(&set)?;
        let service = service(&set, &schema, variety);
        Ok(RemoteTemplate(Arc::new(Inner {
            name,
            package: file.package.clone(),
            variety,
            schema,
            service,
        })))
    }

    /// The name that the descriptor's option `template_name` says. Instances refer to the
    /// resource by the resource's own name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The proto package, e.g. `listentry`.
    #[must_use]
    pub fn package(&self) -> &str {
        &self.0.package
    }

    /// What the template asks of an adapter.
    #[must_use]
    pub fn variety(&self) -> Variety {
        self.0.variety
    }

    /// The path of the gRPC method, e.g. `/listentry.HandleListEntryService/HandleListEntry`.
    ///
    /// # Errors
    /// There is no service in the descriptor, or one that doesn't fit the variety.
    pub fn path(&self) -> Result<&str, &DescriptorError> {
        self.service().map(|service| service.path.as_str())
    }

    /// The fields of the output as attributes with their types; `prefix` stands before each name.
    /// Mixer's is `output.` for an attribute generator, `<action>.output.` for a check with output.
    #[must_use]
    pub fn output_attributes(&self, prefix: &str) -> Vec<(String, ValueType)> {
        let output = self.service().ok().and_then(|it| it.output.as_ref());
        let fields = output.into_iter().flat_map(OutputLayout::types);
        fields
            .map(|(name, ty)| (format!("{prefix}{name}"), ty))
            .collect()
    }

    /// Compiles an instance: the `params` that an operator wrote, of which a text is an expression
    /// unless it has quotes of its own. `name` is the instance's full name, which is sent with it
    /// and which nothing in the params can change; `compile` gives a compiled expression and its
    /// type.
    ///
    /// # Errors
    /// All that the template has no place for, and all expressions that don't compile or are not of
    /// their field's type, each at its place.
    pub fn compile<C>(
        &self,
        name: &str,
        params: Option<&Node>,
        compile: impl FnMut(&str) -> Result<(C, ValueType), language::Error>,
    ) -> Result<RemoteInstance<C>, Problems> {
        let message = format!(".{}.InstanceMsg", self.0.package);
        let ops = plan::compile(&self.0.schema, &message, name, params, compile)?;
        Ok(RemoteInstance::new(name, ops))
    }

    /// Reads the answer of an adapter.
    ///
    /// # Errors
    /// The bytes are no such answer.
    pub fn read_answer(&self, bytes: &[u8]) -> Result<Answer, UnreadableAnswer> {
        let output = self.service().ok().and_then(|it| it.output.as_ref());
        Answer::read(self.0.variety, output, bytes)
    }

    /// Encodes a request: of a report with any number of instances, otherwise with one. `config` is
    /// what [`ConfigDescriptor::encode`](super::ConfigDescriptor::encode) gave; Mixer leaves it out
    /// where the adapter's resource has no `config`, or says `session_based`.
    ///
    /// # Errors
    /// There is no service in the descriptor, or one that doesn't fit the variety.
    pub fn encode_request(
        &self,
        instances: &[EncodedInstance],
        config: Option<&[u8]>,
        dedup_id: &str,
        quota: Option<&QuotaArgs>,
    ) -> Result<Vec<u8>, &DescriptorError> {
        self.encode_after(0, instances, config, dedup_id, quota)
    }

    /// The same with some bytes of room before it.
    pub(super) fn encode_after(
        &self,
        room: usize,
        instances: &[EncodedInstance],
        config: Option<&[u8]>,
        dedup_id: &str,
        quota: Option<&QuotaArgs>,
    ) -> Result<Vec<u8>, &DescriptorError> {
        let request = &self.service()?.request;
        Ok(request.encode(room, instances, config, dedup_id, quota))
    }

    fn service(&self) -> Result<&Service, &DescriptorError> {
        self.0.service.as_ref()
    }
}

impl fmt::Debug for RemoteTemplate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RemoteTemplate({}, {})", self.name(), self.variety())
    }
}

const VARIETY: &str = "istio.mixer.adapter.model.v1beta1.template_variety";

/// The one file that is the template's, with the options that make it one.
fn template_file(set: &FileSet) -> Result<(&File, String, Variety), DescriptorError> {
    let mut found: Option<(&File, i32)> = None;
    for file in &set.file {
        let options = file.options.as_ref();
        let Some(variety) = options.and_then(|options| options.template_variety) else {
            continue;
        };
        if let Some((other, _)) = found {
            let error = format!(
                "proto files {} and {}, both have the option {VARIETY}. Only one proto file is \
                 allowed with this options",
                file.name, other.name
            );
            return Err(DescriptorError::new(error));
        }
        found = Some((file, variety));
    }
    let Some((file, variety)) = found else {
        let error = format!("there has to be one proto file that has the extension {VARIETY}");
        return Err(DescriptorError::new(error).help(
            "take the descriptor from the command `manifest`, or from Istio's tools; what went \
             through a program that doesn't know the option has lost it",
        ));
    };
    let variety = match variety {
        0 => Variety::Check,
        1 => Variety::Report,
        2 => Variety::Quota,
        3 => Variety::AttributeGenerator,
        4 => Variety::CheckWithOutput,
        other => {
            let error = format!(
                "the template variety {other} of {} doesn't exist",
                file.name
            );
            return Err(DescriptorError::new(error));
        }
    };
    let options = file.options.as_ref();
    let Some(name) = options.and_then(|options| options.template_name.clone()) else {
        let error = format!(
            "proto files {} is missing required template_name option",
            file.name
        );
        return Err(DescriptorError::new(error).help(
            "this is the bare template: apply the descriptor of its handler service, which \
             Istio's tools make of it",
        ));
    };
    if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        let error = format!("the template name '{name}' must match the regex '^[a-zA-Z]+$'");
        return Err(DescriptorError::new(error));
    }
    Ok((file, name, variety))
}

/// The first service whose name begins with `Handle`, which is Mixer's way to find it.
fn service(set: &FileSet, schema: &Schema, variety: Variety) -> Result<Service, DescriptorError> {
    let mut services = set.file.iter().flat_map(|file| {
        let services = file.service.iter();
        services.map(move |service| (file.package.as_str(), service))
    });
    let service = services.find(|(_, service)| service.name.starts_with("Handle"));
    let Some((package, service)) = service else {
        return Err(
            DescriptorError::new("no service matched prefix:'Handle'").help(
                "this is the bare template: apply the descriptor of its handler service, which \
             Istio's tools make of it",
            ),
        );
    };
    let name = &service.name;
    let Some(method) = service.method.first() else {
        let error = format!("no methods defined in service:'{name}'");
        return Err(DescriptorError::new(error));
    };
    let output = match variety {
        Variety::AttributeGenerator | Variety::CheckWithOutput => {
            let message = format!(".{package}.OutputMsg");
            let Some(message) = schema.message(&message) else {
                let error = format!("cannot resolve message '{message}'");
                return Err(DescriptorError::new(error).help(format!(
                    "a template of the variety `{variety}` answers with an output"
                )));
            };
            Some(OutputLayout::new(schema, message))
        }
        _ => None,
    };
    Ok(Service {
        path: format!("/{package}.{name}/{}", method.name),
        request: RequestLayout::new(schema, &method.input, variety)?,
        output,
    })
}

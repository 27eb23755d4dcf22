//! What `#[mixer_adapter]` says about a struct, and its erased form in the registry.

use std::any::TypeId;
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;

use serde::Serialize;

use crate::adapter::{Adapter, Call, InstanceTypes};
use crate::builder::{self, Builder, Built};
use crate::config::{
    AdapterConfig, ConfigSchema, Encoder, FieldDescription, Reading, validate_elsewhere,
};
use crate::document::{Node, Problems};
use crate::env::Env;
use crate::error::{BuildError, ConfigErrors};
use crate::fail_policy::FailPolicy;
use crate::future::{BoxFuture, contain_now};
use crate::in_process::{Asked, HostedTemplate};
use crate::template::host::Hosted;
use crate::template::{Answer, Serves, TemplateInfo, Variety, decode_type};
use crate::wire::DecodeError;

/// What `#[mixer_adapter]` says about a struct.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not registered as an adapter",
    label = "`#[mixer_adapter]` is missing",
    note = "annotate the struct with `#[mixer_adapter(templates = [\"metric\"])]`, listing the templates that it handles"
)]
pub trait Registered: Sized + 'static {
    /// The name that operators use.
    const NAME: &'static str;
    /// What the adapter does, in a sentence.
    const DESCRIPTION: &'static str;
    /// Where the struct is: its module's path.
    const IMPLEMENTATION: &'static str;
    /// The proto package of the configuration.
    const PACKAGE: &'static str;
    /// The version of the crate.
    const VERSION: &'static str;
    /// Whether a handler that nobody calls may be closed.
    const IDLE_CLOSE: bool;
    /// What becomes of a check when the adapter fails.
    const FAIL_POLICY: FailPolicy;
    /// The templates and how the adapter is called with each.
    #[doc(hidden)]
    const TEMPLATES: &'static [Row<Self>];
}

/// A template that the adapter `A` lists: its names and the way into the handler.
pub struct Row<A> {
    template: ListedTemplate,
    serve: ServeFn<A>,
    host: HostFn<A>,
    add_type: AddTypeFn,
}

/// A template that an adapter lists.
#[derive(Clone, Copy)]
pub(crate) struct ListedTemplate {
    pub(crate) info: TemplateInfo,
    /// The name of the operator's template resource.
    pub(crate) resource: &'static str,
    /// Which template it is, whatever it calls itself.
    pub(crate) id: TypeId,
    pub(crate) hosted: HostedTemplate,
    pub(crate) path: fn() -> &'static str,
}

type AddTypeFn = fn(&mut InstanceTypes, String, &[u8]) -> Result<(), DecodeError>;
type ServeFn<A> = for<'a> fn(&'a A, &'a Call, &[u8]) -> Result<Answer<'a>, DecodeError>;

type HostFn<A> = for<'a> fn(&'a A, &'a Call, Asked) -> Hosted<'a>;

impl<A> Row<A> {
    /// The row of a template whose handler the adapter implements.
    #[must_use]
    pub const fn of<T: Serves<A>>() -> Row<A> {
        let template = ListedTemplate {
            info: T::INFO,
            resource: T::INFO.name,
            id: TypeId::of::<T>(),
            hosted: HostedTemplate::of::<T>(),
            path: std::any::type_name::<T>,
        };
        Row {
            template,
            serve: T::serve,
            host: T::host,
            add_type: |types, instance, encoded| {
                let ty = decode_type::<T>(encoded)?;
                types.add::<T>([(instance, ty)].into());
                Ok(())
            },
        }
    }

    /// The same under another name of the operator's template resource.
    #[must_use]
    pub const fn renamed(mut self, resource: &'static str) -> Row<A> {
        self.template.resource = resource;
        self
    }
}

impl<A> fmt::Debug for Row<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Row({})", self.template.info.name)
    }
}

/// An adapter in the registry, with the place of its `#[mixer_adapter]`.
#[derive(Clone, Copy)]
pub struct Registration {
    pub(crate) adapter: &'static dyn ErasedAdapter,
    pub(crate) source: &'static Location<'static>,
}

inventory::collect!(Registration);

impl Registration {
    /// Registers an adapter from where this is called.
    #[must_use]
    #[track_caller]
    pub const fn new<A: Adapter + Registered>() -> Registration {
        Registration {
            adapter: &Erased::<A>(PhantomData),
            source: Location::caller(),
        }
    }

    /// What `info` shows of the adapter.
    pub(crate) fn info(&self) -> Info {
        self.adapter.info(self.source)
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.adapter.name(), self.source)
    }
}

/// What an adapter says of itself: the guide's `GetInfo`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Info {
    /// The name that operators use.
    pub name: String,
    /// Where the struct is: its module's path.
    #[serde(rename = "impl")]
    pub implementation: String,
    /// What the adapter does, in a sentence.
    pub description: String,
    /// The templates that it handles.
    pub templates: Vec<SupportedTemplate>,
    /// Its configuration.
    pub config: ConfigInfo,
    /// What becomes of a check when the adapter fails, unless who runs the server says otherwise.
    #[serde(skip_serializing_if = "FailPolicy::is_default")]
    pub fail_policy: FailPolicy,
    /// The version of its crate.
    pub version: String,
    /// The file, line and column of its `#[mixer_adapter]`.
    pub source: String,
}

/// A template that an adapter handles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SupportedTemplate {
    /// The name of the operator's template resource.
    pub name: String,
    /// What the template asks of the adapter.
    pub variety: Variety,
}

/// The configuration of an adapter.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ConfigInfo {
    /// The type URL under which Mixer sends it.
    pub type_url: String,
    /// Its fields, in the order in which they are declared.
    pub fields: Vec<FieldDescription>,
    /// The same in the forms that others read: the descriptor, the `.proto` file, the JSON Schema,
    /// the reference.
    #[serde(skip)]
    pub schema: ConfigSchema,
}

/// An adapter whose type is erased.
pub(crate) trait ErasedAdapter: Send + Sync {
    fn name(&self) -> &'static str;
    fn version(&self) -> &'static str;
    /// The full name of the configuration's message, `<package>.Params`.
    fn config_type(&self) -> String;
    fn schema(&self) -> ConfigSchema;
    fn idle_close(&self) -> bool;
    fn fail_policy(&self) -> FailPolicy;
    fn templates(&self) -> Vec<ListedTemplate>;
    fn info(&self, source: &Location<'_>) -> Info;
    /// Adds the type of an instance: the message `Type` of the template with this index.
    fn add_type(
        &self,
        types: &mut InstanceTypes,
        template: usize,
        instance: String,
        encoded: &[u8],
    ) -> Result<(), DecodeError>;
    /// The configuration of an operator who wrote nothing.
    fn defaults(&self) -> Box<dyn ErasedConfig>;
    /// Reads a configuration from a document; where something is wrong, there is the default.
    fn read(&self, params: &Node, problems: &mut Problems) -> Box<dyn ErasedConfig>;
    /// Checks the `params` of a handler as far as that is possible where the adapter doesn't run.
    fn check_params(&self, params: &Node, encoder: Encoder, problems: &mut Problems);
    /// Decodes a configuration; its canonical bytes are equal for equal configurations.
    fn decode(&self, config: &[u8]) -> Result<Box<dyn ErasedConfig>, DecodeError>;
}

/// A configuration that was decoded, and can become a handler.
pub(crate) trait ErasedConfig: Send + Sync {
    fn canonical_bytes(&self) -> Vec<u8>;
    /// As the operator would write it, without secrets.
    fn show(&self) -> serde_json::Value;
    fn validate(self: Box<Self>, types: &InstanceTypes) -> Result<(), ConfigErrors>;
    fn build(
        self: Box<Self>,
        env: Env,
        types: InstanceTypes,
    ) -> BoxFuture<'static, Result<Box<dyn ErasedHandler>, BuildFailure>>;
}

/// Why there is no handler.
#[derive(Debug)]
pub(crate) enum BuildFailure {
    Invalid(ConfigErrors),
    /// Panicked while it was validated.
    ValidationPanicked(String),
    Failed(BuildError),
}

/// An adapter with its configuration, ready to be called.
pub(crate) trait ErasedHandler: Send + Sync {
    /// Calls the handler of the template with this index in [`ErasedAdapter::templates`].
    fn serve<'a>(
        &'a self,
        template: usize,
        call: &'a Call,
        request: &[u8],
    ) -> Result<Answer<'a>, DecodeError>;

    /// The same with instances that were built in this process.
    fn host<'a>(&'a self, template: usize, call: &'a Call, asked: Asked) -> Hosted<'a>;

    fn close(&self) -> BoxFuture<'_, ()>;

    /// The `Built` of the adapter's type.
    #[cfg(feature = "testing")]
    fn as_any(&self) -> &dyn std::any::Any;
}

struct Erased<A>(PhantomData<fn() -> A>);

impl<A: Adapter + Registered> ErasedAdapter for Erased<A> {
    fn name(&self) -> &'static str {
        A::NAME
    }

    fn version(&self) -> &'static str {
        A::VERSION
    }

    fn config_type(&self) -> String {
        format!("{}.Params", A::PACKAGE)
    }

    fn schema(&self) -> ConfigSchema {
        ConfigSchema::of::<A::Config>(A::PACKAGE)
    }

    fn idle_close(&self) -> bool {
        A::IDLE_CLOSE
    }

    fn fail_policy(&self) -> FailPolicy {
        A::FAIL_POLICY
    }

    fn templates(&self) -> Vec<ListedTemplate> {
        A::TEMPLATES.iter().map(|row| row.template).collect()
    }

    fn info(&self, source: &Location<'_>) -> Info {
        let supported = |row: &Row<A>| SupportedTemplate {
            name: row.template.resource.to_owned(),
            variety: row.template.info.variety,
        };
        Info {
            name: A::NAME.to_owned(),
            implementation: A::IMPLEMENTATION.to_owned(),
            description: A::DESCRIPTION.to_owned(),
            templates: A::TEMPLATES.iter().map(supported).collect(),
            config: ConfigInfo {
                type_url: format!("type.googleapis.com/{}", self.config_type()),
                fields: A::Config::fields(),
                schema: self.schema(),
            },
            fail_policy: A::FAIL_POLICY,
            version: self.version().to_owned(),
            source: source.to_string(),
        }
    }

    fn add_type(
        &self,
        types: &mut InstanceTypes,
        template: usize,
        instance: String,
        encoded: &[u8],
    ) -> Result<(), DecodeError> {
        (A::TEMPLATES[template].add_type)(types, instance, encoded)
    }

    fn defaults(&self) -> Box<dyn ErasedConfig> {
        Box::new(Config::<A>(A::Config::defaults()))
    }

    fn read(&self, params: &Node, problems: &mut Problems) -> Box<dyn ErasedConfig> {
        Box::new(Config::<A>(
            Reading::by(Encoder::Compiled, params).take(problems),
        ))
    }

    fn check_params(&self, params: &Node, encoder: Encoder, problems: &mut Problems) {
        validate_elsewhere::<A>(params, encoder, problems);
    }

    fn decode(&self, config: &[u8]) -> Result<Box<dyn ErasedConfig>, DecodeError> {
        Ok(Box::new(Config::<A>(A::Config::decode(config)?)))
    }
}

struct Config<A: Adapter>(A::Config);

impl<A: Adapter + Registered> ErasedConfig for Config<A> {
    fn canonical_bytes(&self) -> Vec<u8> {
        self.0.encode()
    }

    fn show(&self) -> serde_json::Value {
        self.0.show()
    }

    fn validate(mut self: Box<Self>, types: &InstanceTypes) -> Result<(), ConfigErrors> {
        builder::validate::<A>(&mut self.0, types)
    }

    fn build(
        self: Box<Self>,
        env: Env,
        types: InstanceTypes,
    ) -> BoxFuture<'static, Result<Box<dyn ErasedHandler>, BuildFailure>> {
        Box::pin(async move {
            let builder = Builder::<A>::with_types(types).configure(self.0);
            let builder = match contain_now(|| builder.validate()) {
                Ok(Ok(builder)) => builder,
                Ok(Err(errors)) => return Err(BuildFailure::Invalid(errors)),
                Err(panic) => return Err(BuildFailure::ValidationPanicked(panic)),
            };
            let built = builder.build(env).await.map_err(BuildFailure::Failed)?;
            Ok(Box::new(built) as Box<dyn ErasedHandler>)
        })
    }
}

impl<A: Adapter + Registered> ErasedHandler for Built<A> {
    fn serve<'a>(
        &'a self,
        template: usize,
        call: &'a Call,
        request: &[u8],
    ) -> Result<Answer<'a>, DecodeError> {
        (A::TEMPLATES[template].serve)(self, call, request)
    }

    fn host<'a>(&'a self, template: usize, call: &'a Call, asked: Asked) -> Hosted<'a> {
        (A::TEMPLATES[template].host)(self, call, asked)
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        // What stands before the future of an author's `close` runs in it too.
        Box::pin(async move { A::close(self).await })
    }

    #[cfg(feature = "testing")]
    fn as_any(&self) -> &dyn std::any::Any {
        self
    }
}

//! The macros of `adapter-runtime`, which re-exports them: depend on that crate, not on this one.
//!
//! - [`macro@mixer_adapter`] makes a struct an adapter that registers itself.
//! - [`derive@AdapterConfig`] makes a struct the configuration of an adapter, and an enum a part of
//!   one.
//! - [`macro@mixer_template`] makes a struct a template: what Mixer sends to adapters.

mod adapter;
mod config;
mod diagnostics;
mod docs;
mod keys;
mod names;
mod numbers;
mod runtime;
mod template;
#[cfg(test)]
mod testing;

use proc_macro::TokenStream;

/// Makes a struct an adapter: registers it, with its names and the templates that it handles.
///
/// ```
/// use adapter_runtime::template::metric;
/// use adapter_runtime::{
///     Adapter, BuildError, Call, HandlerError, NoConfig, Setup, mixer_adapter,
/// };
///
/// /// Counts the metrics that it receives.
/// #[mixer_adapter(templates = ["metric"])]
/// pub struct Counter(std::sync::atomic::AtomicUsize);
///
/// impl Adapter for Counter {
///     type Config = NoConfig;
///
///     async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> {
///         Ok(Counter(0.into()))
///     }
/// }
///
/// impl metric::Handler for Counter {
///     async fn handle_metric(
///         &self,
///         _: &Call,
///         instances: Vec<metric::Instance>,
///     ) -> Result<(), HandlerError> {
///         self.0.fetch_add(instances.len(), std::sync::atomic::Ordering::Relaxed);
///         Ok(())
///     }
/// }
/// ```
///
/// The struct has no generic parameters and implements `Adapter`, and the `Handler` of each
/// template that it lists. A handler that is missing, or one whose template is not listed, is an
/// error.
///
/// # Required
/// - `templates = ["metric", crate::keyval, "quota" as "my-quota"]`: what the adapter handles. A
///   built-in template is given by its name, one of your own by the path of its module. `as` gives
///   the name of the operator's template resource where it is not the template's.
///
/// # Optional
/// - `name = "my-adapter"`: the name that operators use: small letters, digits and hyphens, at
///   most 63. By default the name of the struct: `MyGrpcAdapter` is `my-grpc-adapter`.
/// - `description = "…"`: what the adapter does. By default the first paragraph of the doc comment.
/// - `impl = "…"`: where the adapter is implemented. By default the path of the module.
/// - `package = "adapter.mygrpcadapter.config"`: the proto package of the configuration, with
///   which Mixer finds the adapter. By default `my_adapter.config` for the name `my-adapter`.
/// - `idle_close = "never"`: keeps handlers that nobody calls, for adapters that hold state. By
///   default they are closed after a while.
/// - `fail_policy = "open"`: lets a request pass when the adapter fails to check it: a handler that
///   can't be built, returns an error or panics. By default, `"closed"`, such a request is refused.
///   Who runs the server may choose otherwise.
/// - `crate = ::path`: where `adapter-runtime` is. By default `::adapter_runtime`.
///
/// # What it generates
/// Beside the struct, which stays as it is:
///
/// ```text
/// const _: () = {
///     impl Registered for Counter { /* the names; each template with the way to its handler */ }
///     impl Lists<metric::Template> for Counter {}
///     inventory::submit! { Registration::new::<Counter>() }
/// };
/// ```
///
/// # Caveats
/// A program has the adapters of the crates that it is linked with, and a crate that is only listed
/// in `Cargo.toml` is not linked: name it, `use my_adapters as _;`.
#[proc_macro_attribute]
pub fn mixer_adapter(args: TokenStream, item: TokenStream) -> TokenStream {
    adapter::expand(args.into(), item.into()).into()
}

/// Makes a struct a template: what Mixer sends to adapters, and the trait with which they take it.
///
/// ```
/// /// May somebody do something?
/// pub mod authorization {
///     use adapter_runtime::mixer_template;
///     use adapter_runtime::value::{Map, Str, Value};
///
///     /// What is asked.
///     #[mixer_template(check, package = "authorization")]
///     pub struct Instance {
///         /// Who.
///         #[field(1)]
///         pub subject: Option<Subject>,
///         /// What, by the name of an attribute.
///         #[field(2)]
///         pub action: Map<Value>,
///     }
///
///     /// Somebody.
///     #[mixer_template(message)]
///     pub struct Subject {
///         /// The user's name.
///         #[field(1)]
///         pub user: Str,
///         /// More about the user.
///         #[field(3)]
///         pub properties: Map<Value>,
///     }
/// }
///
/// let instance = authorization::Instance::default();
/// assert_eq!(instance.name, "");
/// ```
///
/// A template is a module with a struct `Instance`. An adapter lists it by the path of that module.
///
/// # Required
/// - What the struct is, first: `check`, `report`, `quota`, `attribute_generator` or
///   `check_with_output` for an `Instance`, which is what the template asks of an adapter; `message`
///   for a struct that is a field of another; `output` for an `Output`, which is what adapters
///   answer to the last two.
/// - `package = "listEntry"`, of an instance: the package of the template's `.proto` file. Mixer's
///   names derive from it: the template is `listentry`, the method
///   `/listentry.HandleListEntryService/HandleListEntry`, the handler's `handle_list_entry`.
/// - `#[field(1)]` above each field: its number in the `.proto` file. `#[field(1, name = "theName")]`
///   where the name there is not the field's.
///
/// # Optional
/// - `name = "listEntry"`, of an instance: the name from which the others derive, where it is not
///   the last part of the package: Mixer's `template_name`.
/// - `crate = ::path`: where `adapter-runtime` is. By default `::adapter_runtime`.
///
/// # Fields
/// | type | in the `.proto` file |
/// |---|---|
/// | `Str`, `String`, `i64`, `f64`, `bool` | `string`, `int64`, `double`, `bool` |
/// | `Value` | `istio.policy.v1beta1.Value`: the operator's expression decides the type |
/// | `IpAddress`, `TimeStamp`, `Duration`, `DnsName`, `EmailAddress`, `Uri` | the types of that name |
/// | `Option<Subject>` | a message; `Subject` has `#[mixer_template(message)]` |
/// | `Map<V>`, `BTreeMap<String, V>`, `HashMap<String, V>` | `map<string, V>` of one of the others |
///
/// Each field of an `Output` is an `Option` of one of the others, but no `Value`, no message and no
/// map except of strings: `Some` is written also where it is zero, `None` is an attribute that
/// doesn't exist. (Only an empty map is the same as none: protobuf can't tell them apart.) The fields
/// of an attribute generator are no `Value`s either, since Mixer must know their types.
///
/// They are recognised by the last segment of their path, so an alias can't have another name. A
/// message that is imported from another module is imported with its `Type`: `use parts::{Subject,
/// SubjectType};`.
/// Mixer has no other types, and no field may be called `name`.
///
/// # What it generates
/// The struct gets the field `name`, the instance's full name, and `Clone`, `Debug`, `Default` and
/// `PartialEq`, as far as it doesn't derive them. Beside it:
///
/// ```text
/// pub struct Type { /* the types of the `Value`s */ }          // `SubjectType` of a message
/// pub struct Template;                                         // names the template
/// pub trait Handler: Lists<Template> {
///     async fn handle_list_entry(&self, call: &Call, instance: Instance)
///         -> Result<CheckResult, HandlerError>;
/// }
/// pub trait SetTypes { /* `set_list_entry_types`, a method of the builder */ }
/// ```
///
/// | variety | the handler's method | returns, or a `HandlerError` |
/// |---|---|---|
/// | `check` | `handle_list_entry(&self, call, instance)` | `CheckResult` |
/// | `check_with_output` | `handle_list_entry(&self, call, instance)` | `(CheckResult, Output)` |
/// | `quota` | `handle_list_entry(&self, call, instance, args)` | `QuotaResult` |
/// | `report` | `handle_list_entry(&self, call, instances)` | `()` |
/// | `attribute_generator` | `generate_list_entry_attributes(&self, call, instance)` | `Output` |
///
/// An attribute generator has no `SetTypes`: Mixer never tells it types. What the template consists of
/// is in `Template::INFO`, from which `adapter_runtime::template` makes the descriptor of the
/// handler service (`descriptor_set`) and the template's `.proto` (`proto_text`).
///
/// # Caveats
/// Derives of your own stand below the attribute, not above it: above, they would not see `name`.
#[proc_macro_attribute]
pub fn mixer_template(args: TokenStream, item: TokenStream) -> TokenStream {
    template::expand(args.into(), item.into()).into()
}

/// Makes a struct the configuration of an adapter: what the operator writes as `params`.
///
/// ```
/// use std::time::Duration;
/// use adapter_runtime::AdapterConfig;
/// use adapter_runtime::config::Secret;
///
/// /// Where the metrics go.
/// #[derive(AdapterConfig)]
/// pub struct Params {
///     /// How the server is reached.
///     #[config(oneof, required)]
///     pub credentials: Option<Credentials>,
///     /// After how long an attempt is given up.
///     #[config(tag = 3, default = "1m30s", min = "1s")]
///     pub timeout: Duration,
///     /// What is sent; everything if it is empty.
///     #[config(tag = 5, name = "metricNames", unique)]
///     pub metrics: Vec<String>,
///     /// What is logged.
///     #[config(default = Level::Info)]
///     pub level: Level,
/// }
///
/// /// How the server is reached.
/// #[derive(AdapterConfig)]
/// pub enum Credentials {
///     /// Directly, with a token.
///     #[config(tag = 1)]
///     Direct(Direct),
///     /// By a proxy.
///     #[config(tag = 2, format = "host:port")]
///     Proxy(String),
/// }
///
/// /// A server.
/// #[derive(AdapterConfig)]
/// pub struct Direct {
///     /// Its URL.
///     #[config(required, format = "url")]
///     pub server: String,
///     /// The API token.
///     #[config(required)]
///     pub token: Secret,
/// }
///
/// /// What is logged.
/// #[derive(AdapterConfig)]
/// pub enum Level {
///     /// Nothing.
///     Off,
///     /// What matters.
///     Info,
///     /// Everything.
///     Debug,
/// }
///
/// assert_eq!(Params::defaults().timeout, Duration::from_secs(90));
/// ```
///
/// ```yaml
/// params:
///   direct:
///     server: https://example.com
///     token: ${env:TOKEN}
///   timeout: 45s
///   metricNames: [requests, bytes]
///   level: DEBUG
/// ```
///
/// That is what `Params::from_document` takes, and `Params::from_yaml` in a text; each field also by its
/// name in protobuf's JSON, `metricNames` for `metric_names`. What is wrong is told with its line, its
/// column and a remedy.
///
/// The struct has named fields, or none, and no generic parameters. It is one message on the wire,
/// and may itself be the type of a field of another configuration. Doc comments are shown to the
/// operator.
///
/// # Optional, above a field
/// - `#[config(tag = 5)]`: the field's number in the `.proto` file. By default one more than that of
///   the field before it, the first is 1. Once an adapter is in use, a field keeps its number.
/// - `#[config(name = "metricNames")]`: the name in the `.proto` file, and for the operator. By
///   default the field's.
/// - `#[config(default = …)]`: the value where the operator wrote none. Any expression of the
///   field's type; a string for a `String`, a duration as Go writes it for a `Duration`, a list of
///   such for a `Vec`, a reference for a `Secret`; for an `Option` what is in it. By default empty,
///   zero, false, 1970 or `None`. A default against the field's own rules is an error of the
///   registry, and one of a field that is `required` doesn't compile.
/// - `#[config(encoding = "sint32")]`: how a whole number is written on the wire: `int32`, `sint32`
///   or `sfixed32` for an `i32`, `uint32` or `fixed32` for a `u32`, and the same with 64. By default
///   the first.
/// - `#[config(oneof)]`: the field, an `Option`, holds a oneof.
///
/// # Rules, above a field
/// What the value must be. All that is against them is reported at once, each with its path and
/// what was got (`metrics[2].size: must be positive, got -1`), before the adapter's own `validate`
/// adds what it finds.
///
/// | rule | of | holds if |
/// |---|---|---|
/// | `required` | `Option`, texts, lists, maps, oneofs | the operator wrote it, and a text, a list or a map not empty |
/// | `non_empty` | texts, lists, maps | it is not empty; an `Option` may be `None` |
/// | `unique` | lists | nothing is in it twice |
/// | `positive` | numbers, durations | it is more than zero |
/// | `min = …`, `max = …` | numbers, durations | it is not less, not more; a duration's as in `min = "1s"` |
/// | `format = "url"` | texts | it is an absolute URL with a host |
/// | `format = "host:port"` | texts | it is a host name, an IPv4 address or an IPv6 address in brackets, and a port |
/// | `format = "regex"` | texts | it is a regular expression in the syntax of the crate `regex` |
///
/// Of a list or a map `required`, `non_empty` and `unique` are about itself, the others about each
/// element. A `String` that is empty may be one that the operator didn't write, so it has any
/// format; with `required` or `non_empty` it may not be.
///
/// # Optional, above the struct or the enum
/// - `#[config(name = "MetricInfo")]`: the name in the `.proto` file. By default that in Rust. An
///   adapter's configuration is always `Params` there, because Mixer looks for that name.
/// - `#[config(crate = ::path)]`: where `adapter-runtime` is. By default `::adapter_runtime`.
///
/// # Enums
/// An enum whose variants have no data is one of protobuf, of which the operator writes a name. By
/// default it is the variant's in capitals, `DELTA_COUNTER` for `DeltaCounter`; `#[config(name =
/// "…")]` above the variant gives another. The numbers count from 0 as Rust's do;
/// `#[config(tag = 5)]` or `= 5` gives another. The first is 0, which is what a field holds that the
/// operator didn't write. A number that the enum doesn't have is an error.
///
/// # Oneofs
/// An enum whose variants each hold one value is a oneof: one of some fields of the struct that
/// holds it. So `#[config(tag = …)]` of each variant is a number that is free in that struct, and the
/// operator writes the variant's name there: by default `exp_decay` for `ExpDecay`. Above a variant
/// stand `tag`, `name`, `encoding` and the rules. The last one on the wire wins, and what arrives
/// replaces the default.
///
/// # Fields
/// | Rust | `.proto` | YAML |
/// |---|---|---|
/// | `bool` | `bool` | `true` |
/// | `i32`, `i64` | `int32`, `int64` | `-5` |
/// | `i32` with `encoding = "sint32"`, `i64` with `"sint64"` | `sint32`, `sint64` | `-5` |
/// | `i32` with `encoding = "sfixed32"`, `i64` with `"sfixed64"` | `sfixed32`, `sfixed64` | `-5` |
/// | `u32`, `u64` | `uint32`, `uint64` | `5` |
/// | `u32` with `encoding = "fixed32"`, `u64` with `"fixed64"` | `fixed32`, `fixed64` | `5` |
/// | `f32`, `f64` | `float`, `double` | `0.5` |
/// | `String` | `string` | `"text"` |
/// | `Secret` | `string` | `"${env:TOKEN}"` |
/// | `std::time::Duration` | `google.protobuf.Duration` | `"1m30s"` |
/// | `SystemTime`, `value::TimeStamp` | `google.protobuf.Timestamp` | `"2026-01-02T03:04:05Z"` |
/// | an enum without data | `enum` | `"DEBUG"` |
/// | a struct | `message` | `{"size": 5}` |
/// | an `Option` of an enum with data, with `oneof` | `oneof` | its variant in its place: `"bytes": 5` |
/// | `Option<T>` | as `T` | as `T` |
/// | `Vec<T>` | `repeated` | `[1, 2]` |
/// | `BTreeMap<String, T>`, `HashMap<String, T>` | `map<string, …>` | `{"a": 1}` |
/// | `BTreeMap<i32, T>`, `BTreeMap<i64, T>` | `map<int32, …>`, `map<int64, …>` | `{"5": 1}` |
///
/// Lists and maps hold anything but durations, times and other lists and maps. Mixer can't encode
/// bytes and lists of durations, so they don't compile.
///
/// What arrives replaces the default; a struct's own fields have their defaults under what arrives.
/// An empty list or map leaves no trace on the wire, so the operator can't replace a default with
/// one.
///
/// # What it generates
/// `AdapterConfig` for the struct, which is a table of its fields, and what lets it be a field. From
/// the table `adapter_runtime::config::ConfigSchema` makes the descriptor that Mixer needs, the
/// `.proto` file, a JSON Schema and a reference for operators.
///
/// # Caveats
/// The `.proto` file has each type within the innermost message that all of its uses are in. Values
/// of two enums in one message can't have the same name; nor can a type and a field. Such a
/// configuration compiles, and the registry refuses it with an error that names both.
#[proc_macro_derive(AdapterConfig, attributes(config))]
pub fn derive_adapter_config(item: TokenStream) -> TokenStream {
    config::expand(syn::parse_macro_input!(item)).into()
}

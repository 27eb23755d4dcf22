//! What prost makes of a request, as it knows it from the template's own descriptors, to compare
//! the decoder of a template with.

use std::collections::BTreeMap;
use std::fmt;

use adapter_runtime::DecodeError;
use adapter_runtime::template::{
    FieldType, MessageInfo, Template, TemplateInfo, Variety, apikey, authorization, checknothing,
    decode, descriptor_set, edge, kubernetes, listentry, logentry, metric, quota, reportnothing,
    tracespan,
};
use adapter_runtime::value::{
    DnsName, Duration, EmailAddress, IpAddress, Map, Str, TimeStamp, Uri, Value,
};
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, MapKey, MessageDescriptor};
use prost_types::FileDescriptorSet;

use crate::everything;

/// The number of the field `name` of every instance.
const NAME: u32 = 72_295_727;

/// A template's decoder, and prost's for the same request.
#[derive(Debug)]
pub struct Agreement {
    template: TemplateInfo,
    request: MessageDescriptor,
    decode: fn(&[u8]) -> Result<String, DecodeError>,
}

/// What both say about a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is a request, with equal instances.
    Accepted,
    /// It is none.
    Refused,
    /// Only prost accepts it: it doesn't look at the wire types of maps and of their entries, and
    /// lets maps be nested a few levels deeper than other messages.
    Stricter,
}

/// The decoders of the built-in templates, and that of a template with fields of every type.
pub fn all() -> [Agreement; 12] {
    [
        Agreement::of::<apikey::Template>(),
        Agreement::of::<authorization::Template>(),
        Agreement::of::<checknothing::Template>(),
        Agreement::of::<edge::Template>(),
        Agreement::of::<kubernetes::Template>(),
        Agreement::of::<listentry::Template>(),
        Agreement::of::<logentry::Template>(),
        Agreement::of::<metric::Template>(),
        Agreement::of::<quota::Template>(),
        Agreement::of::<reportnothing::Template>(),
        Agreement::of::<tracespan::Template>(),
        Agreement::of::<everything::Template>(),
    ]
}

impl Agreement {
    /// The decoder of a template.
    pub fn of<T: Template>() -> Agreement {
        Agreement {
            template: T::INFO,
            request: request(&T::INFO),
            decode: |request| {
                Ok(format!(
                    "{:?}",
                    match T::INFO.variety {
                        Variety::Report => decode::instances::<T::Instance>(request)?,
                        _ => vec![decode::instance(request, adapter_runtime::__private::skip)?],
                    }
                ))
            },
        }
    }

    /// The request, of which only the instances are known.
    pub fn request(&self) -> &MessageDescriptor {
        &self.request
    }

    /// Decodes a request with both.
    ///
    /// # Panics
    /// If they don't agree, or if what is wrong isn't said in a line.
    pub fn check(&self, request: &[u8]) -> Verdict {
        let ours = (self.decode)(request);
        let theirs = DynamicMessage::decode(self.request.clone(), request);
        if let Err(error) = &ours {
            let text = error.to_string();
            assert!(
                text.len() < 4096 && !text.contains(char::is_control),
                "{text}"
            );
        }
        match (ours, theirs) {
            (Ok(ours), Ok(theirs)) => {
                // As texts, in which numbers that are none are equal, too.
                assert_eq!(ours, self.expected(&theirs), "{}", self.template.name);
                Verdict::Accepted
            }
            (Err(_), Err(_)) => Verdict::Refused,
            (Err(error), Ok(_)) => {
                let lax = ["expected a length", "messages are nested"];
                let is_lax = lax
                    .iter()
                    .any(|problem| error.problem().starts_with(problem));
                assert!(is_lax, "{}: only ours refuses: {error}", self.template.name);
                Verdict::Stricter
            }
            (Ok(_), Err(error)) => panic!("{}: only prost refuses: {error}", self.template.name),
        }
    }

    fn expected(&self, request: &DynamicMessage) -> String {
        let field = request.get_field_by_number(1).expect("field 1");
        let instances = match self.template.variety {
            Variety::Report => field.as_list().expect("a list").to_vec(),
            _ => vec![field.into_owned()],
        };
        let instances = instances.iter().map(|instance| Expected {
            info: self.template.instance,
            message: instance.as_message().expect("a message"),
        });
        format!("{:?}", Vec::from_iter(instances))
    }
}

/// What is wrong is said in a line, whatever was sent.
///
/// # Panics
/// If it isn't.
pub fn check_text(error: &DecodeError) {
    let text = error.to_string();
    assert!(text.len() < 4096, "{text}");
    assert!(!text.contains(char::is_control), "{text:?}");
}

/// The request that Mixer sends for a template, without the fields that are not the template's.
fn request(template: &TemplateInfo) -> MessageDescriptor {
    let mut set = FileDescriptorSet::decode(&*descriptor_set(template)).expect("descriptors");
    let own = set.file.last_mut().expect("the template's own file");
    let name = format!("Handle{}Request", template.interface);
    let request = own.message_type.iter_mut().find(|it| it.name() == name);
    request
        .expect("a request")
        .field
        .retain(|field| field.number() == 1);
    let name = format!("{}.{name}", own.package());
    let pool = DescriptorPool::from_file_descriptor_set(set).expect("descriptors");
    pool.get_message_by_name(&name).expect("the request")
}

/// A message as prost decoded it, which is displayed as the template's struct derives it.
struct Expected<'a> {
    info: &'static MessageInfo,
    message: &'a DynamicMessage,
}

impl fmt::Debug for Expected<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct(self.info.name);
        if let Some(name) = self.message.get_field_by_number(NAME) {
            text.field("name", &name.as_str().expect("a string"));
        }
        for field in self.info.fields() {
            let value = self.message.get_field_by_number(field.number);
            let value = value.expect("a field");
            match field.ty {
                FieldType::Message(info) => {
                    let is_set = self.message.has_field_by_number(field.number);
                    let message = value.as_message().expect("a message");
                    let value = is_set.then_some(Expected { info, message });
                    text.field(&ident(field.name), &value)
                }
                _ => text.field(&ident(field.name), &expected(&field.ty, &value)),
            };
        }
        text.finish()
    }
}

fn expected<'a>(ty: &FieldType, value: &'a prost_reflect::Value) -> Box<dyn fmt::Debug + 'a> {
    use prost_reflect::Value as V;
    match (ty, value) {
        (FieldType::String, V::String(text)) => Box::new(text),
        (FieldType::Int64, V::I64(number)) => Box::new(number),
        (FieldType::Double, V::F64(number)) => Box::new(number),
        (FieldType::Bool, V::Bool(value)) => Box::new(value),
        (FieldType::Value, V::Message(message)) => Box::new(any_value(message)),
        (FieldType::IpAddress, V::Message(message)) => Box::new(ip_address(message)),
        (FieldType::TimeStamp, V::Message(message)) => Box::new(time_stamp(message)),
        (FieldType::Duration, V::Message(message)) => Box::new(duration(message)),
        (FieldType::DnsName | FieldType::EmailAddress | FieldType::Uri, V::Message(message)) => {
            Box::new(text(message))
        }
        (FieldType::Message(info), V::Message(message)) => Box::new(Expected { info, message }),
        (FieldType::Map(ty), V::Map(map)) => Box::new(
            map.iter()
                .map(|(key, value)| (key_text(key), expected(ty, value)))
                .collect::<BTreeMap<_, _>>(),
        ),
        _ => panic!("{ty:?} is not {value:?}"),
    }
}

fn any_value(message: &DynamicMessage) -> Value {
    let Some((member, value)) = message.fields().next() else {
        return Value::Unset;
    };
    let message = || value.as_message().expect("a message");
    match member.name() {
        "string_value" => Value::String(value.as_str().expect("a string").into()),
        "int64_value" => Value::Int64(value.as_i64().expect("a number")),
        "double_value" => Value::Double(value.as_f64().expect("a number")),
        "bool_value" => Value::Bool(value.as_bool().expect("a bool")),
        "ip_address_value" => Value::IpAddress(ip_address(message())),
        "timestamp_value" => Value::TimeStamp(time_stamp(message())),
        "duration_value" => Value::Duration(duration(message())),
        "email_address_value" => Value::EmailAddress(EmailAddress::from(text(message()))),
        "dns_name_value" => Value::DnsName(DnsName::from(text(message()))),
        "uri_value" => Value::Uri(Uri::from(text(message()))),
        "string_map_value" => Value::StringMap(string_map(message())),
        other => panic!("`Value` has no member `{other}`"),
    }
}

/// The field `value`, which is all that the wrappers hold.
fn inner(message: &DynamicMessage) -> prost_reflect::Value {
    let value = message.get_field_by_name("value").expect("a field");
    value.into_owned()
}

fn text(message: &DynamicMessage) -> String {
    inner(message).as_str().expect("a string").to_owned()
}

fn ip_address(message: &DynamicMessage) -> IpAddress {
    let value = inner(message);
    IpAddress::from(value.as_bytes().expect("bytes").as_ref())
}

fn time_stamp(message: &DynamicMessage) -> TimeStamp {
    let (seconds, nanos) = seconds_and_nanos(message);
    TimeStamp::new(seconds, nanos)
}

fn duration(message: &DynamicMessage) -> Duration {
    let (seconds, nanos) = seconds_and_nanos(message);
    Duration::new(seconds, nanos)
}

fn seconds_and_nanos(message: &DynamicMessage) -> (i64, i32) {
    let time = inner(message);
    let time = time.as_message().expect("a message");
    let part = |name| time.get_field_by_name(name).expect("a field");
    let seconds = part("seconds").as_i64().expect("a number");
    (seconds, part("nanos").as_i32().expect("a number"))
}

fn string_map(message: &DynamicMessage) -> Map<Str> {
    let map = inner(message);
    let entries = map.as_map().expect("a map").iter();
    entries
        .map(|(key, value)| (key_text(key), value.as_str().expect("a string")))
        .collect()
}

fn key_text(key: &MapKey) -> &str {
    key.as_str().expect("a string")
}

/// The field of the struct, by the field of the message: `httpStatusCode` is `http_status_code`.
fn ident(name: &str) -> String {
    let mut ident = String::new();
    for c in name.chars() {
        if c.is_uppercase() {
            ident.push('_');
        }
        ident.extend(c.to_lowercase());
    }
    ident
}

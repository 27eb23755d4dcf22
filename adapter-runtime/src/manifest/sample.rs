//! Expressions to begin with, for the fields of a template.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::attributes::standard;
use crate::document::SingleQuoted;
use crate::template::{FieldInfo, FieldType, MessageInfo, TemplateInfo};
use crate::value::ValueType;

/// Expressions for fields whose names don't say from where they come.
const KNOWN: &[(&str, &str)] = &[
    ("apikey.api", "api.service | \"\""),
    ("apikey.api_key", "request.api_key | \"\""),
    ("apikey.api_operation", "api.operation | \"\""),
    ("authorization.action.method", "request.method | \"\""),
    ("authorization.action.path", "request.path | \"\""),
    (
        "authorization.action.namespace",
        "destination.namespace | \"\"",
    ),
    (
        "authorization.action.properties",
        "version: destination.labels[\"version\"] | \"\"",
    ),
    (
        "authorization.action.service",
        "destination.service.host | \"\"",
    ),
    (
        "authorization.subject.groups",
        "request.auth.claims[\"groups\"] | \"\"",
    ),
    (
        "authorization.subject.properties",
        "app: source.labels[\"app\"] | \"\"",
    ),
    (
        "authorization.subject.user",
        "request.auth.principal | \"\"",
    ),
    ("edge.context_protocol", "context.protocol | \"unknown\""),
    ("edge.timestamp", "context.time"),
    ("kubernetes.destination_uid", "destination.uid | \"\""),
    ("kubernetes.source_uid", "source.uid | \"\""),
    ("listentry.value", "source.workload.name | \"unknown\""),
    ("logentry.severity", "\"info\""),
    ("metric.monitored_resource_dimensions", ""),
    ("metric.value", "1"),
    ("logentry.monitored_resource_dimensions", ""),
    ("tracespan.client_span", "context.reporter.local | false"),
    ("tracespan.end_time", "response.time | context.time"),
    ("tracespan.httpStatusCode", "response.code | 0"),
    (
        "tracespan.parent_span_id",
        "request.headers[\"x-b3-parentspanid\"] | \"\"",
    ),
    ("tracespan.rewrite_client_span_id", "false"),
    (
        "tracespan.source_name",
        "source.workload.name | \"unknown\"",
    ),
    (
        "tracespan.destination_name",
        "destination.workload.name | \"unknown\"",
    ),
    (
        "tracespan.span_id",
        "request.headers[\"x-b3-spanid\"] | \"\"",
    ),
    ("tracespan.span_name", "request.path | \"unknown\""),
    ("tracespan.start_time", "request.time | context.time"),
    (
        "tracespan.trace_id",
        "request.headers[\"x-b3-traceid\"] | \"\"",
    ),
];

/// What is written for a field.
#[derive(Clone, Debug)]
pub(super) enum Param {
    Expression(String),
    /// In the order of the template.
    Map(Vec<(String, Param)>),
}

impl From<&str> for Param {
    fn from(expression: &str) -> Param {
        Param::Expression(expression.to_owned())
    }
}

impl Serialize for Param {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            // A text within the expression's own quotes.
            Param::Expression(text) if text.starts_with('"') => {
                SingleQuoted(text.as_str()).serialize(serializer)
            }
            Param::Expression(text) => text.serialize(serializer),
            Param::Map(params) => {
                let mut map = serializer.serialize_map(Some(params.len()))?;
                for (name, param) in params {
                    map.serialize_entry(name, param)?;
                }
                map.end()
            }
        }
    }
}

/// The `params` of an instance.
pub(super) fn params(template: &TemplateInfo) -> Vec<(String, Param)> {
    message(template.name, template.instance, &mut Vec::new())
}

/// `within` are the messages around it, for one may hold itself.
fn message(
    path: &str,
    info: &'static MessageInfo,
    within: &mut Vec<*const MessageInfo>,
) -> Vec<(String, Param)> {
    within.push(info);
    let mut params = Vec::new();
    for field in info.fields() {
        let path = format!("{path}.{}", field.name);
        if let Some(param) = param(&path, field, within) {
            params.push((field.name.to_owned(), param));
        }
    }
    within.pop();
    params
}

fn param(path: &str, field: &FieldInfo, within: &mut Vec<*const MessageInfo>) -> Option<Param> {
    let known = KNOWN.iter().find(|(known, _)| *known == path);
    match (field.ty, known) {
        (_, Some((_, ""))) => None,
        (FieldType::Map(_), Some((_, entry))) => {
            let (key, expression) = entry.split_once(": ")?;
            Some(entries([(key, expression.into())]))
        }
        (_, Some((_, expression))) => Some(Param::from(*expression)),
        (FieldType::Map(element), None) => map(path, *element, within),
        (FieldType::Message(message), None) if within.contains(&(message as *const _)) => None,
        (FieldType::Message(message), None) => {
            let params = self::message(path, message, within);
            (!params.is_empty()).then_some(Param::Map(params))
        }
        (ty, None) => Some(Param::Expression(expression(field.name, ty))),
    }
}

fn map(path: &str, element: FieldType, within: &mut Vec<*const MessageInfo>) -> Option<Param> {
    let all = match element {
        FieldType::Value => entries([
            (
                "destination",
                "destination.workload.name | \"unknown\"".into(),
            ),
            ("response_code", "response.code | 200".into()),
            ("source", "source.workload.name | \"unknown\"".into()),
        ]),
        FieldType::String => entries([
            (
                "destination",
                "destination.workload.name | \"unknown\"".into(),
            ),
            ("source", "source.workload.name | \"unknown\"".into()),
        ]),
        FieldType::Message(message) if within.contains(&(message as *const _)) => return None,
        FieldType::Message(message) => {
            entries([("example", Param::Map(self::message(path, message, within)))])
        }
        ty => entries([("example", Param::Expression(expression("", ty)))]),
    };
    Some(all)
}

fn entries<const N: usize>(entries: [(&str, Param); N]) -> Param {
    let own = |(key, value): (&str, Param)| (key.to_owned(), value);
    Param::Map(entries.into_iter().map(own).collect())
}

/// The attribute that a field is called after, with a value for its absence; else one of the type.
fn expression(name: &str, ty: FieldType) -> String {
    let Some(value_type) = ty.value_type() else {
        return "response.code | 200".to_owned();
    };
    let empty = match value_type {
        ValueType::String => "\"unknown\"",
        ValueType::Int64 => "0",
        ValueType::Double => "0.0",
        ValueType::Bool => "false",
        ValueType::IpAddress => "ip(\"0.0.0.0\")",
        ValueType::Timestamp => "context.time",
        ValueType::Duration => "\"0s\"",
        ValueType::StringMap => "emptyStringMap()",
        ValueType::DnsName => return "dnsName(\"service.example.com\")".to_owned(),
        ValueType::EmailAddress => return "email(\"nobody@example.com\")".to_owned(),
        ValueType::Uri => return "uri(request.path | \"/\")".to_owned(),
        ValueType::Unspecified => return "response.code | 200".to_owned(),
    };
    if let Some(attribute) = attribute(name, value_type) {
        return match attribute.as_str() {
            "context.time" => attribute,
            attribute => format!("{attribute} | {empty}"),
        };
    }
    match value_type {
        ValueType::String if name.ends_with("_type") => "\"UNSPECIFIED\"".to_owned(),
        ValueType::String => "destination.service.host | \"unknown\"".to_owned(),
        ValueType::Int64 => "request.size | 0".to_owned(),
        ValueType::Bool => "connection.mtls | false".to_owned(),
        ValueType::IpAddress => "source.ip | ip(\"0.0.0.0\")".to_owned(),
        ValueType::Timestamp => "request.time | context.time".to_owned(),
        ValueType::Duration => "response.duration | \"0s\"".to_owned(),
        ValueType::StringMap => "source.labels | emptyStringMap()".to_owned(),
        _ => empty.to_owned(),
    }
}

/// The standard attribute that a field of this name and type is for: `source.workload.name` for
/// `source_workload_name`.
pub(super) fn attribute(field: &str, ty: ValueType) -> Option<String> {
    let name = field.replace('_', ".").replace(".pod.", ".");
    let name = name.replace(".service.account.name", ".serviceAccount");
    // Those that end with an underscore in the name of the attribute, `request.total_size`.
    let parts = field.splitn(2, '_').collect::<Vec<_>>().join(".");
    [name, parts]
        .into_iter()
        .find(|name| standard(name) == Some(ty))
}

//! The types that fields of instances have, and the expressions for them.

use adapter_runtime::value::ValueType;

use super::schema::Scalar;

/// What an expression of any type gives.
pub(super) const VALUE: &str = ".istio.policy.v1beta1.Value";

/// The type of the expressions for a message of `type.proto`.
pub(super) fn named(name: &str) -> Option<ValueType> {
    Some(match name.strip_prefix(".istio.policy.v1beta1.")? {
        "IPAddress" => ValueType::IpAddress,
        "TimeStamp" => ValueType::Timestamp,
        "Duration" => ValueType::Duration,
        "DNSName" => ValueType::DnsName,
        "EmailAddress" => ValueType::EmailAddress,
        "Uri" => ValueType::Uri,
        _ => return None,
    })
}

/// What Mixer calls the encoder of a scalar type, and the type of the expressions for it.
pub(super) fn encoder(scalar: Scalar) -> (&'static str, ValueType) {
    match scalar {
        Scalar::String => ("string", ValueType::String),
        Scalar::Double => ("double", ValueType::Double),
        Scalar::Float => ("float", ValueType::Double),
        Scalar::Bool => ("bool", ValueType::Bool),
        Scalar::Fixed64 | Scalar::Sfixed64 => ("fixed64", ValueType::Int64),
        Scalar::Fixed32 | Scalar::Sfixed32 => ("fixed32", ValueType::Int64),
        Scalar::Sint32 => ("sint32", ValueType::Int64),
        Scalar::Sint64 => ("sint64", ValueType::Int64),
        _ => ("int", ValueType::Int64),
    }
}

/// The function that makes a value of a type from a text.
pub(super) fn function(ty: ValueType, text: &str) -> Option<String> {
    let function = match ty {
        ValueType::IpAddress => "ip",
        ValueType::Timestamp => "timestamp",
        ValueType::DnsName => "dnsName",
        ValueType::EmailAddress => "email",
        ValueType::Uri => "uri",
        _ => return Some(format!("write an expression of the type {ty}")),
    };
    Some(format!("write `{function}({text})`"))
}

/// What to do about a type that a descriptor names without having it.
pub(super) fn lacking(name: &str) -> String {
    let name = name.trim_start_matches('.');
    format!(
        "the template's descriptor lacks the file that `{name}` is in: make it with its imports"
    )
}

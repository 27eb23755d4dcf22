//! The metric template's request as prost has it.

use std::collections::HashMap;

use adapter_runtime::proto::policy;
use adapter_runtime::template::metric;
use adapter_runtime::value::{
    DnsName, Duration, EmailAddress, IpAddress, Map, TimeStamp, Uri, Value,
};

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Report {
    #[prost(message, repeated, tag = "1")]
    pub(crate) instances: Vec<Instance>,
}

#[derive(Clone, PartialEq, prost::Message)]
pub(crate) struct Instance {
    #[prost(message, optional, tag = "1")]
    value: Option<policy::Value>,
    #[prost(map = "string, message", tag = "2")]
    dimensions: HashMap<String, policy::Value>,
    #[prost(string, tag = "3")]
    monitored_resource_type: String,
    #[prost(map = "string, message", tag = "4")]
    monitored_resource_dimensions: HashMap<String, policy::Value>,
    #[prost(string, tag = "72295727")]
    name: String,
}

impl From<Instance> for metric::Instance {
    fn from(instance: Instance) -> metric::Instance {
        metric::Instance {
            name: instance.name.into(),
            value: instance.value.map(value).unwrap_or_default(),
            dimensions: values(instance.dimensions),
            monitored_resource_type: instance.monitored_resource_type.into(),
            monitored_resource_dimensions: values(instance.monitored_resource_dimensions),
        }
    }
}

fn values(map: HashMap<String, policy::Value>) -> Map<Value> {
    map.into_iter().map(|(key, v)| (key, value(v))).collect()
}

fn value(from: policy::Value) -> Value {
    use policy::value::Value as V;
    match from.value {
        None => Value::Unset,
        Some(V::StringValue(text)) => Value::String(text.into()),
        Some(V::Int64Value(number)) => Value::Int64(number),
        Some(V::DoubleValue(number)) => Value::Double(number),
        Some(V::BoolValue(value)) => Value::Bool(value),
        Some(V::IpAddressValue(address)) => {
            Value::IpAddress(IpAddress::from(address.value.as_slice()))
        }
        Some(V::TimestampValue(time)) => {
            let time = time.value.unwrap_or_default();
            Value::TimeStamp(TimeStamp::new(time.seconds, time.nanos))
        }
        Some(V::DurationValue(duration)) => {
            let duration = duration.value.unwrap_or_default();
            Value::Duration(Duration::new(duration.seconds, duration.nanos))
        }
        Some(V::EmailAddressValue(text)) => Value::EmailAddress(EmailAddress::from(text.value)),
        Some(V::DnsNameValue(text)) => Value::DnsName(DnsName::from(text.value)),
        Some(V::UriValue(text)) => Value::Uri(Uri::from(text.value)),
        Some(V::StringMapValue(map)) => Value::StringMap(map.value.into_iter().collect()),
    }
}

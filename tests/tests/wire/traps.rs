//! What real adapters got wrong, each once more: values at the ends of their ranges, and messages
//! with parts that are absent.

use adapter_runtime::prelude::*;
use adapter_runtime::proto::policy;
use adapter_runtime::template::{authorization, decode, listentry, metric};
use adapter_runtime::value::{Duration, TimeStamp};
use prost::Message;

/// A metric whose value is this one, as Mixer sends it.
fn metric(value: policy::value::Value) -> metric::Instance {
    #[derive(Clone, PartialEq, Message)]
    struct Report {
        #[prost(message, repeated, tag = "1")]
        instances: Vec<Instance>,
    }

    #[derive(Clone, PartialEq, Message)]
    struct Instance {
        #[prost(message, optional, tag = "1")]
        value: Option<policy::Value>,
    }

    let value = Some(policy::Value { value: Some(value) });
    let report = Report {
        instances: vec![Instance { value }],
    };
    let instances = decode::instances::<metric::Instance>(&report.encode_to_vec());
    instances.expect("a report").remove(0)
}

#[test]
fn durations_lose_nothing() {
    for (seconds, nanos, text, as_seconds) in [
        // Three code bases took the nanoseconds for the whole.
        (2, 500_000_000, "2.5s", 2.5),
        (-2, -500_000_000, "-2.5s", -2.5),
        // More nanoseconds than fit into 31 bits.
        (3, 0, "3s", 3.0),
        (86_400, 1, "24h0m0.000000001s", 86_400.000_000_001),
    ] {
        let duration = prost_types::Duration { seconds, nanos };
        let duration = policy::Duration {
            value: Some(duration),
        };
        let metric = metric(policy::value::Value::DurationValue(duration));
        assert_eq!(metric.value, Value::Duration(Duration::new(seconds, nanos)));
        assert_eq!(metric.value.to_string(), text);
        assert_eq!(metric.value.as_f64(), Some(as_seconds));
    }
}

#[test]
fn times_before_1970_are_times() {
    let time = prost_types::Timestamp {
        seconds: -2,
        nanos: 500_000_000,
    };
    let time = policy::TimeStamp { value: Some(time) };
    let metric = metric(policy::value::Value::TimestampValue(time));
    assert_eq!(
        metric.value,
        Value::TimeStamp(TimeStamp::new(-2, 500_000_000))
    );
    assert_eq!(metric.value.to_string(), "1969-12-31T23:59:58.500000Z");
    let time = metric.value.as_time_stamp().expect("a time");
    let before = std::time::SystemTime::UNIX_EPOCH - std::time::Duration::from_millis(1500);
    assert_eq!(time.to_system_time(), Some(before));
}

#[test]
fn an_ipv4_address_in_16_bytes_is_one() {
    let address = std::net::Ipv4Addr::new(10, 1, 2, 3);
    let value = address.to_ipv6_mapped().octets().to_vec();
    let metric = metric(policy::value::Value::IpAddressValue(policy::IpAddress {
        value,
    }));
    assert_eq!(metric.value.as_ip(), Some(address.into()));
    assert_eq!(metric.value, Value::from(std::net::IpAddr::from(address)));
    assert_eq!(metric.value.to_string(), "10.1.2.3");
}

#[test]
fn what_is_absent_is_absent() {
    // An instance and nothing in it.
    let request = [0x0a, 0x00];
    let skip = adapter_runtime::__private::skip;
    let instance = decode::instance::<authorization::Instance>(&request, skip);
    let instance = instance.expect("an instance");
    assert_eq!((instance.subject, instance.action), (None, None));
    let instance = decode::instance::<listentry::Instance>(&request, skip);
    assert!(instance.expect("an instance").value.is_unset());
    let metrics = decode::instances::<metric::Instance>(&request).expect("a report");
    assert!(metrics[0].value.is_unset());
    assert_eq!(metrics[0].value.to_string(), "");
}

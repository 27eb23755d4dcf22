//! Results, values and errors against what Mixer's own helpers make of the same.

use std::net::IpAddr;
use std::time::Duration as StdDuration;

use adapter_runtime::prelude::*;
use adapter_runtime::value::{
    DnsName, Duration, EmailAddress, IpAddress, Map, Str, TimeStamp, Uri,
};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;
use tests::conformance;

fn vectors(name: &str) -> Option<Json> {
    let file = conformance::file(format!("vectors/{name}.json"))?;
    Some(serde_json::from_slice(&file).expect("JSON"))
}

/// The cases of one group, of which there is at least one.
fn cases<'a>(vectors: &'a Json, group: &str) -> &'a [Json] {
    let cases = vectors[group].as_array().expect(group);
    assert!(!cases.is_empty(), "{group} is empty");
    cases
}

fn text(json: &Json) -> &str {
    json.as_str().expect("a string")
}

/// A value as the vectors describe it.
fn value(json: &Json) -> Value {
    let value = &json["value"];
    match text(&json["type"]) {
        "null" => Value::Unset,
        "string" => match json["semantic"].as_str() {
            None => text(value).into(),
            Some("adapter.URI") => Uri::from(text(value)).into(),
            Some("adapter.DNSName") => DnsName::from(text(value)).into(),
            Some("adapter.EmailAddress") => EmailAddress::from(text(value)).into(),
            Some(other) => panic!("unknown kind of string {other}"),
        },
        "int" | "int64" => value.as_i64().expect("an integer").into(),
        "double" => value.as_f64().expect("a number").into(),
        "bool" => value.as_bool().expect("a bool").into(),
        "timestamp" => {
            let time: jiff::Timestamp = text(value).parse().expect("a time");
            TimeStamp::new(time.as_second(), time.subsec_nanosecond()).into()
        }
        "duration" => {
            let nanos = value.as_i64().expect("nanoseconds");
            Duration::new(nanos / 1_000_000_000, (nanos % 1_000_000_000) as i32).into()
        }
        "ip_address" => {
            let bytes = STANDARD.decode(text(value)).expect("Base64");
            let address = IpAddress::from(bytes.as_slice());
            let shown: IpAddr = text(&json["text"]).parse().expect("an address");
            assert_eq!(address.to_ip(), Some(shown));
            address.into()
        }
        "string_map" => {
            let entries = value.as_object().expect("a map");
            let entries = entries
                .iter()
                .map(|(key, value)| (key.as_str(), text(value)));
            entries.collect::<Map<Str>>().into()
        }
        other => panic!("unknown type {other}"),
    }
}

#[test]
fn values_are_written_as_mixer_writes_them() {
    let Some(vectors) = vectors("adapter_util") else {
        return;
    };
    for case in cases(&vectors, "stringify") {
        assert_eq!(value(&case["value"]).to_string(), text(&case["text"]));
    }
}

#[test]
fn values_are_compared_as_mixer_compares_them() {
    let Some(vectors) = vectors("adapter_util") else {
        return;
    };
    for case in cases(&vectors, "string_equals") {
        let (a, b) = (value(&case["a"]), value(&case["b"]));
        let equal = case["equal"].as_bool().expect("a bool");
        assert_eq!(a.string_equals(&b), equal, "{case}");
        assert_eq!(b.string_equals(&a), equal, "{case}");
    }
}

#[test]
fn check_results_are_written_as_mixer_writes_them() {
    let Some(vectors) = vectors("adapter_util") else {
        return;
    };
    let mut half_set = 0;
    for case in cases(&vectors, "check_result_string") {
        let (case, expected) = (&case["vg"], text(&case["expectedString"]));
        let status = &case["Status"]["json"];
        let code = status["code"].as_i64().unwrap_or_default();
        let code = Code::from_number(code as i32).expect("a code");
        let result = match code {
            Code::Ok => CheckResult::allow(),
            code => CheckResult::deny(code, text(&status["message"])),
        };
        let nanos = case["ValidDuration"]["duration_ns"].as_u64();
        let uses = case["ValidUseCount"].as_u64().expect("a number") as u32;
        let result = match (StdDuration::from_nanos(nanos.expect("a number")), uses) {
            (StdDuration::ZERO, 0) => result,
            (duration, uses) => result.cache(Cache::For { duration, uses }),
        };
        // A duration without uses, or uses without a duration, can only mean never, and says so.
        let (valid, other) = expected.split_once(", duration:").expect("a duration");
        let expected = match other {
            "1, usecount:0" | "0, usecount:10" => {
                half_set += 1;
                format!("{valid}, duration:0, usecount:-1")
            }
            _ => expected.to_owned(),
        };
        assert_eq!(result.to_string(), expected);
    }
    assert_eq!(half_set, 2);
    let both = CheckResult::allow().cache(Cache::For {
        duration: StdDuration::from_nanos(1),
        uses: 10,
    });
    assert_eq!(
        both.to_string(),
        "CheckResult: status:OK, duration:1, usecount:10"
    );
}

#[test]
fn errors_of_a_configuration_are_written_as_mixer_writes_them() {
    let Some(vectors) = vectors("adapter_util") else {
        return;
    };
    let mut errors = ConfigErrors::new();
    for case in cases(&vectors, "config_errors") {
        let mut one = ConfigErrors::new();
        one.push(text(&case["field"]), text(&case["underlying"]));
        let entry = one.iter().next().expect("an error");
        assert_eq!(entry.to_string(), text(&case["error"]));
        errors.append(one);
    }
    assert_eq!(
        errors.to_string(),
        "2 errors occurred:\n\t* F0: format 0\n\t* F1: format 1\n\n"
    );
}

#[test]
fn codes_have_the_http_status_that_mixer_gives_them() {
    let Some(vectors) = vectors("status_http") else {
        return;
    };
    let mut known = 0;
    for case in cases(&vectors, "cases") {
        let number = case["rpc_code"].as_i64().expect("a number") as i32;
        let Some(code) = Code::from_number(number) else {
            // Mixer makes 500 of what no code is; here there is no such value.
            assert_eq!(text(&case["rpc_name"]), "");
            continue;
        };
        known += 1;
        assert_eq!(code.as_str(), text(&case["rpc_name"]));
        assert_eq!(u64::from(code.http_status()), case["http"], "{code}");
        let back = Code::from_http_status(code.http_status());
        assert_eq!(back.http_status(), code.http_status(), "{code}");
    }
    assert_eq!(known, 17);
}

#[test]
fn every_http_status_has_a_code() {
    for (status, code) in [
        (200, Code::Ok),
        (204, Code::Ok),
        (302, Code::Unknown),
        (400, Code::InvalidArgument),
        (401, Code::Unauthenticated),
        (402, Code::FailedPrecondition),
        (403, Code::PermissionDenied),
        (404, Code::NotFound),
        (409, Code::Aborted),
        (418, Code::FailedPrecondition),
        (429, Code::ResourceExhausted),
        (499, Code::Cancelled),
        (500, Code::Unknown),
        (501, Code::Unimplemented),
        (502, Code::Unavailable),
        (503, Code::Unavailable),
        (504, Code::DeadlineExceeded),
        (599, Code::Unknown),
        (0, Code::Unknown),
    ] {
        assert_eq!(Code::from_http_status(status), code, "{status}");
    }
}

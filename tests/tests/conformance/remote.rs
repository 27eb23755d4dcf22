//! Encoding for out-of-process adapters, by descriptors.

use std::collections::BTreeMap;

use adapter_mixer::attribute::{Bag, ValueRef, Vocabulary};
use adapter_mixer::language::Expression;
use adapter_mixer::remote::{Answer, ConfigDescriptor, EncodedInstance, RemoteTemplate};
use adapter_runtime::document::{self, Node, Problems};
use adapter_runtime::value::{Duration, Str, Value, ValueType};
use base64::prelude::{BASE64_STANDARD, Engine};
use prost_reflect::{DescriptorPool, DynamicMessage, Kind, MessageDescriptor};
use serde_json::{Value as Json, json};
use tests::protos::compile_with;

use crate::deviation;
use crate::value::{plain, span, time, value};
use crate::{Case, Outcome, cases, outcome, same, text};

/// Messages with a field of every kind, by the names that the vectors have.
const TYPES: &str = r#"
syntax = "proto3";
package foo;
import "google/protobuf/duration.proto";
import "google/protobuf/timestamp.proto";
import "mixer/adapter/model/v1beta1/extensions.proto";
import "policy/v1beta1/type.proto";
option (istio.mixer.adapter.model.v1beta1.template_variety) = TEMPLATE_VARIETY_ATTRIBUTE_GENERATOR;
option (istio.mixer.adapter.model.v1beta1.template_name) = "foo";

enum myenum { ONE = 0; TWO = 1; THREE = 2; }
message Empty {}
message Outer { message Inner { string str = 1; int64 i64 = 2; double dbl = 3; bool b = 4; } }
message other {
  enum innerenum { INNERONE = 0; INNERTWO = 1; INNERTHREE = 2; }
  message innerMsg { int64 i64 = 1; string str = 2; double dbl = 3; }
  double dbl = 1; string str = 2; bool b = 3; int64 i64 = 4;
  innerenum inenum = 5; innerMsg inmsg = 6;
}
message Simple { FIELDS }
message OutputMsg { FIELDS }
message InstanceMsg {
  Simple simple = 1;
  istio.policy.v1beta1.Value value = 2;
  istio.policy.v1beta1.IPAddress address = 3;
  string name = 72295727;
}
message Params { Simple simple = 1; Empty empty = 2; Outer.Inner inner = 3; }
message HandleFooRequest { InstanceMsg instance = 1; string dedup_id = 3; }
service HandleFooService { rpc HandleFoo(HandleFooRequest) returns (OutputMsg); }
"#;

/// The fields of `Simple`.
fn fields() -> String {
    let scalars = [
        ("dbl", "double"),
        ("flt", "float"),
        ("i64", "int64"),
        ("i32", "int32"),
        ("ui64", "uint64"),
        ("ui32", "uint32"),
        ("f64", "fixed64"),
        ("sf64", "sfixed64"),
        ("f32", "fixed32"),
        ("sf32", "sfixed32"),
        ("si32", "sint32"),
        ("si64", "sint64"),
        ("b", "bool"),
        ("enm", "myenum"),
    ];
    let mut fields = String::from(
        "string str = 1; repeated string r_str = 2; bytes byts = 3; other oth = 4;
         repeated other r_oth = 5; istio.policy.v1beta1.Value istio_value = 6;
         istio.policy.v1beta1.IPAddress ipaddress_istio_value = 7;
         istio.policy.v1beta1.Duration duration_istio_value = 8;
         istio.policy.v1beta1.DNSName dnsname_istio_value = 9;
         google.protobuf.Duration google_protobuf_duration = 10;
         google.protobuf.Timestamp google_protobuf_timestamp = 11;\n",
    );
    let mut number = 20..;
    let mut add = |field: String, options: &str| {
        let number = number.next().expect("a number");
        fields.push_str(&format!("{field} = {number}{options};\n"));
    };
    for (name, ty) in scalars {
        add(format!("{ty} {name}"), "");
        add(format!("repeated {ty} r_{name}"), "");
        add(
            format!("repeated {ty} r_{name}_unpacked"),
            " [packed = false]",
        );
    }
    for (name, types) in [
        ("str_str", "string, string"),
        ("str_msg", "string, other"),
        ("i32_msg", "int32, other"),
        ("int64_double", "int64, double"),
        ("str_float", "string, float"),
        ("str_uint64", "string, uint64"),
        ("str_uint32", "string, uint32"),
        ("str_fixed64", "string, fixed64"),
        ("str_bool", "string, bool"),
        ("str_sfixed32", "string, sfixed32"),
        ("str_sfixed64", "string, sfixed64"),
        ("str_sint32", "string, sint32"),
        ("str_sint64", "string, sint64"),
    ] {
        add(format!("map<{types}> map_{name}"), "");
    }
    fields
}

struct Types {
    pool: DescriptorPool,
    descriptor: String,
}

impl Types {
    fn new() -> Types {
        let set = compile_with("foo.proto", &TYPES.replace("FIELDS", &fields()));
        Types {
            pool: DescriptorPool::decode(&*set).expect("a descriptor"),
            descriptor: BASE64_STANDARD.encode(set),
        }
    }

    fn message(&self, name: &str) -> MessageDescriptor {
        let found = self.pool.get_message_by_name(name);
        found.unwrap_or_else(|| panic!("no message {name}"))
    }

    fn template(&self) -> RemoteTemplate {
        RemoteTemplate::parse(&self.descriptor).expect("a template")
    }

    fn config(&self) -> ConfigDescriptor {
        let config = ConfigDescriptor::parse(&self.descriptor).expect("a descriptor");
        config.expect("a message `Params`")
    }

    /// What another protobuf library makes of YAML.
    fn expected(&self, name: &str, yaml: &Node) -> DynamicMessage {
        let message = self.message(name);
        let mut json = serde_json::to_value(yaml).expect("JSON");
        if json.is_null() {
            json = json!({});
        }
        as_protobuf_has_it(&message, &mut json);
        DynamicMessage::deserialize(message, json).expect("a message in JSON")
    }
}

/// Bytes are lists of numbers in the vectors, durations have Go's form.
fn as_protobuf_has_it(message: &MessageDescriptor, json: &mut Json) {
    let Json::Object(fields) = json else { return };
    for (name, value) in fields {
        let Some(field) = message.get_field_by_name(name) else {
            continue;
        };
        match (field.kind(), &mut *value) {
            (Kind::Bytes, Json::Array(numbers)) => {
                let byte = |number: &Json| u8::try_from(number.as_u64()?).ok();
                let bytes: Option<Vec<u8>> = numbers.iter().map(byte).collect();
                *value = BASE64_STANDARD.encode(bytes.expect("bytes")).into();
            }
            (Kind::Message(inner), Json::String(text))
                if inner.full_name() == "google.protobuf.Duration" =>
            {
                let duration: Duration = text.parse().expect("a duration");
                let (seconds, nanos) = (duration.seconds(), duration.nanos());
                *text = format!("{seconds}.{nanos:09}s");
            }
            (Kind::Message(inner), value) if !field.is_map() => as_protobuf_has_it(&inner, value),
            _ => {}
        }
    }
}

fn yaml(text: &str) -> Node {
    let mut problems = Problems::new();
    let documents = document::parse("case.yaml", text, &mut problems);
    assert!(problems.is_empty(), "{text}: {problems}");
    let nothing = || document::parse("case.yaml", "{}", &mut Problems::new()).remove(0);
    documents.into_iter().next().unwrap_or_else(nothing)
}

fn messages(problems: &Problems) -> String {
    let messages = problems.iter().map(|problem| problem.message().to_owned());
    messages.collect::<Vec<_>>().join("\n")
}

fn contains(what: &str, expected: &str, found: &str) -> Result<(), String> {
    match found.contains(expected) {
        true => Ok(()),
        false => Err(format!("{what}: expected {expected:?} in {found:?}")),
    }
}

pub(crate) fn encoding(vectors: &Json) -> Vec<Case> {
    type Run = fn(&Types, &Json) -> Outcome;
    let groups: [(&str, Run); 10] = [
        ("value_type_encoder", values),
        ("value_type_encoder_errors", value_errors),
        ("quoted_string", quoted),
        ("int64_cast", integers),
        ("static_encoder", instances),
        ("decoder", outputs),
        ("encode_bytes", configs),
        ("build_primitive", constants),
        ("build_eval_primitive", expressions),
        ("eval_error", failures),
    ];
    let types = Types::new();
    let mut all = Vec::new();
    for (group, run) in groups {
        for (index, case) in cases(vectors, group).iter().enumerate() {
            all.push((format!("{group}[{index}]"), run(&types, case)));
        }
    }
    all
}

/// The attributes that the cases name.
fn vocabulary() -> Vocabulary {
    Vocabulary::from_iter([
        ("api.operation", ValueType::String),
        ("context.timestamp", ValueType::Timestamp),
        ("request.headers", ValueType::StringMap),
        ("request.path", ValueType::String),
        ("response.duration", ValueType::Duration),
        ("response.size", ValueType::Int64),
        ("response.time", ValueType::Timestamp),
        ("source.ip", ValueType::IpAddress),
        ("test.bool", ValueType::Bool),
        ("test.dns_name", ValueType::DnsName),
        ("test.double", ValueType::Double),
        ("test.email_address", ValueType::EmailAddress),
        ("test.i64", ValueType::Int64),
        ("test.uri", ValueType::Uri),
    ])
}

/// A value as Go has it, in the notation of configurations.
fn go_value(json: &Json) -> Value {
    match json {
        Json::String(text) => text.as_str().into(),
        Json::Bool(value) => (*value).into(),
        Json::Number(number) => match number.as_i64() {
            Some(number) => number.into(),
            None => number.as_f64().expect("a number").into(),
        },
        Json::Object(object) if object.contains_key("duration_ns") => {
            span(object["duration_ns"].as_i64().expect("nanoseconds")).into()
        }
        Json::Object(object) if !object.contains_key("type") => {
            let entries = object.iter();
            let entries = entries.map(|(key, json)| (key.as_str(), json.as_str().expect("a text")));
            Value::StringMap(entries.collect())
        }
        Json::Object(object) if object["type"] == "timestamp" => {
            let text = text(json, "value");
            // The year 20000 is no RFC 3339.
            match text.strip_prefix("20000-") {
                Some(_) => {
                    Value::TimeStamp(adapter_runtime::value::TimeStamp::new(568_971_820_800, 0))
                }
                None => Value::TimeStamp(time(text)),
            }
        }
        _ => value(json).expect("a value"),
    }
}

/// Encodes an instance with one param.
fn encode_one(
    types: &Types,
    field: &str,
    input: &Json,
    bag: &Bag<'static>,
) -> Result<Vec<u8>, String> {
    let params = yaml(&json!({ field: input }).to_string());
    let vocabulary = vocabulary();
    let instance = types
        .template()
        .compile("i", Some(&params), |text| {
            let expression = Expression::compile(text, &vocabulary)?;
            let ty = expression.value_type();
            Ok((expression, ty))
        })
        .map_err(|problems| messages(&problems))?;
    let encoded = instance.encode(|expression| expression.evaluate_ref(bag));
    match encoded {
        Ok(encoded) => Ok(encoded.bytes().to_vec()),
        Err(error) => Err(error.to_string()),
    }
}

fn bag(json: &Json) -> Bag<'static> {
    let values = json.as_object().into_iter().flatten();
    let values = values.map(|(name, json)| (name.clone(), go_value(json)));
    values.collect()
}

fn values(types: &Types, case: &Json) -> Outcome {
    if case["input"].is_i64() {
        return Outcome::Skipped("a number of a configuration is always a double, also in Mixer");
    }
    // What is false is left out of the vectors.
    let input = match &case["input"] {
        Json::Null => &json!(false),
        input => input,
    };
    let mut expected = case["output"]["json"].clone();
    let mut bag = bag(&case["bag"]);
    if expected == json!({}) {
        expected = json!({ "bool_value": false });
        bag = Bag::from([("test.bool", false)]);
    }
    outcome(encode_one(types, "value", input, &bag).and_then(|bytes| {
        let json = json!({ "value": expected, "name": "i" });
        let message = types.message("foo.InstanceMsg");
        let expected = DynamicMessage::deserialize(message.clone(), json).expect("JSON");
        let found = DynamicMessage::decode(message, &*bytes);
        same("message", expected, found.expect("a message"))
    }))
}

fn value_errors(types: &Types, case: &Json) -> Outcome {
    if case["input"].is_object() {
        return Outcome::Skipped("no configuration has such a value");
    }
    if case["typeName"] == ".mymessage.com" {
        return Outcome::Skipped("Mixer has no such message either, beside the types of Istio");
    }
    let field = match case["typeName"].is_string() {
        true => "address",
        false => "value",
    };
    let found = encode_one(types, field, &case["input"], &bag(&case["bag"]));
    let found = found.expect_err("an error");
    let expected = [
        &case["builderError"]["error"],
        &case["encoderError"]["error"],
    ];
    let expected = expected.into_iter().find_map(Json::as_str);
    let expected = expected.expect("an error");
    if expected.starts_with("incorrect type") && found.contains("error converting value") {
        return Outcome::Deviated("attribute of another type");
    }
    outcome(contains("error", expected, &found))
}

/// Encodes a field of `Simple` with expressions that are just texts.
fn encode_texts(
    types: &Types,
    simple: &Node,
    ty: ValueType,
) -> Result<(EncodedInstance, Vec<String>), String> {
    let simple = serde_json::to_value(simple).expect("JSON");
    let params = yaml(&json!({ "simple": simple }).to_string());
    let mut texts = Vec::new();
    let instance = types
        .template()
        .compile("i", Some(&params), |text| {
            texts.push(text.to_owned());
            Ok((text.to_owned(), ty))
        })
        .map_err(|problems| messages(&problems))?;
    let encoded = instance.encode(|text| match ty {
        ValueType::String => Ok(ValueRef::String(text.as_str().into())),
        _ => Err("unknown attribute"),
    });
    encoded
        .map(|encoded| (encoded, texts))
        .map_err(|error| error.to_string())
}

/// The message `Simple` within an instance or a configuration.
fn simple(types: &Types, message: &str, bytes: &[u8]) -> DynamicMessage {
    let message = DynamicMessage::decode(types.message(message), bytes).expect("a message");
    let field = message.get_field_by_name("simple").expect("a field");
    field.as_message().expect("a message").clone()
}

fn quoted(types: &Types, case: &Json) -> Outcome {
    let params = yaml(&json!({ "str": case["input"] }).to_string());
    let found = encode_texts(types, &params, ValueType::String);
    let Some(expected) = case["output"].as_str() else {
        return outcome(match found {
            Err(error) => contains("error", "badTypeError", &error),
            Ok(_) => Err("a number was taken for a text".into()),
        });
    };
    outcome(found.and_then(|(encoded, texts)| {
        same("is an expression", case["found"] != true, !texts.is_empty())?;
        let found = simple(types, "foo.InstanceMsg", encoded.bytes());
        let found = found.get_field_by_name("str").expect("a field");
        same("text", Some(expected), found.as_str())
    }))
}

fn integers(types: &Types, case: &Json) -> Outcome {
    let params = yaml(&json!({ "i64": case["input"] }).to_string());
    let found = encode_texts(types, &params, ValueType::String);
    outcome(match (case["found"] == true, found) {
        (true, Ok((encoded, _))) => {
            let found = simple(types, "foo.InstanceMsg", encoded.bytes());
            let found = found.get_field_by_name("i64").expect("a field");
            same("number", case["output"].as_i64(), found.as_i64())
        }
        (false, Err(error)) => contains("error", "badTypeError", &error),
        (_, found) => Err(format!("{found:?}")),
    })
}

fn instances(types: &Types, case: &Json) -> Outcome {
    let params = yaml(text(case, "input"));
    outcome(
        encode_texts(types, &params, ValueType::String).and_then(|(encoded, _)| {
            let found = simple(types, "foo.InstanceMsg", encoded.bytes());
            same("message", types.expected("foo.Simple", &params), found)
        }),
    )
}

fn outputs(types: &Types, case: &Json) -> Outcome {
    let bytes =
        prost::Message::encode_to_vec(&types.expected("foo.OutputMsg", &yaml(text(case, "data"))));
    let found = types.template().read_answer(&bytes);
    if case["err"] == true {
        return outcome(match found {
            Err(_) => Ok(()),
            Ok(answer) => Err(format!("{answer:?}")),
        });
    }
    let prefix = case["prefix"].as_str().unwrap_or_default();
    let wanted = case["want"].as_object();
    let wanted = wanted.into_iter().flatten();
    let (lists, wanted): (Vec<_>, Vec<_>) = wanted.partition(|(_, json)| json.is_array());
    let wanted: BTreeMap<Str, Value> = wanted
        .into_iter()
        .map(|(name, json)| {
            let name = name.strip_prefix(prefix).expect("the prefix");
            (name.into(), go_value(json))
        })
        .collect();
    let found = match found {
        Ok(Answer::Output(output)) => {
            let fields = output.iter();
            let fields = fields.map(|(name, value)| (name.clone(), plain(value.clone())));
            let mask = case["fields"].as_object();
            let fields = fields.filter(|(name, _)| mask.is_none_or(|it| it.contains_key(&**name)));
            same("output", wanted, fields.collect())
        }
        found => Err(format!("{found:?}")),
    };
    match (lists.is_empty(), found) {
        (false, Ok(())) => Outcome::Deviated(deviation::LISTS),
        (_, found) => outcome(found),
    }
}

fn configs(types: &Types, case: &Json) -> Outcome {
    if case["skipUnknown"] == true {
        return Outcome::Skipped("Mixer never ignores unknown params of handlers");
    }
    let (field, message) = match text(case, "msg") {
        ".foo.Simple" => ("simple", "foo.Simple"),
        ".foo.Empty" => ("empty", "foo.Empty"),
        ".foo.Outer.Inner" => ("inner", "foo.Outer.Inner"),
        _ => return Outcome::Skipped("the name of the message is not the operator's"),
    };
    let input = case["input"].as_str().unwrap_or_default();
    let content = yaml(input);
    let json = serde_json::to_value(&content).expect("JSON");
    let params = yaml(&json!({ field: json }).to_string());
    let found = types.config().encode(Some(&params));
    if let Some(expected) = case["err"].as_str() {
        return outcome(match found {
            Err(problems) => contains("error", expected, &messages(&problems)),
            Ok(bytes) => Err(format!("{bytes:?}")),
        });
    }
    outcome(
        found
            .map_err(|problems| messages(&problems))
            .and_then(|any| {
                let any = <prost_types::Any as prost::Message>::decode(&*any).expect("an Any");
                same("type", "type.googleapis.com/foo.Params", &any.type_url)?;
                let found = DynamicMessage::decode(types.message("foo.Params"), &*any.value);
                let found = found.expect("a message");
                let found = found.get_field_by_name(field).expect("a field");
                let expected = types.expected(message, &content);
                same("message", &expected, found.as_message().expect("a message"))
            }),
    )
}

/// The field of a type of descriptors, and a value of it in YAML.
fn field_of(case: &Json) -> Option<&'static str> {
    Some(match text(case, "ftype") {
        "TYPE_DOUBLE" => "dbl",
        "TYPE_FLOAT" => "flt",
        "TYPE_INT64" => "i64",
        "TYPE_UINT64" => "ui64",
        "TYPE_INT32" => "i32",
        "TYPE_UINT32" => "ui32",
        "TYPE_FIXED32" => "f32",
        "TYPE_FIXED64" => "f64",
        "TYPE_SFIXED32" => "sf32",
        "TYPE_SFIXED64" => "sf64",
        "TYPE_SINT32" => "si32",
        "TYPE_SINT64" => "si64",
        "TYPE_BOOL" => "b",
        "TYPE_STRING" => "str",
        "TYPE_GROUP" => return None,
        other => panic!("fields of {other} are not known"),
    })
}

const GROUP: Outcome = Outcome::Skipped("Mixer refuses a group before it comes to its encoder");

fn constants(types: &Types, case: &Json) -> Outcome {
    let Some(field) = field_of(case) else {
        return GROUP;
    };
    let params = yaml(&json!({ field: false }).to_string());
    let found = encode_texts(types, &params, ValueType::String);
    let error = found.expect_err("an error");
    outcome(contains("error", text(&case["err"], "error"), &error))
}

fn expressions(types: &Types, case: &Json) -> Outcome {
    let Some(field) = field_of(case) else {
        return GROUP;
    };
    let params = yaml(&json!({ field: "x" }).to_string());
    let ty = crate::expressions::value_type(text(case, "vt"));
    let error = encode_texts(types, &params, ty).expect_err("an error");
    outcome(contains("error", text(case, "msg"), &error))
}

fn failures(types: &Types, case: &Json) -> Outcome {
    let field = field_of(case).expect("a field");
    let params = yaml(&json!({ "simple": { field: "x" } }).to_string());
    let ty = crate::expressions::value_type(text(case, "vt"));
    let compiled = types
        .template()
        .compile("i", Some(&params), |_| Ok(((), ty)));
    let instance = compiled.unwrap_or_else(|problems| panic!("{problems}"));
    let found = instance.encode(|()| Err("unknown attribute"));
    let expected = format!("fieldEncoder: simple - fieldEncoder: {field} - unknown attribute");
    outcome(match found {
        Err(error) => same("error", expected, error.to_string()),
        Ok(found) => Err(format!("{found:?}")),
    })
}

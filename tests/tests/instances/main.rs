//! The in-process side of templates: types inferred from an operator's expressions, and instances
//! built from attributes, as Mixer's own generated code does it.

mod samples;
mod typed;

use adapter_mixer::attribute::{Bag, Vocabulary};
use adapter_mixer::language::Expression;
use adapter_runtime::template::{
    Param, Params, Template, TemplateInfo, build_instance, compile, infer_type,
};
use adapter_runtime::value::{Duration, IpAddress, TimeStamp, Value, ValueType};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use samples::{apa, check, quota, report};
use serde_json::{Value as Json, json};
use tests::conformance;
use typed::{Typed, expected};

/// Where the built instances are not Mixer's, and why.
const DEVIATIONS: [(&str, &str, &str); 1] = [(
    "unspecified fields in param - valid",
    "TimeStamp",
    "a time that nothing is written for is 0001-01-01 to Go, and 1970-01-01 here: that is what an \
     adapter gets over gRPC, where Mixer leaves the field out",
)];

fn vectors() -> Option<Json> {
    let vectors = conformance::file("vectors/template_instances.json")?;
    Some(serde_json::from_slice(&vectors).expect("JSON"))
}

/// The template, and what is made with it, typed.
struct Sample {
    info: TemplateInfo,
    infer: fn(&Params<String>, &mut TypeOf<'_>) -> Result<Json, String>,
    build: fn(&Params<Expression>, &Bag<'_>) -> Result<Json, String>,
}

type TypeOf<'a> = dyn FnMut(&str) -> Result<ValueType, String> + 'a;

fn sample<T: Template>() -> Sample
where
    T::Instance: Typed,
    T::Type: ToJson,
{
    Sample {
        info: T::INFO,
        infer: |params, type_of| {
            let inferred = infer_type::<T, _, _>(params, |text| type_of(text));
            let inferred = inferred.map_err(|error| error.to_string())?;
            Ok(inferred.to_json())
        },
        build: |params, bag| {
            let evaluate = |expression: &Expression| expression.evaluate(bag);
            let instance = build_instance::<T, _, _>("instance1", params, evaluate);
            Ok(instance.map_err(|error| error.to_string())?.typed())
        },
    }
}

fn samples() -> [(&'static str, Sample); 4] {
    [
        ("report", sample::<report::Template>()),
        ("check", sample::<check::Template>()),
        ("quota", sample::<quota::Template>()),
        ("apa", sample::<apa::Template>()),
    ]
}

/// The sample that a vector names, whatever it calls it.
fn named(name: &Json) -> Sample {
    let name = name.as_str().expect("a name").to_lowercase();
    let found = samples().into_iter().find(|(key, _)| name.ends_with(key));
    found.unwrap_or_else(|| panic!("no sample `{name}`")).1
}

/// The types in JSON, as protobuf writes them.
trait ToJson {
    fn to_json(&self) -> Json;
}

impl ToJson for ValueType {
    fn to_json(&self) -> Json {
        json!(self.as_str())
    }
}

impl<V: ToJson> ToJson for adapter_runtime::value::Map<V> {
    fn to_json(&self) -> Json {
        let entries = self.iter();
        let entries = entries.map(|(key, value)| (key.to_owned(), value.to_json()));
        Json::Object(entries.collect())
    }
}

impl<M: ToJson> ToJson for Option<M> {
    fn to_json(&self) -> Json {
        self.as_ref().map_or(Json::Null, ToJson::to_json)
    }
}

macro_rules! types {
    ($($ty:ty => [$($field:ident),*];)+) => {$(
        impl ToJson for $ty {
            fn to_json(&self) -> Json {
                let Self { $($field),* } = self;
                let fields: Vec<(&str, Json)> = vec![$((stringify!($field), $field.to_json())),*];
                let fields = fields.into_iter();
                // Protobuf's JSON leaves out what is zero or absent.
                let unset = |json: &Json| json.is_null() || json == "VALUE_TYPE_UNSPECIFIED";
                let fields = fields.filter(|(_, json)| !unset(json));
                Json::Object(fields.map(|(name, json)| (name.to_owned(), json)).collect())
            }
        }
    )+};
}

types! {
    report::Type => [value, dimensions, res1];
    report::Res1Type => [value, dimensions, res2, res2_map];
    report::Res2Type => [value, dimensions];
    check::Type => [res1];
    check::Res1Type => [value, dimensions, res2, res2_map];
    check::Res2Type => [value, dimensions];
    quota::Type => [dimensions, res1];
    quota::Res1Type => [value, dimensions, res2, res2_map];
    quota::Res2Type => [value, dimensions];
    apa::Type => [res3_map];
    apa::Resource3Type => [];
}

/// `params` from JSON; the bindings of an attribute generator apart.
fn params(info: &TemplateInfo, json: &Json) -> (Params<String>, Vec<(String, String)>) {
    let mut bindings = Vec::new();
    let mut params = Vec::new();
    for (name, value) in json.as_object().expect("a mapping") {
        if name == "attribute_bindings" {
            let values = value.as_object().expect("a mapping").iter();
            let text = |value: &Json| value.as_str().expect("a string").to_owned();
            bindings.extend(values.map(|(name, value)| (name.clone(), text(value))));
        } else {
            params.push((name.clone(), param(value)));
        }
    }
    let params = Params::new(info.instance, params).unwrap_or_else(|errors| panic!("{errors:?}"));
    (params, bindings)
}

fn param(json: &Json) -> Param<String> {
    match json {
        Json::Null => Param::Expression(String::new()),
        Json::String(text) => Param::Expression(text.clone()),
        Json::Object(entries) => {
            // The vectors' YAML was read by Go's encoding/json, which knows fields in any case.
            let name = |name: &str| {
                if name == "Res2" {
                    "res2".into()
                } else {
                    name.into()
                }
            };
            let entries = entries.iter();
            Param::Map(
                entries
                    .map(|(key, value)| (name(key), param(value)))
                    .collect(),
            )
        }
        other => panic!("no expression: {other}"),
    }
}

fn is_object(json: &Json) -> bool {
    json.as_object().is_some_and(|object| !object.is_empty())
}

/// The attributes that the vectors' evaluator knows by the last part of their names, and the output
/// of the attribute generator.
fn vocabulary() -> Vocabulary {
    let mut vocabulary = Vocabulary::new();
    for source in ["source", "destination", "response"] {
        for (name, ty) in [
            ("int64", ValueType::Int64),
            ("double", ValueType::Double),
            ("bool", ValueType::Bool),
            ("string", ValueType::String),
            ("timestamp", ValueType::Timestamp),
            ("duration", ValueType::Duration),
            ("dns", ValueType::DnsName),
            ("email", ValueType::EmailAddress),
            ("uri", ValueType::Uri),
            ("labels", ValueType::StringMap),
        ] {
            vocabulary.declare(format!("{source}.{name}"), ty);
        }
    }
    for (name, ty) in apa::Template::INFO.output_attributes() {
        vocabulary.declare(name, ty);
    }
    vocabulary
}

#[test]
fn types_are_inferred_as_mixer_infers_them() {
    let Some(vectors) = vectors() else {
        return;
    };
    let vocabulary = vocabulary();
    for case in vectors["infer_type"].as_array().expect("cases") {
        let name = format!("{} {}", case["template"], case["name"]);
        let yaml = case["instance_params_yaml"].as_str().expect("YAML");
        if case["name"] == "NotValidInstanceParam" {
            // Go passes a message of another type; the compiler rules that out here.
            assert_eq!(yaml, "");
            continue;
        }
        let options = serde_saphyr::options! {
            duplicate_keys: serde_saphyr::DuplicateKeyPolicy::LastWins
        };
        let mut json: Json = serde_saphyr::from_str_with_options(yaml, options).expect("YAML");
        let sample = named(&case["template"]);
        // Go's encoding/json skips the fields that a template doesn't have.
        let known = |name: &str| sample.info.instance.fields().iter().any(|f| f.name == name);
        let fields = json.as_object_mut().expect("a mapping");
        fields.retain(|name, _| known(name) || !["timeStamp", "duration"].contains(&&**name));
        let (params, bindings) = params(&sample.info, &json);
        let mut type_of = |text: &str| match &case["type_eval_error"] {
            Json::Null => match Expression::compile(text, &vocabulary) {
                Ok(expression) => Ok(expression.value_type()),
                Err(error) => Err(error.to_string()),
            },
            error => Err(error["error"].as_str().expect("a text").to_owned()),
        };
        let result = (sample.infer)(&params, &mut type_of).and_then(|types| {
            let bindings = bindings.iter().map(|(name, text)| (&**name, &**text));
            let checked = sample.info.check_bindings(bindings, type_of);
            checked.map_err(|error| error.to_string())?;
            Ok(types)
        });
        match &case["want_error_contains"] {
            Json::Null => {
                let types = result.unwrap_or_else(|error| panic!("{name}: {error}"));
                // An attribute generator has no `Type` to Mixer.
                if is_object(&case["want_type"]) {
                    assert_eq!(types, case["want_type"]["json"], "{name}");
                }
            }
            wanted => {
                let error = result.expect_err(&name);
                assert!(
                    error.contains(wanted.as_str().expect("a text")),
                    "{name}: {error}"
                );
            }
        }
    }
}

fn value(json: &Json) -> Value {
    let value = &json["value"];
    match json["type"].as_str().expect("a type") {
        "int64" => Value::from(value.as_i64().expect("an integer")),
        "double" => Value::from(value.as_f64().expect("a number")),
        "bool" => Value::from(value.as_bool().expect("a bool")),
        "string" => Value::from(value.as_str().expect("a text")),
        "duration" => {
            let nanos = value.as_i64().expect("nanoseconds");
            Value::from(Duration::new(
                nanos / 1_000_000_000,
                (nanos % 1_000_000_000) as i32,
            ))
        }
        "timestamp" => {
            let time: jiff::Timestamp = value.as_str().expect("a time").parse().expect("a time");
            Value::from(TimeStamp::new(time.as_second(), time.subsec_nanosecond()))
        }
        "bytes" => {
            let bytes = value.as_str().expect("a text");
            let bytes = BASE64_STANDARD.decode(bytes).expect("base64");
            Value::from(IpAddress::from(&bytes[..]))
        }
        other => panic!("no attribute has the type {other}"),
    }
}

#[test]
fn instances_are_built_as_mixer_builds_them() {
    let Some(vectors) = vectors() else {
        return;
    };
    let types = vectors["attributes"]
        .as_object()
        .expect("attributes")
        .iter();
    let type_named = |ty: &Json| {
        let ty = ty.as_str().expect("a type");
        let mut all = (0..).map_while(ValueType::from_number);
        all.find(|known| known.as_str() == ty).expect(ty)
    };
    let mut vocabulary = Vocabulary::new();
    types.for_each(|(name, ty)| vocabulary.declare(name.as_str(), type_named(ty)));
    for case in vectors["create_instance"].as_array().expect("cases") {
        let name = case["name"].as_str().expect("a name");
        let sample = named(&case["template"]);
        let Some(json) = case["params"].get("json") else {
            // No params, no instance: the caller has nothing to build.
            assert!(
                case["expected_instance"].is_null() && case["params"].is_null(),
                "{name}"
            );
            continue;
        };
        let (params, _) = params(&sample.info, json);
        let bag = case["attributes"].as_object().expect("attributes").iter();
        let mut attributes = Bag::new();
        bag.for_each(|(name, json)| attributes.insert(name.as_str(), value(json)));
        let compiled = compile("instance1", &params, |text| {
            let expression = Expression::compile(text, &vocabulary)?;
            let ty = expression.value_type();
            Ok::<_, adapter_mixer::language::Error>((expression, ty))
        });
        let compiled = match (compiled, case["create_error_prefix"].as_str()) {
            (Ok(compiled), None) => compiled,
            (Err(error), Some(wanted)) => {
                let error = error.to_string();
                // Some of Mixer's tests look only for the cause.
                assert!(error.contains(wanted), "{name}: {error}");
                assert!(error.starts_with("expression compilation failed at [instance1]'"));
                continue;
            }
            (result, wanted) => panic!("{name}: {result:?} instead of {wanted:?}"),
        };
        match (
            (sample.build)(&compiled, &attributes),
            case["build_error_prefix"].as_str(),
        ) {
            (Ok(mut built), None) => {
                let mut expected = expected(&case["expected_instance"]);
                for (case, field, _) in DEVIATIONS {
                    if case == name {
                        assert!(forget(&mut built, field) > 0, "{name}");
                        forget(&mut expected, field);
                    }
                }
                assert_eq!(built, expected, "{name}");
            }
            (Err(error), Some(wanted)) => assert!(error.starts_with(wanted), "{name}: {error}"),
            (result, wanted) => panic!("{name}: {result:?} instead of {wanted:?}"),
        }
    }
    for (case, field, reason) in DEVIATIONS {
        println!("deviation: {case}: {field}: {reason}");
    }
}

/// Removes a field wherever it occurs.
fn forget(json: &mut Json, field: &str) -> usize {
    match json {
        Json::Object(fields) => {
            let here = usize::from(fields.remove(field).is_some());
            let below = fields.values_mut().map(|value| forget(value, field));
            here + below.sum::<usize>()
        }
        _ => 0,
    }
}

fn expression(text: &str) -> Param<String> {
    Param::Expression(text.into())
}

#[test]
fn every_expression_without_a_place_is_named() {
    let entry = |name: &str, param| (name.to_owned(), param);
    let params = vec![
        entry("vale", expression("1")),
        entry("dimensions", expression("1")),
        entry("int64Primitive", Param::Map(vec![])),
        entry(
            "res1",
            Param::Map(vec![entry(
                "res2_map",
                Param::Map(vec![
                    entry("a.b", Param::Map(vec![entry("values", expression("1"))])),
                    entry("c", expression("1")),
                ]),
            )]),
        ),
        entry("stringPrimitive", expression("1")),
        entry("stringPrimitive", expression("1")),
    ];
    let errors = Params::new(report::Template::INFO.instance, params).expect_err("no place");
    let errors: Vec<_> = errors.iter().map(ToString::to_string).collect();
    let known = "did you mean `value`?";
    assert!(
        errors[0].starts_with(&format!("there is no field `vale`: {known}")),
        "{errors:?}"
    );
    assert_eq!(
        errors[1..3],
        [
            "dimensions: this is a map: write expressions by key below it",
            "int64Primitive: this takes one expression: write it instead of a mapping",
        ]
    );
    let known = "there is no field `values`: did you mean `value`?";
    assert!(
        errors[3].starts_with(&format!("res1.res2_map[a.b]: {known}")),
        "{errors:?}"
    );
    assert!(errors[4].starts_with("res1.res2_map[c]: this is a message: write expressions for"));
    assert_eq!(
        errors[5..],
        ["stringPrimitive: it is written twice: write it once"]
    );
}

#[test]
fn fields_are_called_as_in_json_too() {
    let params = vec![
        ("checkExpression".to_owned(), expression("text")),
        (
            "res1".to_owned(),
            Param::Map(vec![(
                "res2Map".to_owned(),
                Param::Map(vec![("a".to_owned(), expression(""))]),
            )]),
        ),
    ];
    let params = Params::new(check::Template::INFO.instance, params).expect("fields");
    let built = build_instance::<check::Template, _, ()>("i", &params, |text| {
        Ok(Value::from(text.as_str()))
    });
    let built = built.expect("an instance");
    assert_eq!(built.check_expression, "text");
    let res1 = built.res1.expect("a message");
    assert_eq!(res1.res2_map.get("a"), Some(&check::Res2::default()));
    assert_eq!(res1.res2, None);
}

#[test]
fn a_value_of_another_type_is_an_error() {
    let params = vec![("timeStamp".to_owned(), expression("request.time"))];
    let params = Params::new(report::Template::INFO.instance, params).expect("a field");
    let built = build_instance::<report::Template, _, String>("i", &params, |_| Ok(5.into()));
    assert_eq!(
        built.expect_err("no time").to_string(),
        "evaluation failed at [i]'TimeStamp': 'the value has the type INT64, the field TIMESTAMP'"
    );
}

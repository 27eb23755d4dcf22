//! What is wrong with what operators write, in Mixer's words, with the place and what to write.

use adapter_mixer::attribute::{Bag, Vocabulary};
use adapter_mixer::language::Expression;
use adapter_mixer::remote::{ConfigDescriptor, RemoteTemplate};
use adapter_runtime::document::{self, Node, Problems};
use adapter_runtime::template::descriptor_set;
use base64::prelude::{BASE64_STANDARD, Engine};
use proptest::prelude::*;
use tests::protos::compile_with;
use tests::templates::BUILT_IN;

fn yaml(text: &str) -> Node {
    let mut problems = Problems::new();
    let documents = document::parse("a.yaml", text, &mut problems);
    assert!(problems.is_empty(), "{problems}");
    documents.into_iter().next().expect("a document")
}

fn template(name: &str) -> RemoteTemplate {
    let info = BUILT_IN
        .iter()
        .find(|it| it.name == name)
        .expect("a template");
    let descriptor = BASE64_STANDARD.encode(descriptor_set(info));
    RemoteTemplate::parse(&descriptor).expect("a template")
}

/// The problems with an instance, as lines.
fn problems_of(template: &RemoteTemplate, params: &str) -> Vec<String> {
    let vocabulary = Vocabulary::istio();
    let compiled = template.compile("x.instance.ns", Some(&yaml(params)), |text| {
        let expression = Expression::compile(text, &vocabulary)?;
        let ty = expression.value_type();
        Ok((expression, ty))
    });
    let problems = compiled.err().unwrap_or_default();
    problems.iter().map(ToString::to_string).collect()
}

#[test]
fn every_problem_of_an_instance_is_told_at_once_with_its_place() {
    let found = problems_of(
        &template("metric"),
        "value: request.sise | 0\n\
         dimension:\n  a: source.name\n\
         monitored_resource_type: UNSPECIFIED\n\
         monitored_resource_dimensions:\n  h: request.headers\n  x: null\n",
    );
    assert_eq!(
        found,
        [
            "a.yaml:2:1: error: fieldEncoder 'dimension' not found in message 'InstanceMsg'; did \
             you mean `dimensions`?",
            "a.yaml:1:8: error: value: unknown attribute request.sise; did you mean \
             `request.size`?",
            "a.yaml:4:26: error: monitored_resource_type: unknown attribute UNSPECIFIED; write \
             `\"'UNSPECIFIED'\"` if it is to be a text",
            "a.yaml:6:6: error: monitored_resource_dimensions[h]: unsupported type: STRING_MAP \
             (.istio.policy.v1beta1.Value); take one of its values: `map[\"key\"]`",
            "a.yaml:7:6: error: monitored_resource_dimensions[x]: unsupported type: <nil>; write \
             an expression",
        ]
    );
}

#[test]
fn a_param_of_another_shape_is_refused() {
    for (name, params, problem) in [
        (
            "metric",
            "value: {a: b}",
            "unsupported type: map[string]interface {}",
        ),
        (
            "metric",
            "dimensions: source.name",
            "incorrect map type:string",
        ),
        ("metric", "[a]", "want: map[string]interface {}"),
        (
            "tracespan",
            "source_ip: source.name",
            "write `ip(source.name)`",
        ),
        (
            "tracespan",
            "source_ip: \"'10.0.0.1'\"",
            "write `ip(\"10.0.0.1\")`",
        ),
        (
            "tracespan",
            "start_time: 5",
            "write an expression of the type TIMESTAMP",
        ),
        ("tracespan", "client_span: \"'yes'\"", "want:bool"),
        ("tracespan", "httpStatusCode: 2.5", "badTypeError"),
        (
            "tracespan",
            "httpStatusCode: 9007199254740993",
            "is no float64",
        ),
        (
            "tracespan",
            "request_size: source.name",
            "does not accept STRING",
        ),
        ("tracespan", "trace_id: 7", "write `\"'7'\"` for a text"),
        (
            "tracespan",
            "{spanTags: {}, span_tags: {}}",
            "`span_tags` is written twice",
        ),
        (
            "authorization",
            "subject: source.name",
            "`subject` is a message",
        ),
        (
            "authorization",
            "subject: {usr: source.name}",
            "did you mean `user`?",
        ),
    ] {
        let found = problems_of(&template(name), params);
        assert!(
            found.len() == 1 && found[0].contains(problem),
            "{params}: {found:?}"
        );
    }
}

#[test]
fn the_name_of_an_instance_is_its_own() {
    let template = template("reportnothing");
    let compile = |params: &str| {
        let compiled = template.compile("r.instance.ns", Some(&yaml(params)), |text| {
            Ok((text.to_owned(), Default::default()))
        });
        let instance = compiled.unwrap_or_else(|problems| panic!("{problems}"));
        let encoded = instance.encode(|_| Err("nothing is evaluated"));
        encoded.expect("an instance").bytes().to_vec()
    };
    assert_eq!(compile("name: source.name"), compile("{}"));
    assert!(compile("{}").ends_with(b"r.instance.ns"));
}

const EXTENSIONS: &str = "import \"mixer/adapter/model/v1beta1/extensions.proto\";
option (istio.mixer.adapter.model.v1beta1.template_variety) = TEMPLATE_VARIETY_CHECK;
option (istio.mixer.adapter.model.v1beta1.template_name) = \"foo\";\n";

fn descriptor(content: &str) -> String {
    let text = format!("syntax = \"proto3\";\npackage foo;\n{content}");
    BASE64_STANDARD.encode(compile_with("foo.proto", &text))
}

#[test]
fn a_descriptor_that_is_no_templates_is_refused() {
    let without_name = EXTENSIONS.lines().take(2).collect::<Vec<_>>().join("\n");
    for (text, problem) in [
        (
            descriptor("message Template {}"),
            "there has to be one proto file",
        ),
        (
            descriptor(&without_name),
            "missing required template_name option",
        ),
        (
            descriptor(&EXTENSIONS.replace("\"foo\"", "\"foo1\"")),
            "the template name 'foo1' must match the regex '^[a-zA-Z]+$'",
        ),
    ] {
        let error = RemoteTemplate::parse(&text).expect_err("it is no template");
        assert!(error.to_string().contains(problem), "{error}");
    }
}

#[test]
fn what_a_template_lacks_is_told_where_it_is_needed() {
    let bare = RemoteTemplate::parse(&descriptor(EXTENSIONS)).expect("as Mixer takes it");
    let error = bare.path().expect_err("there is no service");
    assert_eq!(error.to_string(), "no service matched prefix:'Handle'");
    assert!(
        error
            .remedy()
            .is_some_and(|help| help.contains("bare template"))
    );
    let found = problems_of(&bare, "{}");
    assert!(
        found[0].contains("cannot resolve message '.foo.InstanceMsg'"),
        "{found:?}"
    );

    // Without the file that `Value` is in.
    let whole = "InstanceMsg { string name = 72295727; istio.policy.v1beta1.Value value = 1; }";
    let text = format!(
        "{EXTENSIONS}import \"policy/v1beta1/type.proto\";\nmessage {whole}\n\
         message HandleFooRequest {{ InstanceMsg instance = 1; }}\n\
         service HandleFooService {{ rpc HandleFoo(HandleFooRequest) returns (InstanceMsg); }}"
    );
    let set = BASE64_STANDARD.decode(descriptor(&text)).expect("base64");
    let only = |set: &[u8]| {
        // The files are the fields 1 of the set; the last one is the template's own.
        let (mut rest, mut last) = (set, set);
        while !rest.is_empty() {
            let mut after = rest;
            prost::encoding::decode_key(&mut after).expect("a key");
            let len = prost::encoding::decode_varint(&mut after).expect("a length");
            last = rest;
            rest = &after[usize::try_from(len).expect("a length")..];
        }
        last.to_vec()
    };
    let alone = RemoteTemplate::parse(&BASE64_STANDARD.encode(only(&set))).expect("a template");
    assert_eq!(
        alone.path().expect("a service"),
        "/foo.HandleFooService/HandleFoo"
    );
    let found = problems_of(&alone, "value: source.name");
    assert!(found[0].contains("unable to resolve message '.istio.policy.v1beta1.Value'"));
    assert!(found[0].contains("make it with its imports"), "{found:?}");
}

const CONFIG: &str = r#"
import "google/protobuf/duration.proto";
message Params {
  string file_path = 1; int32 limit = 2; google.protobuf.Duration every = 3; bytes key = 4;
  repeated google.protobuf.Duration all = 5; Kind kind = 6; map<int32, string> by_code = 7;
  Inner inner = 8; uint64 size = 9;
  enum Kind { NONE = 0; SOME = 1; }
  message Inner { repeated bool flags = 1; }
}
"#;

#[test]
fn every_problem_of_a_configuration_is_told_at_once() {
    let config = ConfigDescriptor::parse(&descriptor(CONFIG)).expect("a descriptor");
    let config = config.expect("a message `Params`");
    for (params, problems) in [
        (
            "filePth: a\nlimit: '1x'\nevery: 5\nkind: SME",
            vec![
                "field 'filePth' not found in message 'Params'; did you mean `file_path`?",
                "field 'limit' is of type 'string' instead of expected type 'int'",
                "got:type 'float64' want 'string''; write the unit: `5s` for seconds",
                "unrecognized enum value 'SME' for enum 'Kind'; write one of `NONE`, `SOME`",
            ],
        ),
        ("key: a", vec!["unrecognized field type 'TYPE_BYTES'"]),
        ("all: [5s]", vec!["field 'all[0]' is of type 'string'"]),
        (
            "kind: 1",
            vec!["instead of expected type 'enum(foo.Params.Kind)'"],
        ),
        (
            "limit: 3000000000",
            vec!["field 'limit': 3000000000 is beyond what int32 holds"],
        ),
        (
            "size: -1",
            vec!["field 'size': -1 is beyond what uint64 holds"],
        ),
        (
            "by_code: {a: b}",
            vec!["/by_code[a]: 'field 'key' is of type 'string' instead"],
        ),
        (
            "inner: {flags: ['no']}",
            vec!["/inner: 'field 'flags[0]' is of type 'string' instead of expected type 'bool''"],
        ),
        ("{filePath: a, file_path: b}", vec!["is written twice"]),
        (
            "file_path: no",
            vec!["of expected type 'string'; write `\"no\"`"],
        ),
        (
            "text",
            vec!["instead of expected type 'map[string]interface {}'"],
        ),
    ] {
        let found = config.encode(Some(&yaml(params))).expect_err("it is wrong");
        let mut found: Vec<_> = found.iter().map(ToString::to_string).collect();
        found.sort_by_key(|line| line.split(':').nth(1).map(str::to_owned));
        assert_eq!(found.len(), problems.len(), "{found:#?}");
        for (found, problem) in found.iter().zip(problems) {
            assert!(found.contains(problem), "{found}\nlacks {problem}");
        }
    }
}

#[test]
fn a_configuration_is_the_same_in_whatever_order_it_is_written() {
    let config = ConfigDescriptor::parse(&descriptor(CONFIG)).expect("a descriptor");
    let config = config.expect("a message `Params`");
    let encode = |params: &str| config.encode(Some(&yaml(params))).expect("a configuration");
    let (one, other) = (
        encode("{file_path: a, limit: null, by_code: {1: a, 2: b}, every: 1m30s}"),
        encode("{every: 90s, by_code: {2: b, 1: a}, file_path: a}"),
    );
    assert_eq!(one, other);
    let nothing = config.encode(None).expect("a configuration");
    assert_eq!(nothing, b"\x0A\x1Etype.googleapis.com/foo.Params");
    assert_eq!(encode("{}"), nothing);
}

#[test]
fn an_adapter_without_config_has_none() {
    assert!(ConfigDescriptor::parse("").expect("none").is_none());
    let error = ConfigDescriptor::parse(&descriptor("message Config {}"));
    let error = error.expect_err("there is no `Params`");
    assert!(
        error
            .to_string()
            .starts_with("cannot find message named 'Params'"),
        "{error}"
    );
}

/// Bytes with some of them changed, added and cut off.
fn damaged(bytes: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let len = bytes.len();
    let change = (0..len, any::<u8>(), any::<bool>());
    (prop::collection::vec(change, 0..6), 0..=len).prop_map(move |(changes, end)| {
        let mut bytes = bytes.clone();
        for (at, byte, added) in changes {
            match added {
                true => bytes.insert(at, byte),
                false => bytes[at] = byte,
            }
        }
        // Mostly whole.
        if end % 4 == 0 {
            bytes.truncate(end);
        }
        bytes
    })
}

fn any_template() -> impl Strategy<Value = Vec<u8>> {
    let all: Vec<Vec<u8>> = BUILT_IN.iter().map(descriptor_set).collect();
    prop::sample::select(all).prop_flat_map(damaged)
}

const PARAMS: [&str; 4] = [
    "{}",
    "value: request.size\ndimensions: {a: source.name, b: destination.ip}\n",
    "subject: {user: source.name, properties: {a: request.size}}\naction: {path: request.path}\n",
    "severity: '\"INFO\"'\ntimestamp: request.time\nvariables: {a: response.duration}\n",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    /// Whatever the descriptor is, it is an error or a template that can be used.
    #[test]
    fn damaged_templates_are_errors_or_work(
        bytes in any_template(),
        answer in prop::collection::vec(any::<u8>(), 0..40),
    ) {
        let Ok(template) = RemoteTemplate::parse(&BASE64_STANDARD.encode(&bytes)) else {
            return Ok(());
        };
        let _ = (template.name(), template.package(), template.path(), template.variety());
        let _ = template.output_attributes("a.output.");
        let _ = template.read_answer(&answer);
        let vocabulary = Vocabulary::istio();
        let attributes = Bag::from([("request.size", 3), ("response.code", 4)]);
        for params in PARAMS {
            let compiled = template.compile("x.instance.ns", Some(&yaml(params)), |text| {
                let expression = Expression::compile(text, &vocabulary)?;
                let ty = expression.value_type();
                Ok((expression, ty))
            });
            if let Ok(instance) = compiled {
                let _ = instance.encode(|expression| expression.evaluate_ref(&attributes));
            }
        }
    }

    /// So it is with the configuration of an adapter.
    #[test]
    fn damaged_configurations_are_errors_or_work(
        bytes in damaged(compile_with(
            "config.proto",
            "syntax = \"proto3\"; package a; import \"google/protobuf/duration.proto\"; \
             message Params { map<string, M> m = 1; repeated int32 n = 2; M own = 3; \
             google.protobuf.Duration d = 4; E e = 5; bytes b = 6; oneof o { bool p = 7; } } \
             message M { double x = 1; Params params = 2; } enum E { A = 0; B = 1; }",
        )),
    ) {
        let Ok(Some(config)) = ConfigDescriptor::parse(&BASE64_STANDARD.encode(&bytes)) else {
            return Ok(());
        };
        let params = yaml(
            "m: {a: {x: 1.5, params: {n: [1, -2]}}}\nn: [3]\nown: {x: 2}\nd: 5s\ne: B\n\
             b: AAEC\np: true\n",
        );
        let _ = config.encode(Some(&params));
    }
}

//! An existing `config.proto` becomes Rust, and is compared with the struct's descriptor.
//!
//! The Rust for `wavefront.proto` is `wavefront.rs`, and so on; with `UPDATE_SNAPSHOTS` set, they
//! are written.

#[allow(dead_code, unreachable_pub)]
mod apigee;
#[allow(clippy::enum_variant_names, dead_code, unreachable_pub)]
mod every;
#[allow(dead_code, unreachable_pub)]
mod threescale;
#[allow(dead_code, unreachable_pub)]
mod wavefront;

use std::path::{Path, PathBuf};

use adapter_runtime::import;
use protox::prost_reflect::prost::Message;

const NO_FOLDERS: [&str; 0] = [];

fn path(name: &str) -> PathBuf {
    // Relative, for readable messages: tests run in the package's folder.
    Path::new("tests/import").join(name)
}

/// The problems of a file, a line for each.
fn problems(name: &str) -> Vec<String> {
    let problems = import::rust_struct(path(name), NO_FOLDERS).expect_err("it has problems");
    problems.iter().map(ToString::to_string).collect()
}

/// A file with this text, in a folder of its own.
fn written(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    std::fs::write(&path, text).expect("a file");
    (folder, path)
}

/// The problems of a text as a file `config.proto`.
fn problems_of(text: &str) -> Vec<String> {
    let (folder, path) = written("config.proto", text);
    let problems = import::rust_struct(path, NO_FOLDERS).expect_err("it has problems");
    let folder = format!("{}/", folder.path().display());
    let lines = problems
        .iter()
        .map(|it| it.to_string().replace(&folder, ""));
    lines.collect()
}

#[test]
fn only_what_is_used_is_imported() {
    let text = "syntax = \"proto3\"; package a; message Durations { int32 size = 1; } \
                message TimeStamps { int32 size = 1; } \
                message Params { Durations one = 1; repeated TimeStamps two = 2; }";
    let (_folder, path) = written("config.proto", text);
    let rust = import::rust_struct(path, NO_FOLDERS).expect("a configuration");
    let imports: Vec<_> = rust.lines().filter(|it| it.starts_with("use ")).collect();
    assert_eq!(imports, ["use adapter_runtime::AdapterConfig;"]);
}

/// The encoded descriptor set of a text, as a struct would have it.
fn descriptor_set(text: &str) -> Vec<u8> {
    let (folder, path) = written("params.proto", text);
    let mut compiler = protox::Compiler::new([folder.path()]).expect("a folder");
    compiler.open_file(path).expect("a proto file");
    compiler.file_descriptor_set().encode_to_vec()
}

#[test]
fn structs_are_printed() {
    for name in ["wavefront", "threescale", "apigee", "every"] {
        let file = path(&format!("{name}.proto"));
        let text = match import::rust_struct(file, NO_FOLDERS) {
            Ok(text) => text,
            Err(problems) => panic!("{problems}"),
        };
        let snapshot = path(&format!("{name}.rs"));
        if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
            std::fs::write(&snapshot, &text).expect("the snapshot is written");
        }
        let expected = std::fs::read_to_string(&snapshot).unwrap_or_default();
        let shown = snapshot.display();
        assert!(
            text == expected,
            "this is not {shown}; to accept it, set UPDATE_SNAPSHOTS:\n{text}"
        );
        syn::parse_file(&text).expect("it is Rust");
    }
}

#[test]
fn what_mixer_can_not_encode_is_refused_at_its_place() {
    let expected = [
        "11:3: error: Mixer can't encode `bytes`; make it `string`, with base64 where it must \
         hold any bytes",
        "12:12: error: Mixer can't encode `bytes`; make it `string`, with base64 where it must \
         hold any bytes",
        "13:12: error: Mixer can't encode a list of `google.protobuf.Duration`; make it \
         `string`, or a message with such a field",
        "14:3: error: Mixer can't encode a map of `google.protobuf.Duration`; make it `string`, \
         or a message with such a field",
        "15:3: error: Mixer can't encode maps from `uint32`; make the keys `string`, `int32` or \
         `int64`",
        "16:3: error: `google.protobuf.Any` is no type of a configuration; write a message of \
         your own with the fields that you need",
        "17:3: error: `google.protobuf.Struct` is no type of a configuration; write a message \
         of your own with the fields that you need",
        "18:3: error: `google.protobuf.StringValue` is no type of a configuration; make it a \
         plain field with `optional`",
        "19:3: error: `Params` holds itself, without end; make the field `repeated`",
        "21:15: error: Mixer can't encode `bytes`; make it `string`, with base64 where it must \
         hold any bytes",
        "26:5: error: the value `LESS` has a negative number; a configuration's enum has none: \
         leave the value out",
        "27:5: error: `NOTHING` is the same as `NONE`; a configuration's enum has one name for \
         a number: leave one out",
    ];
    let found = problems("broken.proto");
    let found: Vec<_> = found
        .iter()
        .map(|line| line.trim_start_matches("tests/import/broken.proto:"))
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn files_that_make_no_sense() {
    for (text, expected) in [
        (
            "syntax = \"proto3\";\npackage a;\nmessage Config {}\n",
            "config.proto:1:1: error: this file has no message `Params`, which is the \
             configuration for Mixer, only `Config`; give the file with the configuration, or \
             rename its message",
        ),
        (
            "syntax = \"proto3\";\nmessage Params {}\n",
            "config.proto:1:1: error: this file has no package, with which Mixer finds the \
             adapter; add `package my_adapter.config;`",
        ),
        (
            "package a;\nmessage Params { optional int32 a = 1 [default = 5]; }\n",
            "config.proto:1:1: error: this file is no proto3, so its fields have presence and \
             defaults of their own; write `syntax = \"proto3\";`",
        ),
        (
            "syntax = \"proto3\";\npackage a;\nimport \"b.proto\";\nmessage Params {}\n",
            "config.proto:3:1: error: import 'b.proto' not found; give the folder that the \
             import begins in with `-I FOLDER`",
        ),
        (
            "syntax = \"proto3\";\npackage a;\nmessage Params { int32 a = 1 }\n",
            "config.proto:3:30: error: expected ';' or '[', but found '}'",
        ),
        (
            "syntax = \"proto3\";\npackage a;\nmessage Params {\n  Nothing a = 1;\n}\n",
            "config.proto:4:3: error: name 'Nothing' is not defined",
        ),
        (
            "syntax = \"proto3\";\npackage a;\nmessage Params {\n  int32 a = 1;\n  int32 b = 1;\n}\n",
            "config.proto:4:13: error: field number '1' is already used",
        ),
        (
            "syntax = \"proto3\";\npackage a;\n",
            "config.proto:1:1: error: this file has no message `Params`, nor any other; give \
             the file with the configuration, or rename its message",
        ),
    ] {
        assert_eq!(problems_of(text), [expected], "{text}");
    }
    assert_eq!(
        problems("missing.proto"),
        [
            "tests/import/missing.proto:1:1: error: there is no such file; give the path of a `config.proto`"
        ]
    );
}

const SAME: &str = "
    syntax = \"proto3\";
    package wavefront.config;
    import \"google/protobuf/duration.proto\";
    message Sample { oneof how { ExpDecay exp_decay = 1; Uniform uniform = 2; } }
    message ExpDecay { double alpha = 2; int32 reservoir_size = 1; }
    message Uniform { int32 reservoir_size = 1; }
    enum Kind { UNKNOWN = 0; GAUGE = 1; COUNTER = 2; DELTA_COUNTER = 3; HISTOGRAM = 4; }
    message Metric { string name = 1; Kind type = 2; Sample sample = 3; string instance_name = 4; }
    message Direct { string server = 1; string token = 2; }
    message Proxy { string address = 1; }
    message Logs { string level = 1; }
    message Params {
        oneof credentials { Direct direct = 1; Proxy proxy = 2; }
        google.protobuf.Duration flush_interval = 3;
        string source = 4;
        string prefix = 5;
        repeated Metric metrics = 6;
        Logs logs = 7;
    }
";

#[test]
fn what_is_printed_is_the_same_as_the_file() {
    import::assert_same::<wavefront::Params>("wavefront.config", path("wavefront.proto"));
    import::assert_same::<threescale::Params>(
        "adapter.threescale.config",
        path("threescale.proto"),
    );
    import::assert_same::<apigee::Params>("apigee.config", path("apigee.proto"));
    import::assert_same::<every::Params>("every.config", path("every.proto"));
}

#[test]
fn names_of_messages_and_the_order_of_fields_make_no_difference() {
    let lines = import::differences(&descriptor_set(SAME), path("wavefront.proto"), NO_FOLDERS);
    assert_eq!(lines.expect("both are configurations"), [""; 0]);
}

#[test]
fn every_difference_is_told() {
    let other = SAME
        .replace("package wavefront.config", "package wavefront")
        .replace("string source = 4", "string source = 40")
        .replace(
            "string prefix = 5",
            "repeated string prefix = 5; bool more = 12",
        )
        .replace("Logs logs = 7;", "")
        .replace("GAUGE = 1", "GAUGE = 5")
        .replace("HISTOGRAM = 4", "HISTOGRAMS = 4")
        .replace("double alpha", "float alpha")
        .replace("string token = 2", "string secret = 2")
        .replace(
            "oneof how { ExpDecay exp_decay = 1; Uniform uniform = 2; }",
            "ExpDecay exp_decay = 1; Uniform uniform = 2;",
        );
    let lines = import::differences(&descriptor_set(&other), path("wavefront.proto"), NO_FOLDERS);
    let lines = lines.expect("both are configurations");
    let lines: Vec<_> = lines
        .iter()
        .map(|line| line.replace("tests/import/wavefront.proto", "the file"))
        .collect();
    let expected = [
        "the package is `wavefront.config` in the file and `wavefront` in the struct",
        "field `direct.token` is called `token` in the file and `secret` in the struct",
        "field `source` is number 4 in the file and 40 in the struct",
        "field `prefix` is `string` in the file and `repeated string` in the struct",
        "value `GAUGE` of field `metrics.type` is number 1 in the file and 5 in the struct",
        "value `HISTOGRAM` (= 4) of field `metrics.type` is only in the file",
        "value `HISTOGRAMS` (= 4) of field `metrics.type` is only in the struct",
        "field `metrics.sample.exp_decay` is in a oneof with `uniform` in the file and in no \
         oneof in the struct",
        "field `metrics.sample.exp_decay.alpha` is `double` in the file and `float` in the \
         struct",
        "field `metrics.sample.uniform` is in a oneof with `exp_decay` in the file and in no \
         oneof in the struct",
        "field `logs` (`wavefront.config.Params.Logs` = 7) is only in the file",
        "field `more` (`bool` = 12) is only in the struct",
    ];
    assert_eq!(lines, expected);
}

#[test]
#[should_panic = "the configuration differs:\n  the package is `adapter.threescale.config` in \
                  tests/import/threescale.proto and `threescale` in the struct"]
fn a_struct_that_differs_fails() {
    import::assert_same::<threescale::Params>("threescale", path("threescale.proto"));
}

#[test]
fn a_descriptor_set_that_is_none() {
    let wavefront = path("wavefront.proto");
    for (bytes, expected) in [
        (
            vec![0xff],
            "descriptor set of the struct:1:1: error: it can't be decoded: failed to decode \
             Protobuf message: invalid varint",
        ),
        (
            descriptor_set("syntax = \"proto3\"; package a; message Config {}"),
            "descriptor set of the struct:1:1: error: it has no message `Params`",
        ),
    ] {
        let problems = import::differences(&bytes, &wavefront, NO_FOLDERS).expect_err("it is none");
        let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(lines, [expected]);
    }
}

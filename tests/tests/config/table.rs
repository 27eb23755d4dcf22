//! The table of types in the documentation of the derive is so.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, SystemTime};

use adapter_runtime::AdapterConfig;
use adapter_runtime::config::{FieldInfo, Kind, Reading, Secret};
use adapter_runtime::document::{self, Problems};
use adapter_runtime::value::TimeStamp;
use serde_json::Value as Json;
use tests::programs::project;

/// A field for each type of the table.
#[derive(AdapterConfig)]
struct Types {
    truth: bool,
    i32: i32,
    i64: i64,
    u32: u32,
    u64: u64,
    f32: f32,
    f64: f64,
    #[config(encoding = "sint32")]
    zigzag_i32: i32,
    #[config(encoding = "sint64")]
    zigzag_i64: i64,
    #[config(encoding = "sfixed32")]
    fixed_i32: i32,
    #[config(encoding = "sfixed64")]
    fixed_i64: i64,
    #[config(encoding = "fixed32")]
    fixed_u32: u32,
    #[config(encoding = "fixed64")]
    fixed_u64: u64,
    text: String,
    secret: Secret,
    duration: Duration,
    system_time: SystemTime,
    time_stamp: TimeStamp,
    level: Level,
    part: Part,
    #[config(oneof)]
    limit: Option<Limit>,
    #[config(tag = 32)]
    optional: Option<i32>,
    list: Vec<i32>,
    map: BTreeMap<String, i32>,
    hash_map: HashMap<String, i32>,
    by_i32: BTreeMap<i32, i32>,
    by_i64: BTreeMap<i64, i32>,
}

#[derive(AdapterConfig)]
enum Level {
    _Off,
    Debug,
}

#[derive(AdapterConfig)]
enum Limit {
    #[config(tag = 30)]
    Bytes(i32),
    #[config(tag = 31)]
    _Lines(i32),
}

#[derive(AdapterConfig)]
struct Part {
    size: i32,
}

/// The types as the table calls them.
const NAMES: [(&str, &str); 27] = [
    ("`bool`", "truth"),
    ("`i32`", "i32"),
    ("`i64`", "i64"),
    ("`i32` with `encoding = \"sint32\"`", "zigzag_i32"),
    ("`i64` with `\"sint64\"`", "zigzag_i64"),
    ("`i32` with `encoding = \"sfixed32\"`", "fixed_i32"),
    ("`i64` with `\"sfixed64\"`", "fixed_i64"),
    ("`u32`", "u32"),
    ("`u64`", "u64"),
    ("`u32` with `encoding = \"fixed32\"`", "fixed_u32"),
    ("`u64` with `\"fixed64\"`", "fixed_u64"),
    ("`f32`", "f32"),
    ("`f64`", "f64"),
    ("`String`", "text"),
    ("`Secret`", "secret"),
    ("`std::time::Duration`", "duration"),
    ("`SystemTime`", "system_time"),
    ("`value::TimeStamp`", "time_stamp"),
    ("an enum without data", "level"),
    ("a struct", "part"),
    ("an `Option` of an enum with data, with `oneof`", "limit"),
    ("`Option<T>`", "optional"),
    ("`Vec<T>`", "list"),
    ("`BTreeMap<String, T>`", "map"),
    ("`HashMap<String, T>`", "hash_map"),
    ("`BTreeMap<i32, T>`", "by_i32"),
    ("`BTreeMap<i64, T>`", "by_i64"),
];

fn values() -> Types {
    let time = TimeStamp::new(1_767_323_045, 0);
    Types {
        truth: true,
        i32: -5,
        i64: -5,
        u32: 5,
        u64: 5,
        f32: 0.5,
        f64: 0.5,
        zigzag_i32: -5,
        zigzag_i64: -5,
        fixed_i32: -5,
        fixed_i64: -5,
        fixed_u32: 5,
        fixed_u64: 5,
        text: "text".into(),
        secret: Secret::written("${env:TOKEN}"),
        duration: Duration::from_secs(90),
        system_time: time.to_system_time().expect("near 1970"),
        time_stamp: time,
        level: Level::Debug,
        part: Part { size: 5 },
        limit: Some(Limit::Bytes(5)),
        optional: Some(5),
        list: vec![1, 2],
        map: [("a".into(), 1)].into(),
        hash_map: [("a".into(), 1)].into(),
        by_i32: [(5, 1)].into(),
        by_i64: [(5, 1)].into(),
    }
}

/// How the table writes the type in a `.proto` file.
fn proto(kind: &Kind) -> String {
    match kind {
        Kind::Enum(_) => "`enum`".to_owned(),
        Kind::Message(_) => "`message`".to_owned(),
        Kind::Optional(_) => "as `T`".to_owned(),
        Kind::Repeated(_) => "`repeated`".to_owned(),
        Kind::Map(key, _) => format!("`map<{key}, …>`"),
        kind => format!("`{kind}`"),
    }
}

#[test]
fn the_table_of_types_is_so() {
    let path = project().join("adapter-macros/src/lib.rs");
    let source = std::fs::read_to_string(path).expect("the source of the macros");
    let (_, table) = source
        .split_once("/// | Rust | `.proto` | YAML |\n/// |---|---|---|\n")
        .expect("a table of types");
    let rows = table
        .lines()
        .map_while(|line| line.strip_prefix("/// | ")?.strip_suffix(" |"));
    let shown = values().show();
    let mut seen = Vec::new();
    for row in rows {
        let cells: Vec<_> = row.split(" | ").collect();
        let [rust, protos, yaml] = cells[..] else {
            panic!("{row}");
        };
        let mut expected = Vec::new();
        // Not at the commas within a type.
        for ty in rust
            .split_inclusive("`, ")
            .map(|ty| ty.trim_end_matches(", "))
        {
            let name = NAMES.iter().find(|(known, _)| *known == ty);
            let (_, name) = name.unwrap_or_else(|| panic!("`{ty}` is not known"));
            let field = field(name);
            let proto = proto(&field.kind);
            if !expected.contains(&proto) {
                expected.push(proto);
            }
            if let Some(member) = yaml.strip_prefix("its variant in its place: ") {
                let json = format!("{{{}}}", member.trim_matches('`'));
                let json: Json = serde_json::from_str(&json).expect(member);
                assert_eq!(shown["bytes"], json["bytes"], "{row}");
                assert_eq!(read(&json.to_string()).show()["bytes"], json["bytes"]);
            } else if yaml != "as `T`" {
                let yaml = yaml.trim_matches('`');
                let json: Json = serde_json::from_str(yaml).expect(yaml);
                assert_eq!(shown[name], json, "{row}");
                assert_eq!(read(&format!("{name}: {yaml}")).show()[name], json, "{row}");
            }
            seen.push(*name);
        }
        assert_eq!(expected.join(", "), protos, "{row}");
    }
    assert_eq!(seen, NAMES.map(|(_, name)| name));
}

/// What an operator writes, without the rules: the secret of the table is none.
fn read(text: &str) -> Types {
    let mut problems = Problems::new();
    let documents = document::parse("table.yaml", text, &mut problems);
    let reading = documents.first().map(Reading::of);
    match reading.and_then(|reading| reading.finish(&mut problems)) {
        Some(types) => types,
        None => panic!("{problems}"),
    }
}

fn field(name: &str) -> &'static FieldInfo {
    let mut fields = Types::info().fields.iter();
    fields.find(|field| field.name == name).expect(name)
}

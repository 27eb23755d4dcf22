//! The JSON Schema takes what the reader takes, and refuses what it refuses.

use std::collections::BTreeMap;
use std::time::Duration;

use adapter_runtime::AdapterConfig;
use adapter_runtime::config::{ConfigSchema, Reading, Secret};
use adapter_runtime::document::{self, Problems};
use boon::{Compiler, Schemas};

#[derive(AdapterConfig)]
struct Params {
    #[config(required, non_empty)]
    server_name: String,
    #[config(required)]
    token: Secret,
    #[config(default = "5s")]
    flush_interval: Duration,
    #[config(min = 1, max = 10)]
    batch_size: i32,
    #[config(max = 5)]
    retries: i32,
    level: Level,
    inner: Option<Inner>,
    more_inners: Vec<Inner>,
    by_number: BTreeMap<i64, String>,
    #[config(unique)]
    names: Vec<String>,
    #[config(oneof)]
    sink: Option<Sink>,
}

#[derive(AdapterConfig)]
enum Level {
    _Off,
    _VeryLoud,
}

#[derive(AdapterConfig)]
struct Inner {
    #[config(required)]
    data_size: Option<u32>,
    inner_inners: Vec<Inner>,
    #[config(oneof, required)]
    way: Option<Way>,
}

#[derive(AdapterConfig)]
enum Way {
    #[config(tag = 10)]
    _InPlace(bool),
    #[config(tag = 11)]
    _Far(String),
}

#[derive(AdapterConfig)]
enum Sink {
    #[config(tag = 20)]
    _LocalFile(String),
    #[config(tag = 21)]
    _Remote(Inner),
}

/// What holds the fields that must be there.
const BASE: &str = "\"server_name\": \"a\", REST";
const REST: &str = "\"token\": \"b\", \"batch_size\": 1";

#[test]
fn the_schema_takes_and_refuses_what_the_reader_does() {
    let schema = ConfigSchema::of::<Params>("package").json_schema();
    let mut compiler = Compiler::new();
    compiler
        .add_resource("params.json", schema.clone())
        .expect("a schema");
    let mut schemas = Schemas::new();
    let index = compiler
        .compile("params.json", &mut schemas)
        .unwrap_or_else(|error| panic!("{error:#}\n{schema:#}"));

    let inner = "{\"data_size\": 5, \"in_place\": true}";
    for (document, valid) in [
        ("{}", false),
        ("{BASE}", true),
        ("{\"serverName\": \"a\", REST}", true),
        ("{\"serverName\": \"a\", BASE}", false),
        ("{\"serverName\": null, REST}", false),
        ("{\"server_name\": null, REST}", false),
        ("{\"server_name\": \"\", REST}", false),
        (
            "{\"server_name\": \"a\", \"token\": null, \"batch_size\": 1}",
            false,
        ),
        (
            "{\"server_name\": \"a\", \"token\": 5, \"batch_size\": 1}",
            false,
        ),
        ("{BASE, \"unknown\": 1}", false),
        ("{BASE, \"flushInterval\": \"1m30s\"}", true),
        ("{BASE, \"flush_interval\": null}", true),
        (
            "{BASE, \"flush_interval\": null, \"flushInterval\": null}",
            false,
        ),
        ("{BASE, \"flush_interval\": 5}", false),
        ("{BASE, \"flush_interval\": \"5 s\"}", false),
        ("{BASE, \"retries\": 5}", true),
        ("{BASE, \"retries\": 6}", false),
        ("{\"server_name\": \"a\", \"token\": \"b\"}", false),
        (
            "{\"server_name\": \"a\", \"token\": \"b\", \"batchSize\": null}",
            false,
        ),
        (
            "{\"server_name\": \"a\", \"token\": \"b\", \"batchSize\": 10.0}",
            true,
        ),
        (
            "{\"server_name\": \"a\", \"token\": \"b\", \"batchSize\": 11}",
            false,
        ),
        ("{BASE, \"retries\": 1.5}", false),
        ("{BASE, \"retries\": \"5\"}", false),
        ("{BASE, \"level\": \"VERY_LOUD\"}", true),
        ("{BASE, \"level\": \"LOUD\"}", false),
        ("{BASE, \"level\": 1}", false),
        ("{BASE, \"level\": null}", true),
        ("{BASE, \"inner\": null}", true),
        ("{BASE, \"inner\": {}}", false),
        ("{BASE, \"inner\": INNER}", true),
        (
            "{BASE, \"inner\": {\"dataSize\": 0, \"inPlace\": false}}",
            true,
        ),
        ("{BASE, \"inner\": {\"dataSize\": 0}}", false),
        (
            "{BASE, \"inner\": {\"data_size\": 0, \"in_place\": null}}",
            false,
        ),
        (
            "{BASE, \"inner\": {\"data_size\": 0, \"in_place\": null, \"far\": \"a\"}}",
            true,
        ),
        (
            "{BASE, \"inner\": {\"data_size\": 0, \"inPlace\": true, \"far\": \"a\"}}",
            false,
        ),
        (
            "{BASE, \"inner\": {\"data_size\": -1, \"far\": \"a\"}}",
            false,
        ),
        ("{BASE, \"moreInners\": [INNER, INNER]}", true),
        ("{BASE, \"more_inners\": [null]}", false),
        ("{BASE, \"more_inners\": INNER}", false),
        (
            "{BASE, \"inner\": {\"data_size\": 1, \"far\": \"a\", \"innerInners\": [INNER]}}",
            true,
        ),
        (
            "{BASE, \"inner\": {\"data_size\": 1, \"far\": \"a\", \"innerInners\": [{}]}}",
            false,
        ),
        ("{BASE, \"by_number\": {\"5\": \"a\", \"-5\": null}}", true),
        ("{BASE, \"by_number\": {\"05\": \"a\"}}", false),
        ("{BASE, \"by_number\": {\"+5\": \"a\"}}", false),
        ("{BASE, \"by_number\": {\"a\": \"a\"}}", false),
        ("{BASE, \"by_number\": {\"5\": 1}}", false),
        ("{BASE, \"names\": [\"a\", \"b\"]}", true),
        ("{BASE, \"names\": [\"a\", \"a\"]}", false),
        ("{BASE, \"names\": []}", true),
        ("{BASE, \"localFile\": \"a\"}", true),
        ("{BASE, \"local_file\": \"a\", \"remote\": null}", true),
        ("{BASE, \"local_file\": \"a\", \"remote\": INNER}", false),
        ("{BASE, \"sink\": INNER}", false),
        ("[]", false),
        ("5", false),
    ] {
        let text = document
            .replace("BASE", BASE)
            .replace("REST", REST)
            .replace("INNER", inner);
        let value: serde_json::Value = serde_json::from_str(&text).expect(&text);
        let by_schema = schemas.validate(&value, index);

        let mut problems = Problems::new();
        let documents = document::parse("params.json", &text, &mut problems);
        let mut reading = Reading::<Params>::of(&documents[0]);
        reading.check();
        let read = reading.finish(&mut problems).is_some();

        assert_eq!(read, valid, "{text}\n{problems}");
        assert_eq!(
            by_schema.is_ok(),
            valid,
            "{text}\n{}",
            by_schema.map_or_else(|error| error.to_string(), |()| String::new())
        );
    }
}

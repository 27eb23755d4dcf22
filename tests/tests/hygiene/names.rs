//! What the macros derive from the author's names.

use adapter_runtime::template::{Template, TemplateInfo, Variety};
use adapter_runtime::value::ValueType;
use adapter_runtime::{AdapterConfig, Registered, Registry};
use std::path::Path;
use std::time::Duration;

use super::author::{KeyValueHTTPAdapter, Limit, Params};
use super::config::Settings;
use super::templates::{key_value, nothing};

#[path = "../../../adapter-macros/src/adapter/built_in.rs"]
mod built_in;

#[test]
fn of_an_adapter() {
    assert_eq!(KeyValueHTTPAdapter::NAME, "key-value-http-adapter");
    assert_eq!(KeyValueHTTPAdapter::DESCRIPTION, "Knows keys and values.");
    assert_eq!(KeyValueHTTPAdapter::IMPLEMENTATION, "hygiene::author");
    assert_eq!(
        KeyValueHTTPAdapter::PACKAGE,
        "key_value_http_adapter.config"
    );
    assert_eq!(KeyValueHTTPAdapter::VERSION, env!("CARGO_PKG_VERSION"));
    const { assert!(KeyValueHTTPAdapter::IDLE_CLOSE) };
}

#[test]
fn the_registry_knows_the_line_of_the_struct() {
    let registry = Registry::collect().expect("one adapter");
    let info = registry.info().into_iter().next().expect("one adapter");
    let names: Vec<_> = info
        .templates
        .iter()
        .map(|template| template.name.as_str())
        .collect();
    assert_eq!(names, ["my-list", "keyval", "reportnothing"]);

    let source = include_str!("author.rs");
    let line = source
        .lines()
        .position(|line| line.contains("pub struct KeyValueHTTPAdapter"));
    let line = line.expect("the struct") + 1;
    assert_eq!(
        info.source,
        format!("tests/tests/hygiene/author.rs:{line}:12")
    );
}

#[test]
fn of_templates() {
    let info = |info: TemplateInfo| (info.name, info.variety, info.path);
    assert_eq!(
        info(key_value::Template::INFO),
        (
            "keyval",
            Variety::Check,
            "/my.company.keyval.HandleKeyValService/HandleKeyVal"
        )
    );
    assert_eq!(
        info(nothing::Template::INFO),
        (
            "reportnothing",
            Variety::Report,
            "/reportnothing.HandleReportNothingService/HandleReportNothing"
        )
    );
}

#[test]
fn of_the_types_that_expressions_decide() {
    let part = key_value::PartType {
        value: ValueType::Bool,
    };
    let types = key_value::Type {
        value: ValueType::String,
        values: [("a", ValueType::Int64)].into(),
        part: Some(part.clone()),
        parts: [("b", part)].into(),
    };
    assert_eq!(types.clone(), types);
}

#[test]
fn of_a_configuration() {
    let fields = Params::fields();
    let fields: Vec<_> = fields
        .iter()
        .map(|f| (f.name.as_str(), f.kind.as_str()))
        .collect();
    assert_eq!(
        fields,
        [
            ("path", "string"),
            ("timeout", "google.protobuf.Duration"),
            ("names", "repeated string"),
            ("Number", "uint32"),
            ("limits", "map<string, Limit>"),
            ("limits[…].most", "int64"),
        ]
    );
    assert_eq!(
        Params::fields()[3].description,
        "A number.\n\nCalled\notherwise."
    );
}

#[test]
fn defaults_of_a_configuration() {
    let defaults = Params::defaults();
    assert_eq!(defaults.path, "/tmp");
    assert_eq!(defaults.timeout, Some(Duration::from_secs(90)));
    assert_eq!(defaults.names, ["a", "b"]);
    assert_eq!(defaults.r#type, 0);
    assert!(defaults.limits.is_empty());
    assert_eq!(Limit::defaults().most, 10);
    let documented: Vec<_> = Params::fields()
        .into_iter()
        .map(|f| f.default.is_some())
        .collect();
    assert_eq!(documented, [true, true, true, false, false, true]);
}

#[test]
fn tags_follow_each_other() {
    let mut params = Params::defaults();
    params.timeout = None;
    params.names = Vec::new();
    params.r#type = 5;
    // 1: "/tmp", 8: 5.
    assert_eq!(params.encode(), [10, 4, b'/', b't', b'm', b'p', 64, 5]);
}

/// The macro's list is for spelling help, and must not lack a template of the runtime.
#[test]
fn the_macro_lists_the_built_in_templates() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../adapter-runtime/src/template");
    let mut modules: Vec<String> = std::fs::read_dir(folder)
        .expect("the runtime's templates")
        .map(|entry| entry.expect("a file").path())
        .filter(|path| path.extension().is_some_and(|it| it == "rs"))
        .filter(|path| {
            let source = std::fs::read_to_string(path).expect("a source file");
            source.contains("\n#[mixer_template(")
        })
        .map(|path| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    modules.sort();
    assert_eq!(modules, built_in::BUILT_IN);
}

#[test]
fn of_everything_in_a_configuration() {
    let fields = Settings::fields().into_iter();
    let names: Vec<_> = fields.map(|field| (field.name, field.kind)).collect();
    assert_eq!(
        names
            .iter()
            .map(|(name, kind)| (name.as_str(), kind.as_str()))
            .collect::<Vec<_>>(),
        [
            ("level", "Level"),
            ("number", "int64"),
            ("part", "Part"),
            ("part.size", "fixed64"),
            ("only", "int64"),
            ("numbers", "repeated sint32"),
            ("token", "string"),
            ("patterns", "map<string, string>"),
            ("timeout", "google.protobuf.Duration"),
        ]
    );
    assert_eq!(Settings::info().name, "Renamed");
}

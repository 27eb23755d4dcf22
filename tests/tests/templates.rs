//! Templates as data: their descriptors are Istio's, byte for byte in what matters, and their
//! tables say what Istio's own tools derive from the same templates.

use std::collections::BTreeSet;
use std::fs;

use adapter_runtime::template::{
    FieldInfo, FieldType, MessageInfo, TemplateInfo, Variety, descriptor_set, proto_text,
};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use prost::Message;
use prost_reflect::{DescriptorPool, FieldDescriptor, Kind};
use prost_types::FileDescriptorSet;
use protox::Compiler;
use serde_json::Value as Json;
use tests::conformance;
use tests::protos::{MODEL, compiler, describe, proto};
use tests::templates::{BUILT_IN, SAMPLES, named};

/// What an operator has to copy around.
const MOST_BASE64: usize = 8 * 1024;

fn all() -> impl Iterator<Item = TemplateInfo> {
    BUILT_IN.into_iter().chain(SAMPLES)
}

/// The handler service with the definitions of the two options, which it doesn't need to be read.
fn service(template: &TemplateInfo) -> (DescriptorPool, String) {
    let files = compiler().file_descriptor_set().file.into_iter();
    let extensions = files.filter(|file| {
        file.name() == "google/protobuf/descriptor.proto"
            || file.name() == "mixer/adapter/model/v1beta1/extensions.proto"
    });
    let mut set = FileDescriptorSet {
        file: extensions.collect(),
    }
    .encode_to_vec();
    set.extend(descriptor_set(template));
    let pool = DescriptorPool::decode(&*set).expect("a descriptor set");
    let own = own_file(&pool, template);
    (pool, own)
}

fn own_file(pool: &DescriptorPool, template: &TemplateInfo) -> String {
    let (service, _) = service_and_method(template);
    let service = pool.get_service_by_name(service);
    service
        .expect(template.name)
        .parent_file()
        .name()
        .to_owned()
}

/// The full name of the service and the name of the method.
fn service_and_method(template: &TemplateInfo) -> (&'static str, &'static str) {
    let path = template.path.strip_prefix('/').expect("a path");
    path.split_once('/').expect("a service and a method")
}

#[test]
fn every_descriptor_is_small_and_can_be_read_alone() {
    for template in all() {
        let set = descriptor_set(&template);
        DescriptorPool::decode(&*set).unwrap_or_else(|e| panic!("{}: {e}", template.name));
        let size = BASE64_STANDARD.encode(&set).len();
        assert!(size < MOST_BASE64, "{}: {size}", template.name);
        let files = FileDescriptorSet::decode(&*set).expect("descriptors").file;
        let used: BTreeSet<_> = files.iter().flat_map(|file| &file.dependency).collect();
        let (own, imports) = files.split_last().expect("the template's own file");
        assert!(own.name().ends_with("_handler_service.proto"));
        for import in imports {
            assert!(
                used.contains(&import.name().to_owned()),
                "{}",
                import.name()
            );
        }
    }
}

#[test]
fn descriptors_are_istios() {
    let Some(folder) = conformance::folder() else {
        return;
    };
    let mut compared = BTreeSet::new();
    for entry in fs::read_dir(folder.join("istio/templates")).expect("templates") {
        let folder = entry.expect("an entry").path();
        let files = fs::read_dir(&folder).expect("a folder");
        let mut files = files.map(|file| file.expect("a file").path());
        let set = files.find(|file| {
            file.to_string_lossy()
                .ends_with("_handler_service.descriptor_set")
        });
        let set = fs::read(set.expect("a handler service")).expect("a file");
        let istios = DescriptorPool::decode(&*set).expect("a descriptor set");
        let name = folder.file_name().expect("a name").to_string_lossy();
        let template = named(&name);
        let (ours, own) = service(&template);
        for istios_file in istios.files() {
            // Ours has what it needs of the imports, which are compared elsewhere.
            if !istios_file.name().ends_with("_handler_service.proto") {
                continue;
            }
            let expected = describe(&istios, istios_file.name());
            let found = describe(&ours, &own);
            assert_eq!(found, expected, "{name}");
            assert!(found.iter().any(|line| line.contains("template_variety")));
            assert!(found.iter().any(|line| line.contains("template_name")));
            compared.insert(template.name);
        }
    }
    let built_in = BUILT_IN.map(|template| template.name);
    let expected: BTreeSet<_> = built_in.into_iter().chain(["keyval"]).collect();
    assert_eq!(compared, expected);
}

/// The table and the descriptor against what Istio's tools made of the templates.
#[test]
fn tables_are_istios() {
    let Some(vectors) = conformance::file("vectors/templates.json") else {
        return;
    };
    let vectors: Json = serde_json::from_slice(&vectors).expect("JSON");
    let templates = vectors["templates"].as_array().expect("templates");
    assert_eq!(templates.len(), BUILT_IN.len() + SAMPLES.len());
    for expected in templates {
        let template = named(text(&expected["template_name"]));
        let name = template.name;
        let generated = &expected["generated"];
        assert_eq!(template.interface, text(&expected["interface_name"]));
        assert_eq!(template.path, text(&generated["grpc_path"]));
        assert_eq!(
            template.package.to_lowercase(),
            text(&expected["original_package_lowercased"])
        );
        assert_eq!(
            format!(
                "TEMPLATE_VARIETY_{}",
                template.variety.as_str().to_uppercase()
            ),
            text(&expected["variety"])
        );
        let package = text(&generated["package"]);
        let fields = |message: &MessageInfo| -> Vec<_> {
            let fields = message.fields().iter();
            fields.map(|field| table_line(field, package)).collect()
        };
        assert_eq!(
            fields(template.instance),
            vector_lines(&expected["template_fields"]),
            "{name}"
        );
        let output = template.output.map(fields).unwrap_or_default();
        assert_eq!(output, vector_lines(&expected["output_fields"]), "{name}");
        for message in expected["sub_messages"].as_array().into_iter().flatten() {
            let parts = template.instance.fields().iter();
            let part = parts
                .filter_map(|field| field.ty.message())
                .find(|part| part.name == text(&message["name"]));
            assert_eq!(
                fields(part.expect(name)),
                vector_lines(&message["fields"]),
                "{name}"
            );
        }
        messages_match(&template, generated);
    }
}

/// The messages of the handler service.
fn messages_match(template: &TemplateInfo, generated: &Json) {
    let (pool, own) = service(template);
    let file = pool.get_file_by_name(&own).expect("the template's file");
    let messages = generated["messages"].as_object().expect("messages");
    let names: BTreeSet<String> = file.messages().map(|it| it.name().to_owned()).collect();
    let expected: BTreeSet<String> = messages.keys().cloned().collect();
    assert_eq!(names, expected, "{}", template.name);
    for message in file.messages() {
        let found: BTreeSet<String> = message.fields().map(|it| field_line(&it)).collect();
        let fields = messages[message.name()].as_array().expect("fields");
        let expected = fields.iter().map(|field| {
            let repeated = field["repeated"] == true;
            let (name, ty) = (text(&field["name"]), text(&field["type"]));
            format!("{name} = {}: {repeated} {ty}", field["number"])
        });
        assert_eq!(found, expected.collect(), "{}", message.full_name());
    }
    let (name, method) = service_and_method(template);
    assert_eq!(name, text(&generated["service"]));
    assert_eq!(method, text(&generated["method"]));
    let service = pool.get_service_by_name(name).expect(name);
    let method = service.methods().next().expect("a method");
    assert_eq!(method.input().full_name(), text(&generated["request"]));
    assert_eq!(method.output().full_name(), text(&generated["response"]));
}

fn field_line(field: &FieldDescriptor) -> String {
    fn name(kind: &Kind) -> String {
        match kind {
            Kind::Message(message) => message.full_name().to_owned(),
            Kind::Enum(it) => it.full_name().to_owned(),
            scalar => format!("{scalar:?}").to_lowercase(),
        }
    }
    let kind = field.kind();
    let ty = match kind.as_message().filter(|_| field.is_map()) {
        Some(entry) => {
            let value = entry.map_entry_value_field().kind();
            format!("map<string, {}>", name(&value))
        }
        None => name(&kind),
    };
    let (name, number) = (field.name(), field.number());
    format!("{name} = {number}: {} {ty}", field.is_list())
}

fn table_line(field: &FieldInfo, package: &str) -> (String, String, String) {
    fn name(ty: &FieldType, package: &str) -> String {
        match ty {
            FieldType::String => "string".into(),
            FieldType::Int64 => "int64".into(),
            FieldType::Double => "double".into(),
            FieldType::Bool => "bool".into(),
            FieldType::Map(value) => format!("map<string, {}>", name(value, package)),
            FieldType::Message(message) => format!("{package}.{}", message.name),
            policy => {
                let name = match policy {
                    FieldType::IpAddress => "IPAddress".to_owned(),
                    FieldType::DnsName => "DNSName".to_owned(),
                    other => format!("{other:?}"),
                };
                format!("istio.policy.v1beta1.{name}")
            }
        }
    }
    (
        field.name.to_owned(),
        field.number.to_string(),
        name(&field.ty, package),
    )
}

fn vector_lines(fields: &Json) -> Vec<(String, String, String)> {
    let fields = fields.as_array().into_iter().flatten();
    let text = |field: &Json, key: &str| text(&field[key]).to_owned();
    fields
        .map(|it| (text(it, "name"), text(it, "number"), text(it, "proto_type")))
        .collect()
}

/// The `.proto` of a template compiles, and is the one that Istio's tools made the service from.
#[test]
fn the_text_of_a_template_compiles() {
    for template in all() {
        let text = proto_text(&template);
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("template.proto");
        fs::write(&path, &text).expect("a file");
        let mut compiler = Compiler::new([folder.path(), &proto()]).expect("folders");
        compiler.include_imports(true);
        if let Err(error) = compiler.open_file("template.proto") {
            panic!("{error:?}\n{text}");
        }
        let set = compiler.encode_file_descriptor_set();
        let pool = DescriptorPool::decode(&*set).expect("descriptors");
        let file = pool.get_file_by_name("template.proto").expect("the file");
        assert_eq!(file.package_name(), template.package);
        let lines = describe(&pool, "template.proto");
        let variety = option(&lines, "template_variety");
        assert!(variety.contains("EnumNumber"), "{variety}");
        let message = |name: &str| {
            let name = format!("{}.{name}", template.package);
            let message = pool.get_message_by_name(&name)?;
            let fields = message.fields().map(|it| field_line(&it));
            Some(fields.collect::<BTreeSet<_>>())
        };
        let table = |message: &MessageInfo| -> BTreeSet<_> {
            let lines = message
                .fields()
                .iter()
                .map(|it| table_line(it, template.package));
            lines
                .map(|(name, number, ty)| format!("{name} = {number}: false {ty}"))
                .collect()
        };
        assert_eq!(message("Template"), Some(table(template.instance)));
        assert_eq!(message("OutputTemplate"), template.output.map(table));
        let documented = template
            .instance
            .fields()
            .iter()
            .chain(template.output.into_iter().flat_map(MessageInfo::fields));
        for field in documented {
            let line = field.documentation.lines().next().expect("documentation");
            assert!(text.contains(&format!("  // {line}\n")), "{line}: {text}");
        }
    }
}

fn option<'a>(lines: &'a BTreeSet<String>, name: &str) -> &'a str {
    let prefix = format!("option {MODEL}.{name}");
    let line = lines.iter().find(|line| line.starts_with(&prefix));
    line.map(String::as_str).unwrap_or_default()
}

#[test]
fn the_text_of_a_template_is_readable() {
    assert_eq!(
        proto_text(&named("keyval")),
        "syntax = \"proto3\";\n\
         \n\
         package keyval;\n\
         \n\
         import \"mixer/adapter/model/v1beta1/extensions.proto\";\n\
         \n\
         option (istio.mixer.adapter.model.v1beta1.template_variety) = \
         TEMPLATE_VARIETY_CHECK_WITH_OUTPUT;\n\
         \n\
         // The key.\n\
         message Template {\n  // What is looked up.\n  string key = 1;\n}\n\
         \n\
         // The value.\n\
         message OutputTemplate {\n  // What was found.\n  string value = 2;\n}\n"
    );
}

fn text(json: &Json) -> &str {
    json.as_str().unwrap_or_default()
}

#[test]
fn varieties_have_outputs_or_not() {
    for template in all() {
        let has = matches!(
            template.variety,
            Variety::AttributeGenerator | Variety::CheckWithOutput
        );
        assert_eq!(template.output.is_some(), has, "{}", template.name);
    }
}

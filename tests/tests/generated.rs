//! The `.proto` files: they compile, the Rust code that is checked in is theirs, and they say the
//! same as Istio's own descriptors and what a real Mixer sent.

use std::collections::BTreeSet;
use std::env;
use std::fs;

use prost::Message;
use prost_build::Module;
use prost_reflect::{
    DescriptorPool, DynamicMessage, MessageDescriptor, MethodDescriptor, ReflectMessage, Value,
};
use prost_types::FileDescriptorSet;
use tests::conformance;
use tests::programs::project;
use tests::protos::{MODEL, compile, compiler, describe, proto_files};

/// The packages that Rust code is generated for, the crates and the modules that it goes into.
const GENERATED: [(&str, &str, &str); 4] = [
    ("google.rpc", "adapter-runtime", "rpc"),
    (MODEL, "adapter-runtime", "model"),
    ("istio.policy.v1beta1", "adapter-runtime", "policy"),
    ("istio.mixer.v1", "adapter-mixer", "mixer"),
];

/// Regenerates what is checked in.
const COMMAND: &str = "UPDATE_GENERATED=1 cargo test -p tests --test generated";

/// The built-in templates whose handler services are written out in `proto/`.
const TEMPLATES: [&str; 3] = ["listentry", "metric", "quota"];

#[test]
fn generated_code_is_up_to_date() {
    let update = env::var_os("UPDATE_GENERATED").is_some_and(|update| update == "1");
    for (package, folder, module) in GENERATED {
        let path = format!("{folder}/src/proto/{module}.rs");
        let expected = generate(package, folder);
        if update {
            fs::write(project().join(&path), expected).expect(&path);
            continue;
        }
        let found = fs::read_to_string(project().join(&path)).unwrap_or_default();
        assert!(
            found == expected,
            "{path} is not what proto/ gives; run `{COMMAND}`"
        );
    }
}

/// The files that descriptors import.
const IMPORTS: [&str; 6] = [
    "google/protobuf/any.proto",
    "mixer/adapter/model/v1beta1/check.proto",
    "mixer/adapter/model/v1beta1/quota.proto",
    "mixer/adapter/model/v1beta1/report.proto",
    "policy/v1beta1/type.proto",
    "policy/v1beta1/value_type.proto",
];

#[test]
fn imports_of_templates_are_up_to_date() {
    let path = project().join("adapter-runtime/src/descriptor/imports.bin");
    let mut files = compiler().file_descriptor_set().file;
    let mut needed = BTreeSet::from(IMPORTS.map(str::to_owned));
    for file in files.iter().rev() {
        if needed.contains(file.name()) {
            needed.extend(file.dependency.iter().cloned());
        }
    }
    files.retain(|file| needed.contains(file.name()));
    for file in &mut files {
        // Options for code generators, and comments.
        file.options = None;
        file.source_code_info = None;
    }
    let expected = FileDescriptorSet { file: files }.encode_to_vec();
    if env::var_os("UPDATE_GENERATED").is_some_and(|update| update == "1") {
        fs::write(&path, expected).expect("a file that can be written");
        return;
    }
    let found = fs::read(&path).unwrap_or_default();
    assert!(
        found == expected,
        "imports.bin is not what proto/ gives; run `{COMMAND}`"
    );
}

#[test]
fn every_proto_file_compiles() {
    let files = proto_files();
    let pool = compile();
    for file in &files {
        assert!(
            pool.get_file_by_name(file).is_some(),
            "{file} was not compiled"
        );
    }
    assert!(
        pool.get_service_by_name("istio.mixer.v1.Mixer").is_some(),
        "the Mixer API is missing from proto/"
    );
}

#[test]
fn messages_are_istios() {
    let ours = compile();
    let mut compared = BTreeSet::new();
    for template in TEMPLATES {
        let set = format!("istio/templates/{template}/template_handler_service.descriptor_set");
        let Some(set) = conformance::file(set) else {
            return;
        };
        let istios = DescriptorPool::decode(&*set).expect("a descriptor set");
        for file in istios.files() {
            // The compiler brings Google's own; gogo.proto is about Go's code generator.
            let name = file.name();
            if name.starts_with("google/protobuf/") || name == "gogoproto/gogo.proto" {
                continue;
            }
            let name_here = name.strip_prefix("mixer/template/").map_or_else(
                || name.to_owned(),
                |template| format!("template/{template}"),
            );
            let expected = describe(&istios, name);
            let found = describe(&ours, &name_here);
            let missing: Vec<_> = expected.difference(&found).collect();
            let surplus: Vec<_> = found.difference(&expected).collect();
            assert!(
                missing.is_empty() && surplus.is_empty(),
                "proto/{name_here}, for {template}: missing {missing:#?}, surplus {surplus:#?}"
            );
            compared.insert(name_here);
        }
    }
    let services = TEMPLATES.map(|it| format!("template/{it}/template_handler_service.proto"));
    assert!(
        services.iter().all(|service| compared.contains(service)),
        "compared only {compared:#?}"
    );
}

#[test]
fn captured_messages_decode() {
    let Some(folder) = conformance::folder() else {
        return;
    };
    let pool = compile();
    let mut seen = BTreeSet::new();
    for entry in fs::read_dir(folder.join("captures")).expect("captures") {
        let path = entry.expect("a readable folder").path();
        if path.extension().is_none_or(|extension| extension != "meta") {
            continue;
        }
        let meta = fs::read_to_string(&path).expect("a description of a capture");
        let about = |key: &str| {
            meta.lines()
                .find_map(|line| line.strip_prefix(key))
                .map(str::trim)
        };
        let call = about("method:").expect("the method of a capture");
        let kind = about("kind:").expect("the kind of a capture");
        // Other templates, and calls that failed, which have no answer.
        let Some(method) = method(&pool, call) else {
            continue;
        };
        if about("grpc-status:").is_some() {
            continue;
        }
        let message = match kind {
            "request" => method.input(),
            "response" => method.output(),
            other => panic!("{}: unknown kind {other}", path.display()),
        };
        let name = path.file_stem().and_then(|name| name.to_str());
        assert_capture(name.expect("a name in UTF-8"), message);
        seen.insert(format!("{kind} {}", method.full_name()));
    }
    let expected = [
        "request istio.mixer.v1.Mixer.Check",
        "request istio.mixer.v1.Mixer.Report",
        "request listentry.HandleListEntryService.HandleListEntry",
        "request metric.HandleMetricService.HandleMetric",
        "request quota.HandleQuotaService.HandleQuota",
        "response istio.mixer.v1.Mixer.Check",
        "response istio.mixer.v1.Mixer.Report",
    ];
    assert!(
        expected.iter().all(|kind| seen.contains(*kind)),
        "expected {expected:#?}, found only {seen:#?}"
    );
}

/// Asserts that a capture holds no field that the message lacks, and nothing but what the JSON
/// beside it says.
fn assert_capture(name: &str, descriptor: MessageDescriptor) {
    let bytes = conformance::capture(name).expect("the folder is there");
    let json = conformance::file(format!("captures/{name}.json")).expect("the folder is there");
    let mut found = DynamicMessage::decode(descriptor.clone(), &*bytes)
        .unwrap_or_else(|error| panic!("{name}: {error}"));
    let unknown = unknown_fields(&found);
    assert!(unknown.is_empty(), "{name}: unknown fields: {unknown:#?}");

    let mut json: serde_json::Value = serde_json::from_slice(&json).expect("JSON");
    // The parameters are a message of the adapter's own, which is not in `proto/`.
    if let Some(object) = json.as_object_mut() {
        object.remove("adapter_config");
    }
    found.clear_field_by_name("adapter_config");
    let expected = DynamicMessage::deserialize(descriptor, json)
        .unwrap_or_else(|error| panic!("{name}.json: {error}"));
    let [found, expected] = [found, expected].map(|message| {
        let mut json = serde_json::to_value(message).expect("JSON");
        drop_zero_durations(&mut json);
        json
    });
    assert_eq!(found, expected, "{name}");
}

/// Mixer writes durations of zero that its JSON leaves out.
fn drop_zero_durations(json: &mut serde_json::Value) {
    if let Some(fields) = json.as_object_mut() {
        fields.retain(|_, value| value != "0s");
        fields.values_mut().for_each(drop_zero_durations);
    }
}

/// The fields in a message, and in the messages in it, that its descriptor lacks.
fn unknown_fields(message: &DynamicMessage) -> Vec<String> {
    fn of_value(value: &Value) -> Vec<String> {
        match value {
            Value::Message(message) => unknown_fields(message),
            Value::List(values) => values.iter().flat_map(of_value).collect(),
            Value::Map(entries) => entries.values().flat_map(of_value).collect(),
            _ => Vec::new(),
        }
    }
    let name = message.descriptor();
    let own = message
        .unknown_fields()
        .map(|field| format!("{}: {}", name.full_name(), field.number()));
    own.chain(message.fields().flat_map(|(_, value)| of_value(value)))
        .collect()
}

/// The method that a gRPC path names, if `proto/` defines it.
fn method(pool: &DescriptorPool, path: &str) -> Option<MethodDescriptor> {
    let (service, method) = path.strip_prefix('/')?.split_once('/')?;
    let service = pool.get_service_by_name(service)?;
    service.methods().find(|found| found.name() == method)
}

/// The Rust code of one package, for the crate in a folder.
fn generate(package: &str, folder: &str) -> String {
    let mut config = prost_build::Config::new();
    config
        .btree_map(["."])
        .enable_type_names()
        .type_name_domain(["."], "type.googleapis.com");
    for (other, home, module) in GENERATED {
        if other != package {
            let home = match home {
                here if here == folder => "crate".to_owned(),
                elsewhere => format!("::{}", elsewhere.replace('-', "_")),
            };
            config.extern_path(format!(".{other}"), format!("{home}::proto::{module}"));
        }
    }
    let files = compiler().file_descriptor_set().file;
    // All of them, also those whose code is not wanted: what a message derives depends on the
    // messages in it.
    let requests = files
        .into_iter()
        .map(|file| (Module::from_protobuf_package_name(file.package()), file))
        .collect();
    let mut modules = config.generate(requests).expect("code for proto/");
    let code = modules
        .remove(&Module::from_protobuf_package_name(package))
        .unwrap_or_else(|| panic!("proto/ has no package {package}"));
    format!(
        "// The package {package} of proto/: generated, do not edit; run\n\
         // `{COMMAND}`.\n\n{code}"
    )
}

//! The forms of a configuration that others read.

use std::path::Path;

use adapter_runtime::config::ConfigSchema;
use adapter_runtime::{AdapterConfig, NoConfig};
use prost::Message;
use prost_reflect::DescriptorPool;
use protox::Compiler;
use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver};
use tests::configs;
use tests::protos::describe;

/// One `.proto` file that is in memory.
struct InMemory(String);

const FILE: &str = "file.proto";

impl FileResolver for InMemory {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        match name {
            FILE => File::from_source(name, &self.0),
            _ => Err(protox::Error::file_not_found(name)),
        }
    }
}

/// The file and what it imports.
pub(super) fn compile(proto: &str) -> DescriptorPool {
    let mut resolver = ChainFileResolver::new();
    resolver.add(InMemory(proto.to_owned()));
    resolver.add(GoogleFileResolver::new());
    let mut compiler = Compiler::with_file_resolver(resolver);
    compiler.include_imports(true);
    if let Err(error) = compiler.open_file(FILE) {
        panic!("{error:?}\n{proto}");
    }
    DescriptorPool::decode(&*compiler.encode_file_descriptor_set()).expect("descriptors")
}

fn own_file(pool: &DescriptorPool, schema: &ConfigSchema) -> String {
    let params = format!("{}.Params", schema.package());
    let params = pool.get_message_by_name(&params).expect("`Params`");
    params.parent_file().name().to_owned()
}

#[test]
fn descriptors_describe_the_same_messages_as_the_proto_files() {
    for (name, schema) in configs::all() {
        let expected = describe(&compile(&configs::proto(name)), FILE);
        let ours = DescriptorPool::decode(&*schema.descriptor_set()).expect("descriptors");
        assert_eq!(
            describe(&ours, &own_file(&ours, &schema)),
            expected,
            "{name}"
        );
    }
}

#[test]
fn the_readable_proto_describes_the_same_messages() {
    for (name, schema) in configs::all() {
        let expected = describe(&compile(&configs::proto(name)), FILE);
        let text = schema.proto_text();
        assert_eq!(describe(&compile(&text), FILE), expected, "{name}:\n{text}");
    }
}

#[test]
fn a_descriptor_has_only_what_it_uses() {
    for (name, imports) in [
        ("apigee", &["google/protobuf/duration.proto"][..]),
        ("threescale", &[]),
        (
            "everything",
            &[
                "google/protobuf/duration.proto",
                "google/protobuf/timestamp.proto",
            ],
        ),
    ] {
        let (_, schema) = configs::all()
            .into_iter()
            .find(|it| it.0 == name)
            .expect(name);
        let bytes = schema.descriptor_set();
        let set = prost_types::FileDescriptorSet::decode(bytes.as_slice()).expect("descriptors");
        let (own, others) = set.file.split_last().expect("a file");
        assert_eq!(own.dependency, imports, "{name}");
        let others: Vec<_> = others.iter().map(|file| file.name()).collect();
        assert_eq!(others, imports, "{name}");
        assert!(bytes.len() < 3000, "{name}: {}", bytes.len());
    }
}

#[test]
fn a_configuration_without_fields_is_described() {
    let schema = ConfigSchema::of::<NoConfig>("nothing.config");
    let pool = DescriptorPool::decode(&*schema.descriptor_set()).expect("descriptors");
    let params = pool.get_message_by_name("nothing.config.Params");
    assert_eq!(params.expect("`Params`").fields().count(), 0);
    compile(&schema.proto_text());
    assert_eq!(schema.markdown(), "There is nothing to configure.\n");
}

/// Compares with a file in `configs/`; with `UPDATE_SNAPSHOTS` set, writes it.
fn assert_snapshot(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("configs")
        .join(file);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, text).expect("the snapshot is written");
    }
    let expected = std::fs::read_to_string(&path).expect("a snapshot");
    assert!(
        text == expected,
        "{file} is out of date; to accept it, set UPDATE_SNAPSHOTS:\n{text}"
    );
}

#[test]
fn what_operators_and_editors_read() {
    for (name, schema) in configs::all() {
        let json = serde_json::to_string_pretty(&schema.json_schema()).expect("JSON");
        assert_snapshot(&format!("{name}.schema.json"), &format!("{json}\n"));
        assert_snapshot(&format!("{name}.md"), &schema.markdown());
        assert_snapshot(&format!("{name}.txt"), &schema.proto_text());
    }
}

mod names {
    //! Types of one name in places that don't know each other.

    use adapter_runtime::AdapterConfig;

    pub(super) mod one {
        use super::AdapterConfig;

        #[derive(AdapterConfig)]
        pub(crate) struct Backend {
            options: Options,
        }

        #[derive(AdapterConfig)]
        struct Options {
            mode: Mode,
            shared: super::Shared,
        }

        #[derive(AdapterConfig)]
        enum Mode {
            Off,
            _On,
        }
    }

    #[derive(AdapterConfig)]
    pub(super) struct Shared {
        options: Options,
    }

    #[derive(AdapterConfig)]
    pub(super) struct Options {
        _mode: Mode,
    }

    #[derive(AdapterConfig)]
    enum Mode {
        Off,
        _On,
    }

    #[derive(AdapterConfig)]
    pub(super) struct Params {
        backend: one::Backend,
        shared: Shared,
        options: Vec<Options>,
    }
}

#[test]
fn types_of_one_name_are_kept_apart() {
    let schema = ConfigSchema::of::<names::Params>("names");
    let text = schema.proto_text();
    let ours = DescriptorPool::decode(&*schema.descriptor_set()).expect("descriptors");
    let ours = describe(&ours, &own_file(&ours, &schema));
    assert_eq!(describe(&compile(&text), FILE), ours, "{text}");
    for message in [
        "message names.Params.Options",
        "message names.Params.Backend.Options",
        "message names.Params.Shared",
    ] {
        assert!(ours.contains(message), "{ours:#?}");
    }
}

#[test]
fn the_operators_yaml_is_what_the_documentation_says() {
    // What a field of each type in the table of the derive's documentation looks like.
    let shown = configs::everything::Everything::defaults().show();
    assert_eq!(shown["duration"], "1m30s");
    assert_eq!(shown["time_stamp"], "2023-11-14T22:13:20.000000005Z");
    assert_eq!(shown["level"], "ON");
    assert_eq!(shown["secret"], "${env:EVERYTHING_SECRET}");
    assert_eq!(shown["first"]["share"], 0.25);
    assert_eq!(shown["texts"], serde_json::json!(["a", "b"]));
}

//! The `.proto` files of the project, compiled, and what descriptors say.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use prost_reflect::{DescriptorPool, FieldDescriptor, FileDescriptor, MethodDescriptor};
use protox::Compiler;

use crate::programs::project;

/// The package of the adapter model, which defines the options of template files.
pub const MODEL: &str = "istio.mixer.adapter.model.v1beta1";

/// All that matters of a file to those who exchange its messages, a line for each thing.
pub fn describe(pool: &DescriptorPool, file: &str) -> BTreeSet<String> {
    let here = |home: FileDescriptor| home.name() == file;
    let mut lines = BTreeSet::new();
    for message in pool.all_messages().filter(|it| here(it.parent_file())) {
        lines.insert(format!("message {}", message.full_name()));
        lines.extend(message.fields().map(|field| describe_field(&field)));
    }
    for it in pool.all_enums().filter(|it| here(it.parent_file())) {
        for value in it.values() {
            let (name, number) = (value.name(), value.number());
            lines.insert(format!("enum {}: {name} = {number}", it.full_name()));
        }
    }
    for service in pool.services().filter(|it| here(it.parent_file())) {
        lines.extend(service.methods().map(|method| describe_method(&method)));
    }
    for extension in pool.all_extensions() {
        let name = extension.full_name();
        if here(extension.parent_file()) {
            lines.insert(format!(
                "extension {name} = {} of {}: {:?} {:?}",
                extension.number(),
                extension.containing_message().full_name(),
                extension.cardinality(),
                extension.kind(),
            ));
        }
        // Istio's files also have options for Go's code generator.
        if extension.parent_file().package_name() != MODEL {
            continue;
        }
        for file in pool.files().filter(|file| here(file.clone())) {
            let options = file.options();
            if options.has_extension(&extension) {
                let value = options.get_extension(&extension);
                lines.insert(format!("option {name} = {value:?}"));
            }
        }
    }
    lines.extend(
        pool.get_file_by_name(file)
            .map(|file| format!("package {}", file.package_name())),
    );
    lines
}

/// What [`describe`] says of a method.
fn describe_method(method: &MethodDescriptor) -> String {
    let stream = |streams| if streams { "stream " } else { "" };
    format!(
        "rpc {}({}{}) returns ({}{})",
        method.full_name(),
        stream(method.is_client_streaming()),
        method.input().full_name(),
        stream(method.is_server_streaming()),
        method.output().full_name(),
    )
}

/// What [`describe`] says of a field.
fn describe_field(field: &FieldDescriptor) -> String {
    format!(
        "field {} = {}: {:?} {:?}, JSON {}, in {:?}, map {}, packed {}, presence {}",
        field.full_name(),
        field.number(),
        field.cardinality(),
        field.kind(),
        field.json_name(),
        field.containing_oneof().map(|it| it.name().to_owned()),
        field.is_map(),
        field.is_packed(),
        field.supports_presence(),
    )
}

/// The descriptors of all `.proto` files, with the options that are extensions.
pub fn compile() -> DescriptorPool {
    // By way of bytes: anything through `prost_types` loses the extensions.
    DescriptorPool::decode(&*compiler().encode_file_descriptor_set()).expect("descriptors")
}

/// A compiler that has read all `.proto` files.
pub fn compiler() -> Compiler {
    let mut compiler = Compiler::new([proto()]).expect("the folder proto/");
    compiler.include_imports(true).include_source_info(true);
    if let Err(error) = compiler.open_files(proto_files()) {
        panic!("proto/ does not compile: {error:?}");
    }
    compiler
}

/// The descriptor set of a file that may import those of the project, with all that it imports.
///
/// # Panics
/// If it doesn't compile.
pub fn compile_with(name: &str, text: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join(name);
    fs::write(&path, text).expect("a file");
    let mut compiler = Compiler::new([folder.path(), &proto()]).expect("folders");
    compiler.include_imports(true);
    if let Err(error) = compiler.open_file(&path) {
        panic!("{name} does not compile: {error:?}");
    }
    compiler.encode_file_descriptor_set()
}

/// The names of all `.proto` files as an import spells them, sorted.
pub fn proto_files() -> Vec<String> {
    let mut files = Vec::new();
    let mut folders = vec![proto()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder proto/") {
            let path = entry.expect("a readable folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "proto") {
                let name = path.strip_prefix(proto()).expect("below proto/");
                let parts = Vec::from_iter(name.iter().map(|part| part.to_string_lossy()));
                files.push(parts.join("/"));
            }
        }
    }
    files.sort();
    files
}

/// The folder of the `.proto` files.
pub fn proto() -> PathBuf {
    project().join("proto")
}

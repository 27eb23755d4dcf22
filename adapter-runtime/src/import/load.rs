//! From files to descriptors.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use miette::Diagnostic;
use protox::file::{
    ChainFileResolver, File, FileResolver, GoogleFileResolver, IncludeFileResolver,
};
use protox::prost_reflect::{DescriptorPool, FileDescriptor, MessageDescriptor};
use protox::{Compiler, Error};

use crate::document::{Problem, Problems, Source};

/// The options of gogoproto, which Istio's files use.
const GOGO: &str = include_str!("gogo.proto");

/// The names under which it is imported.
const GOGO_NAMES: [&str; 2] = [
    "gogoproto/gogo.proto",
    "github.com/gogo/protobuf/gogoproto/gogo.proto",
];

/// A compiled file.
pub(super) struct Loaded {
    pub(super) file: FileDescriptor,
    /// As the user wrote it.
    pub(super) name: String,
    /// The text of each file, by the name that imports give it.
    sources: Vec<(String, Arc<Source>)>,
}

/// Compiles a file.
pub(super) fn load<P: AsRef<Path>>(
    path: &Path,
    includes: impl IntoIterator<Item = P>,
) -> Result<Loaded, Problems> {
    if !path.is_file() {
        let message = match path.is_dir() {
            true => "this is a folder",
            false => "there is no such file",
        };
        let problem = problem_of_file(&path.display().to_string(), message);
        return Err(problem.help("give the path of a `config.proto`").into());
    }
    let mut folders: Vec<PathBuf> = (includes.into_iter())
        .map(|folder| folder.as_ref().to_owned())
        .collect();
    let own = path.parent().map(Path::to_owned).unwrap_or_default();
    let within = |folder: &PathBuf| path.starts_with(folder);
    if !folders.iter().any(within) {
        folders.push(match own.as_os_str().is_empty() {
            true => ".".into(),
            false => own,
        });
    }
    let mut resolver = ChainFileResolver::new();
    for folder in &folders {
        resolver.add(IncludeFileResolver::new(folder.clone()));
    }
    resolver.add(GoogleFileResolver::new());
    resolver.add(Gogo);
    let mut compiler = Compiler::with_file_resolver(resolver);
    compiler.include_imports(true).include_source_info(true);
    if let Err(error) = compiler.open_file(path) {
        return Err(compile_problem(path, &folders, &error));
    }
    let shown = path.display().to_string();
    let sources = compiler.files().map(|file| {
        let path = file.path();
        let text = path.and_then(|path| fs::read_to_string(path).ok());
        let name = path.map_or(file.name().to_owned(), |path| path.display().to_string());
        let text = text.unwrap_or_default();
        (file.name().to_owned(), Source::new(name, text))
    });
    let sources: Vec<_> = sources.collect();
    let pool = compiler.descriptor_pool();
    let file = compiler.files().find(|file| !file.is_import());
    let file = file.and_then(|file| pool.get_file_by_name(file.name()));
    let Some(file) = file else {
        return Err(problem_of_file(&shown, "it was not compiled").into());
    };
    Ok(Loaded {
        file,
        name: shown,
        sources,
    })
}

impl Loaded {
    /// The text of a file.
    pub(super) fn source(&self, file: &FileDescriptor) -> Arc<Source> {
        let found = self.sources.iter().find(|(name, _)| name == file.name());
        found.map_or_else(
            || Source::new(file.name(), ""),
            |(_, source)| Arc::clone(source),
        )
    }

    /// The message of the configuration.
    pub(super) fn params(&self) -> Result<MessageDescriptor, Problems> {
        let source = self.source(&self.file);
        let fail = |message: String, help: &str| {
            let problem = Problem::error(&source.span(0..0), message).help(help);
            Err(Problems::from(problem))
        };
        let mut messages = self.file.messages();
        if let Some(params) = messages.find(|message| message.name() == "Params") {
            return match self.file.package_name() {
                "" => fail(
                    "this file has no package, with which Mixer finds the adapter".into(),
                    "add `package my_adapter.config;`",
                ),
                _ => Ok(params),
            };
        }
        let names: Vec<_> = self
            .file
            .messages()
            .map(|it| it.name().to_owned())
            .collect();
        let message = match names.as_slice() {
            [] => "this file has no message `Params`, nor any other".to_owned(),
            names => format!(
                "this file has no message `Params`, which is the configuration for Mixer, only `{}`",
                names.join("`, `")
            ),
        };
        fail(
            message,
            "give the file with the configuration, or rename its message",
        )
    }
}

/// The message `Params` of a descriptor set.
pub(super) fn descriptor_set(bytes: &[u8], loaded: &Loaded) -> Result<MessageDescriptor, Problems> {
    let fail =
        |text: String| Problems::from(problem_of_file("descriptor set of the struct", &text));
    let mut pool = DescriptorPool::new();
    // The set may leave out what everybody has.
    let known = loaded.file.parent_pool().file_descriptor_protos();
    let known = known
        .filter(|file| file.package() == "google.protobuf")
        .cloned();
    let ours = <prost_types::FileDescriptorSet as prost::Message>::decode(bytes)
        .map_err(|error| fail(format!("it can't be decoded: {error}")))?;
    let own = |name: Option<&str>| ours.file.iter().any(|file| file.name.as_deref() == name);
    let known: Vec<_> = known.filter(|file| !own(file.name.as_deref())).collect();
    pool.add_file_descriptor_protos(known.into_iter().chain(ours.file.clone()))
        .map_err(|error| fail(format!("it makes no sense: {error}")))?;
    let params = pool
        .all_messages()
        .find(|message| message.name() == "Params" && message.parent_message().is_none());
    params.ok_or_else(|| fail("it has no message `Params`".into()))
}

struct Gogo;

impl FileResolver for Gogo {
    fn open_file(&self, name: &str) -> Result<File, Error> {
        if GOGO_NAMES.contains(&name) {
            File::from_source(name, GOGO)
        } else {
            Err(Error::file_not_found(name))
        }
    }
}

/// What the compiler says, at its place.
fn compile_problem(path: &Path, folders: &[PathBuf], error: &Error) -> Problems {
    let message = error.to_string();
    let name = error.file().unwrap_or_default();
    // The error's file may be one that is imported.
    let mut candidates = folders.iter().map(|folder| folder.join(name));
    let found = candidates.find(|path| path.is_file());
    let found = found.filter(|_| !name.is_empty());
    let text = found
        .as_ref()
        .and_then(|path| fs::read_to_string(path).ok());
    let (Some(found), Some(text)) = (found, text) else {
        return problem_of_file(&path.display().to_string(), &message).into();
    };
    let source = Source::new(found.display().to_string(), text);
    let label = error.labels().and_then(|mut labels| labels.next());
    let range = label.map_or(0..0, |label| label.offset()..label.offset() + label.len());
    let mut problem = Problem::error(&source.span(range), message);
    if let Some(help) = error.help() {
        problem = problem.help(help.to_string());
    } else if error.is_file_not_found() {
        problem = problem.help("give the folder that the import begins in with `-I FOLDER`");
    }
    problem.into()
}

fn problem_of_file(name: &str, message: &str) -> Problem {
    Problem::error(&Source::new(name, "").span(0..0), message).hide_source()
}

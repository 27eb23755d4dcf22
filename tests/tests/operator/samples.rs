//! The configuration to begin with has no problems, and its expressions have the right types.

use adapter_mixer::attribute::Vocabulary;
use adapter_mixer::language::{Expression as Compiled, Language as MixersLanguage};
use adapter_runtime::document::Problems;
use adapter_runtime::manifest::{Kind, Options, Tls};
use adapter_runtime::validate::{Expression, ExpressionError, Expressions, Validator, read};
use adapter_runtime::value::ValueType;
use adapter_runtime::{Registry, template};

use super::{adapters, documents, files, options};

/// Knows attributes and types, as Mixer does.
struct Typed(Vocabulary);

impl Expressions for Typed {
    fn declare(&mut self, attribute: &str, ty: ValueType) {
        self.0.declare(attribute, ty);
    }

    fn check(&mut self, expression: &Expression<'_>) -> Result<Option<ValueType>, ExpressionError> {
        let mut vocabulary = self.0.clone();
        for (name, ty) in expression.outputs {
            vocabulary.declare(name.as_str(), *ty);
        }
        match Compiled::compile_as(MixersLanguage::Cexl, expression.text, &vocabulary) {
            Ok(compiled) => Ok(Some(compiled.value_type())),
            Err(error) => {
                let span = error.span();
                Err(ExpressionError::new(
                    error.to_string(),
                    span.start..span.end,
                ))
            }
        }
    }
}

fn problems(registry: &Registry, options: Options) -> Problems {
    let mut problems = Problems::new();
    let mut expressions = Typed(Vocabulary::new());
    let mut all = Vec::new();
    for kind in [
        Kind::Attributes,
        Kind::Template,
        Kind::Adapter,
        Kind::Operator,
    ] {
        all.extend(
            files(kind, None, options.clone())
                .iter()
                .flat_map(documents),
        );
    }
    let mut validator = Validator::new()
        .with_adapters(registry)
        .with_expressions(&mut expressions);
    validator.validate(&all, &mut problems);
    problems
}

#[test]
fn samples_have_no_problems_but_absent_secrets() {
    let registry = adapters::registry();
    let mut elsewhere = options();
    elsewhere.namespace = "adapters".into();
    let mut built_in = elsewhere.clone();
    built_in.built_in = true;
    let mut server = options();
    server.tls = Tls::Server;
    let mut mutual = options();
    mutual.tls = Tls::Mutual;
    for options in [options(), elsewhere, built_in, server, mutual] {
        let problems = problems(&registry, options);
        let lines: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert!(!problems.has_errors(), "{problems}");
        let others = lines
            .iter()
            .filter(|it| !it.contains("must be there where the adapter runs"));
        assert_eq!(others.count(), 0, "{problems}");
    }
}

#[test]
fn every_template_of_istio_has_a_sample() {
    // Each under another name, so that none needs an adapter of its own.
    for info in template::BUILT_IN {
        let sample = samples_of(info.name);
        let mut expressions = Typed(Vocabulary::new());
        let mut problems = Problems::new();
        let attributes = files(Kind::Attributes, None, options());
        let mut all: Vec<_> = attributes.iter().flat_map(documents).collect();
        all.extend(documents(&sample));
        let mut validator = Validator::new().with_expressions(&mut expressions);
        validator.validate(&all, &mut problems);
        let about_instance: Vec<_> = problems
            .iter()
            .filter(|it| {
                it.node_path().is_some_and(|path| {
                    path.starts_with("spec.params") || path.contains("bindings")
                })
            })
            .map(ToString::to_string)
            .collect();
        assert_eq!(about_instance, [""; 0], "{}", sample.text);
    }
}

/// What `manifest operator` prints for an adapter with one of Istio's templates.
fn samples_of(template: &str) -> adapter_runtime::manifest::File {
    let registry = every::registry();
    let manifests = adapter_runtime::manifest::Manifests::new(&registry, options());
    let manifests = manifests.expect("options that make sense");
    let name = format!("of-{template}");
    let mut files = manifests
        .files(Kind::Operator, Some(&name))
        .expect("an adapter");
    files.remove(0)
}

mod every;

#[test]
fn a_file_that_was_made_is_valid_on_its_own() {
    let folder = tempfile::tempdir().expect("a folder");
    for file in files(Kind::All, None, options()) {
        let path = folder.path().join(&file.path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, &file.text).expect("a file");
    }
    let registry = adapters::registry();
    let mut validator = Validator::new().with_adapters(&registry);
    let mut problems = Problems::new();
    let documents = read([folder.path()], &validator, &mut problems).expect("readable files");
    assert!(documents.len() > 30);
    validator.validate(&documents, &mut problems);
    assert!(!problems.has_errors(), "{problems}");
}

#[test]
fn what_a_real_mixer_was_configured_with_has_no_problems() {
    let Some(folder) = tests::conformance::folder() else {
        return;
    };
    let folder = folder.join("captures/config");
    let registry = adapters::registry();
    let mut validator = Validator::new().with_adapters(&registry);
    let mut problems = Problems::new();
    let documents = read([&folder], &validator, &mut problems).expect("readable files");
    validator.validate(&documents, &mut problems);
    assert_eq!(documents.len(), 10);
    assert!(problems.is_empty(), "{problems}");
}

#[test]
fn a_handler_shows_what_may_be_written() {
    let made = files(Kind::Handler, Some("wavefront"), options());
    let (_, params) = made[0].text.split_once("  params:\n").expect("params");
    let expected = "    # Directly.
    # One of `direct`, `proxy`.
    direct:
      # The URL of the server.
      # Required. Must be a URL such as `https://example.com/path`.
      server: https://example.com
      # The API token.
      # Required.
      token: ${env:SECRET_WAVEFRONT_TOKEN}
    # By a proxy.
    # One of `direct`, `proxy`.
    # proxy:
    #   # The proxy.
    #   # Required. Must be a host and a port such as `example.com:443`.
    #   address: example.com:443
    # How often metrics are sent.
    # Must be positive.
    # flush_interval: 5s
    # The source tag of all metrics.
    # source: istio
    # What the names of all metrics begin with.
    # prefix: example
    # The metrics, one for each instance.
    # metrics:
    #   # The name in Wavefront; the instance's by default.
    # - name: example
    #   # What it measures.
    #   # One of UNKNOWN, GAUGE, COUNTER, DELTA_COUNTER, HISTOGRAM.
    #   type: UNKNOWN
";
    assert!(params.starts_with(expected), "{params}");
}

#[test]
fn what_stands_in_comments_can_be_uncommented() {
    // Of a oneof only one may be: the others stay comments.
    for (name, others) in [
        ("apigee", &[][..]),
        ("threescale", &[]),
        ("wavefront", &["proxy", "uniform"]),
    ] {
        let made = files(Kind::Handler, Some(name), options());
        let mut text = String::new();
        let mut skipped = None;
        for line in made[0].text.lines() {
            let bare = match line.strip_prefix("    # ") {
                Some(rest) if rest.contains(": ") || rest.ends_with(':') => format!("    {rest}"),
                _ => line.to_owned(),
            };
            if bare.trim().starts_with('#') {
                continue;
            }
            let indent = bare.len() - bare.trim_start().len();
            if skipped.is_some_and(|skipped| indent <= skipped) {
                skipped = None;
            }
            let key = bare.trim().trim_end_matches(':');
            if others.contains(&key) {
                skipped = Some(indent);
            }
            if skipped.is_none() {
                text += &format!("{bare}\n");
            }
        }
        let mut problems = Problems::new();
        let documents = adapter_runtime::document::parse("handler.yaml", &text, &mut problems);
        let registry = adapters::registry();
        let mut validator = Validator::new().with_adapters(&registry);
        validator.validate(&documents, &mut problems);
        assert!(!problems.has_errors(), "{problems}\n{text}");
    }
}

//! Templates and adapters that are not compiled in, and what refers to them.

use std::sync::Arc;

use adapter_runtime::document::{Problem, Problems, Severity};

use super::convert::{Spec, Typed};
use super::fields::Text;
use super::name::{Key, candidates};
use super::resolve::{Resolver, encode, unresolved};
use super::snapshot::{
    AdapterResource, Handler, HandlerAdapter, Instance, InstanceTemplate, RemoteHandlerSpec,
    TemplateResource,
};
use super::spec::{AdapterSpec, HandlerSpec, InstanceSpec, TemplateSpec};
use crate::remote::{ConfigDescriptor, Connection, DescriptorError, RemoteTemplate};

impl Resolver<'_> {
    pub(super) fn template(&mut self, typed: &Typed) {
        let Spec::Template(TemplateSpec { descriptor }) = &typed.spec else {
            return;
        };
        let key = typed.resource.key();
        let text = descriptor.as_ref().map_or("", |text| text.text.as_str());
        match RemoteTemplate::parse(text) {
            Ok(template) => {
                let key = key.clone();
                let resource = Arc::new(TemplateResource {
                    key: key.clone(),
                    template,
                });
                self.templates.insert(key, resource);
            }
            Err(error) => {
                let what = format!("template='{key}': unable to parse descriptor");
                self.descriptor_problem(typed, descriptor.as_ref(), &what, &error);
            }
        }
    }

    fn descriptor_problem(
        &mut self,
        typed: &Typed,
        text: Option<&Text>,
        what: &str,
        error: &DescriptorError,
    ) {
        let place = text.map_or(typed.resource.place(), |text| &text.place);
        let problem = Problem::error(place, format!("{what}: {error}"));
        self.problem(
            typed.resource.key(),
            match error.remedy() {
                Some(remedy) => problem.help(remedy),
                None => problem,
            },
        );
    }

    pub(super) fn adapter(&mut self, typed: &Typed) {
        let Spec::Adapter(spec) = &typed.spec else {
            return;
        };
        let AdapterSpec {
            templates,
            config,
            session_based,
            ..
        } = spec;
        let key = typed.resource.key();
        let text = config.as_ref().map_or("", |text| text.text.as_str());
        let config = match ConfigDescriptor::parse(text) {
            Ok(config) => config,
            Err(error) => {
                let what = format!("adapter='{key}': unable to parse adapter configuration");
                return self.descriptor_problem(typed, config.as_ref(), &what, &error);
            }
        };
        let mut found = Vec::with_capacity(templates.len());
        for written in templates {
            let Some(template) = self.find_template(written, key) else {
                let message = format!("adapter='{key}': unable to find template '{written}'");
                let names: Vec<_> = self.templates.keys().map(Key::to_string).collect();
                let help = unresolved(written, "template", key, names.iter());
                // One that can't be found drops the adapter as a whole.
                let problem = Problem::error(&written.place, message).help(help);
                return self.problem(key, problem);
            };
            found.push(template);
        }
        if *session_based {
            let message = format!(
                "adapter='{key}': no session is ever opened, and `session_based: true` only keeps \
                 the adapter from being sent its configuration"
            );
            let warning = Problem::warning(typed.resource.place(), message);
            self.problem(key, warning.help("write `session_based: false`"));
        }
        let resource = Arc::new(AdapterResource {
            key: key.clone(),
            templates: found,
            config,
            session_based: *session_based,
        });
        self.adapters.insert(key.clone(), resource);
    }

    fn find_template(&self, written: &Text, from: &Key) -> Option<Arc<TemplateResource>> {
        let names = candidates(&written.text, "template", &from.namespace);
        let by_name = |name: &String| {
            let mut templates = self.templates.iter();
            templates.find(|(key, _)| key.to_string() == *name)
        };
        names.iter().find_map(by_name).map(|(_, it)| it.clone())
    }

    pub(super) fn remote_handler(&mut self, typed: &Typed, spec: &HandlerSpec) -> Option<Handler> {
        let key = typed.resource.key();
        let nothing = || Text {
            text: String::new(),
            place: typed.resource.place().clone(),
        };
        let written = spec.adapter.clone().unwrap_or_else(nothing);
        let names = candidates(&written.text, "adapter", &key.namespace);
        let by_name = |name: &String| {
            self.adapters
                .iter()
                .find(|(key, _)| key.to_string() == *name)
        };
        let Some(adapter) = names.iter().find_map(by_name).map(|(_, it)| it.clone()) else {
            let message = format!("handler='{key}'.adapter: adapter '{written}' not found");
            let names: Vec<_> = self.adapters.keys().map(Key::to_string).collect();
            let help = match spec.adapter {
                Some(_) => unresolved(&written, "adapter", key, names.iter()),
                None => "add `compiledAdapter: …`, or `adapter: …` for one that is called over \
                         the network"
                    .to_owned(),
            };
            self.problem(key, Problem::error(&written.place, message).help(help));
            return None;
        };
        let mut problems = Problems::new();
        let connection = spec.connection.as_ref();
        let connection = connection.and_then(|node| Connection::read(node, &mut problems));
        let mut config = None;
        if let Some(descriptor) = &adapter.config {
            match descriptor.encode(spec.params.as_ref()) {
                Ok(encoded) => config = Some(encoded).filter(|_| !adapter.session_based),
                Err(errors) => {
                    for problem in errors {
                        self.problem(key, prefixed(&problem, &format!("handler='{key}'.params")));
                    }
                    return None;
                }
            }
        }
        let failed = problems.has_errors();
        for problem in problems {
            self.problem(
                key,
                prefixed(&problem, &format!("handler='{key}'.connection")),
            );
        }
        (!failed).then(|| Handler {
            key: key.clone(),
            name: key.to_string(),
            place: typed.resource.place().clone(),
            adapter: HandlerAdapter::Remote(RemoteHandlerSpec {
                adapter,
                config,
                connection,
            }),
        })
    }

    pub(super) fn remote_instance(
        &mut self,
        typed: &Typed,
        spec: &InstanceSpec,
    ) -> Option<Instance> {
        let key = typed.resource.key();
        let nothing = || Text {
            text: String::new(),
            place: typed.resource.place().clone(),
        };
        let written = spec.template.clone().unwrap_or_else(nothing);
        let Some(template) = self.find_template(&written, key) else {
            let message = format!("instance='{key}'.template: template '{written}' not found");
            let names: Vec<_> = self.templates.keys().map(Key::to_string).collect();
            let help = match spec.template {
                Some(_) => unresolved(&written, "template", key, names.iter()),
                None => "add `compiledTemplate: …`, or `template: …` for an adapter that is \
                         called over the network"
                    .to_owned(),
            };
            self.problem(key, Problem::error(&written.place, message).help(help));
            return None;
        };
        let language = self.language(typed, &format!("instance='{key}'"))?;
        let compile = |text: &str| {
            let expression = self.compiler.compile(language, text)?;
            let ty = expression.value_type();
            Ok::<_, crate::language::Error>((expression, ty))
        };
        let name = key.to_string();
        let params = spec.params.as_ref();
        let plan = match template.template.compile(&name, params, compile) {
            Ok(plan) => Arc::new(plan),
            Err(problems) => {
                let what = format!(
                    "instance='{key}'.params: config does not conform to schema of template \
                     '{written}'"
                );
                for problem in problems {
                    self.problem(key, prefixed(&problem, &what));
                }
                return None;
            }
        };
        Some(Instance {
            key: key.clone(),
            place: typed.resource.place().clone(),
            template: InstanceTemplate::Remote { template, plan },
            attribute_bindings: spec.attribute_bindings.clone(),
            language,
            encoded: encode(params, &spec.attribute_bindings),
            written: spec.params.clone(),
        })
    }
}

/// A problem that also says what it is about.
pub(super) fn prefixed(problem: &Problem, prefix: &str) -> Problem {
    let message = format!("{prefix}: {}", problem.message());
    let same = match problem.severity() {
        Severity::Warning => Problem::warning(problem.span(), message),
        _ => Problem::error(problem.span(), message),
    };
    match problem.remedy() {
        Some(remedy) => same.help(remedy),
        None => same,
    }
}

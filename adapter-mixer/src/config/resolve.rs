//! From what resources say to a snapshot: names are resolved, expressions get types.

use std::collections::BTreeMap;
use std::sync::Arc;

use adapter_runtime::document::{Node, Problem, Problems};
use adapter_runtime::in_process::{HostedAdapter, HostedTemplate};
use adapter_runtime::value::ValueType;

use super::compiler::Compiler;
use super::convert::{Converted, Spec, Typed};
use super::fields::{Text, instead};
use super::hosts::Hosts;
use super::name::{Key, candidates};
use super::params;
use super::problem::{ConfigProblem, Stage};
use super::remote::prefixed;
use super::snapshot::{
    Action, AdapterResource, CompiledHandler, Condition, Handler, HandlerAdapter, Instance,
    InstanceTemplate, Rule, Snapshot, TemplateResource,
};
use super::spec::{ActionSpec, HandlerSpec, InstanceSpec, RuleSpec};
use crate::attribute::Vocabulary;
use crate::language::{Error, Language};

/// After so many problems, names are not compared any more to find out what is meant.
const MOST_SUGGESTIONS: usize = 100;

impl Snapshot {
    /// The snapshot of what resources say. `problems` are those that were found before.
    pub(crate) fn resolve(
        id: i64,
        converted: &Converted,
        hosts: &Hosts,
        mut problems: Vec<ConfigProblem>,
    ) -> Snapshot {
        let vocabulary = vocabulary(converted, hosts, &mut problems);
        let compiler = Compiler::new(&vocabulary);
        let mut resolver = Resolver {
            hosts,
            compiler,
            problems,
            templates: BTreeMap::new(),
            adapters: BTreeMap::new(),
            handlers: BTreeMap::new(),
            handlers_by_name: BTreeMap::new(),
            instances: BTreeMap::new(),
            instances_by_name: BTreeMap::new(),
        };
        let all = || converted.by_key.values();
        all().for_each(|typed| resolver.template(typed));
        all().for_each(|typed| resolver.adapter(typed));
        all().for_each(|typed| resolver.handler(typed));
        all().for_each(|typed| resolver.instance(typed));
        let mut rules = Vec::new();
        for typed in all() {
            if let Spec::Rule(spec) = &typed.spec {
                rules.extend(resolver.rule(typed, spec).map(Arc::new));
            }
        }
        let Resolver {
            problems,
            templates,
            adapters,
            handlers,
            instances,
            ..
        } = resolver;
        Snapshot {
            id,
            vocabulary,
            handlers,
            instances,
            templates,
            adapters,
            rules,
            problems,
        }
    }
}

/// The attributes of all manifests, and the outputs of the templates that generate attributes.
fn vocabulary(
    converted: &Converted,
    hosts: &Hosts,
    problems: &mut Vec<ConfigProblem>,
) -> Vocabulary {
    let mut vocabulary = Vocabulary::new();
    for template in hosts.templates() {
        vocabulary.extend(template.info().output_attributes());
    }
    for (key, typed) in &converted.by_key {
        let Spec::Manifest(manifest) = &typed.spec else {
            continue;
        };
        for (name, ty) in &manifest.attributes {
            let before = vocabulary.get(&name.text).filter(|before| before != ty);
            if let Some(before) = before {
                let message = format!(
                    "the attribute `{name}` is {before} in another manifest and {ty} in this one, \
                     which holds: Mixer takes either"
                );
                let warning = Problem::warning(&name.place, message);
                problems.push(ConfigProblem::new(Stage::Resolving, key, warning));
            }
            vocabulary.declare(name.text.as_str(), *ty);
        }
    }
    vocabulary
}

pub(super) struct Resolver<'a> {
    hosts: &'a Hosts,
    pub(super) compiler: Compiler<'a>,
    problems: Vec<ConfigProblem>,
    pub(super) templates: BTreeMap<Key, Arc<TemplateResource>>,
    pub(super) adapters: BTreeMap<Key, Arc<AdapterResource>>,
    handlers: BTreeMap<Key, Arc<Handler>>,
    handlers_by_name: BTreeMap<String, Arc<Handler>>,
    instances: BTreeMap<Key, Arc<Instance>>,
    instances_by_name: BTreeMap<String, Arc<Instance>>,
}

impl Resolver<'_> {
    pub(super) fn problem(&mut self, key: &Key, problem: Problem) {
        let problem = ConfigProblem::new(Stage::Resolving, key, problem);
        self.problems.push(problem);
    }

    fn handler(&mut self, typed: &Typed) {
        let key = typed.resource.key();
        let handler = match &typed.spec {
            Spec::Handler(spec) => {
                let spec = &*self.hosts.handler(spec);
                match &spec.compiled_adapter {
                    Some(written) => self.compiled_handler(typed, written, spec),
                    None => self.remote_handler(typed, spec),
                }
            }
            Spec::OwnHandler(adapter) => {
                // It was seen to be right when it was converted.
                let (params, problems) = (typed.resource.spec().cloned(), &mut Problems::new());
                Some(handler(typed, key.to_string(), *adapter, params, problems))
            }
            _ => None,
        };
        if let Some(handler) = handler {
            let handler = Arc::new(handler);
            self.handlers_by_name
                .insert(key.to_string(), handler.clone());
            self.handlers.insert(key.clone(), handler);
        }
    }

    fn compiled_handler(
        &mut self,
        typed: &Typed,
        written: &Text,
        spec: &HandlerSpec,
    ) -> Option<Handler> {
        let key = typed.resource.key();
        let Some(adapter) = self.hosts.adapter(&written.text) else {
            // Mixer says nothing; the rules' actions complain.
            let message = format!(
                "handler='{key}': the adapter '{written}' is not compiled in, so there is no such \
                 handler"
            );
            let help = instead(&written.text, self.hosts.adapter_names());
            let warning = Problem::warning(&written.place, message).help(help);
            self.problem(key, warning);
            return None;
        };
        let mut problems = Problems::new();
        let name = format!("{}.{}", key.name, key.namespace);
        let handler = handler(typed, name, adapter, spec.params.clone(), &mut problems);
        // Mixer warns, and goes on with the default of what can't be read.
        for problem in problems {
            let mut warning = Problem::warning(
                problem.span(),
                format!("handler='{key}'.params: {}", problem.message()),
            );
            let kept = "the handler goes on with the default of what can't be read";
            warning = warning.help(match problem.remedy() {
                Some(remedy) => format!("{remedy}; {kept}"),
                None => kept.to_owned(),
            });
            self.problem(key, warning);
        }
        Some(handler)
    }

    fn instance(&mut self, typed: &Typed) {
        let key = typed.resource.key();
        let instance = match &typed.spec {
            Spec::Instance(spec) => {
                let spec = &*self.hosts.instance(spec);
                match &spec.compiled_template {
                    Some(written) => self.compiled_instance(typed, written, spec),
                    None => self.remote_instance(typed, spec),
                }
            }
            Spec::OwnInstance(template, bindings) => {
                let written = typed.resource.spec().cloned();
                self.instance_of(typed, *template, written, bindings.clone())
            }
            _ => None,
        };
        if let Some(instance) = instance {
            let instance = Arc::new(instance);
            self.instances_by_name
                .insert(key.to_string(), instance.clone());
            self.instances.insert(key.clone(), instance);
        }
    }

    fn compiled_instance(
        &mut self,
        typed: &Typed,
        written: &Text,
        spec: &InstanceSpec,
    ) -> Option<Instance> {
        let key = typed.resource.key();
        let Some(template) = self.hosts.template(&written.text) else {
            let message = format!("instance='{key}': missing compiled template");
            let help = instead(&written.text, self.hosts.template_names());
            self.problem(key, Problem::error(&written.place, message).help(help));
            return None;
        };
        let bindings = spec.attribute_bindings.clone();
        self.instance_of(typed, template, spec.params.clone(), bindings)
    }

    fn instance_of(
        &mut self,
        typed: &Typed,
        template: HostedTemplate,
        written: Option<Node>,
        attribute_bindings: Vec<(Text, Text)>,
    ) -> Option<Instance> {
        let key = typed.resource.key();
        let failed = |problem: &Problem, help: Option<String>| {
            let message = format!("instance='{key}': {}", problem.message());
            let error = Problem::error(problem.span(), message);
            match help.as_deref().or(problem.remedy()) {
                Some(help) => error.help(help),
                None => error,
            }
        };
        let language = self.language(typed, &format!("instance='{key}'"))?;
        let mut problems = Vec::new();
        let params = params::read(template, written.as_ref(), &mut problems);
        for problem in &problems {
            self.problem(key, failed(problem, None));
        }
        let params = params?;
        let mut last: Option<Text> = None;
        let mut help = None;
        let mut type_of = |text: &Text| {
            last = Some(text.clone());
            self.compiler
                .type_of(language, &text.text)
                .inspect_err(|error: &Error| help = error.help().map(str::to_owned))
        };
        let inferred = template.infer(&params, &mut type_of);
        let inferred = match inferred {
            Ok(inferred) => inferred,
            Err(error) => {
                let place = last.map_or_else(|| typed.resource.place().clone(), |it| it.place);
                let problem = Problem::error(&place, error.to_string());
                self.problem(key, failed(&problem, help));
                return None;
            }
        };
        let mut help = None;
        let bindings = attribute_bindings.iter();
        let bindings = bindings.map(|(name, text)| (name.text.as_str(), text.text.as_str()));
        let checked = template.info().check_bindings(bindings, |text| {
            self.compiler
                .type_of(language, text)
                .inspect_err(|error: &Error| help = error.help().map(str::to_owned))
        });
        if let Err(error) = checked {
            let bound = attribute_bindings.iter();
            let mut bound = bound.filter(|(name, _)| name.text == error.attribute);
            let place = bound
                .next()
                .map_or(typed.resource.place(), |(_, it)| &it.place);
            let problem = Problem::error(place, error.to_string());
            self.problem(key, failed(&problem, help));
            return None;
        }
        Some(Instance {
            key: key.clone(),
            place: typed.resource.place().clone(),
            encoded: encode(written.as_ref(), &attribute_bindings),
            template: InstanceTemplate::Compiled {
                template,
                params,
                inferred,
            },
            attribute_bindings,
            language,
            written,
        })
    }

    /// The language of a resource's expressions.
    pub(super) fn language(&mut self, typed: &Typed, what: &str) -> Option<Language> {
        let problem = match typed.resource.language() {
            Ok(language) => return Some(language),
            Err(problem) => prefixed(&problem, what),
        };
        self.problem(typed.resource.key(), problem);
        None
    }

    fn rule(&mut self, typed: &Typed, spec: &RuleSpec) -> Option<Rule> {
        let key = typed.resource.key();
        let language = self.language(typed, &format!("rule='{key}'"))?;
        let condition = self.condition(key, spec.condition.as_ref(), language);
        let mut actions = Vec::new();
        for (index, action) in spec.actions.iter().enumerate() {
            actions.extend(self.action(key, index, action));
        }
        let no_headers = spec.request_headers.is_empty() && spec.response_headers.is_empty();
        if actions.is_empty() && no_headers {
            let message = format!("rule={key}: No valid actions found in rule");
            let problem = Problem::error(typed.resource.place(), message);
            self.problem(key, problem);
            return None;
        }
        Some(Rule {
            key: key.clone(),
            place: typed.resource.place().clone(),
            text: spec.condition.clone(),
            condition,
            language,
            actions,
            request_headers: spec.request_headers.clone(),
            response_headers: spec.response_headers.clone(),
        })
    }

    fn condition(&mut self, key: &Key, text: Option<&Text>, language: Language) -> Condition {
        let Some(text) = text else {
            return Condition::Always;
        };
        let trimmed = text.text.trim();
        if trimmed.is_empty() || trimmed == "true" {
            return Condition::Always;
        }
        let (stage, message, help) = match self.compiler.type_of(language, &text.text) {
            Ok(ValueType::Bool) => match self.compiler.compile(language, trimmed) {
                Ok(expression) => return Condition::If(expression),
                Err(error) => {
                    let help = error.help().map(str::to_owned);
                    (Stage::Routing, error.to_string(), help)
                }
            },
            Ok(found) => {
                let message = format!(
                    "expression '{text}' evaluated to type {found}, expected type {}",
                    ValueType::Bool
                );
                let help = "write what is true of the requests, such as a comparison";
                (Stage::Resolving, message, Some(help.to_owned()))
            }
            Err(error) => {
                let help = error.help().map(str::to_owned);
                (Stage::Resolving, error.to_string(), help)
            }
        };
        let mut problem = Problem::error(&text.place, format!("rule='{key}'.Match: {message}"));
        if let Some(help) = help {
            problem = problem.help(help);
        }
        self.problems.push(ConfigProblem::new(stage, key, problem));
        Condition::Broken
    }

    fn action(&mut self, rule: &Key, index: usize, spec: &ActionSpec) -> Option<Action> {
        let prefix = format!("action='{rule}[{index}]'");
        let Some(handler) = find(&self.handlers_by_name, &spec.handler, "handler", rule) else {
            let message = format!("{prefix}: Handler not found: handler='{}'", spec.handler);
            let problem = Problem::error(&spec.handler.place, message);
            let help = self.suggest(&spec.handler, "handler", rule, &self.handlers_by_name);
            self.problem(rule, help.into_iter().fold(problem, Problem::help));
            return None;
        };
        let is_remote = matches!(handler.adapter, HandlerAdapter::Remote(_));
        let mut instances: Vec<Arc<Instance>> = Vec::new();
        for written in &spec.instances {
            // Each world has its own instances.
            let found = find(&self.instances_by_name, written, "instance", rule);
            let found = found
                .filter(|it| is_remote == matches!(it.template, InstanceTemplate::Remote { .. }));
            let Some(instance) = found else {
                let message = format!("{prefix}: Instance not found: instance='{written}'");
                let problem = Problem::error(&written.place, message);
                let help = self.suggest(written, "instance", rule, &self.instances_by_name);
                self.problem(rule, help.into_iter().fold(problem, Problem::help));
                continue;
            };
            if instances.iter().any(|it| it.key == instance.key) {
                let message = format!(
                    "{prefix}: action specified the same instance multiple times: instance='{}',",
                    instance.key
                );
                let problem = Problem::error(&written.place, message).help("write it once");
                self.problem(rule, problem);
                continue;
            }
            if handler.template_of(&instance).is_none() {
                let message = format!(
                    "{prefix}: instance '{}' is of template '{}' which is not supported by handler \
                     '{}'",
                    instance.key,
                    instance.template.name(),
                    handler.name
                );
                let help = format!(
                    "the adapter `{}` handles instances of `{}`",
                    handler.adapter_name(),
                    handler.template_names().join("`, `")
                );
                self.problem(rule, Problem::error(&written.place, message).help(help));
                continue;
            }
            instances.push(instance);
        }
        if instances.is_empty() {
            let message = format!("{prefix}: No valid instances found");
            self.problem(rule, Problem::error(&spec.handler.place, message));
            return None;
        }
        Some(Action {
            index,
            name: spec.name.as_ref().map(|name| name.text.clone()),
            handler,
            instances,
        })
    }
}

impl Resolver<'_> {
    /// What to write instead of a reference, unless there are so many problems that nobody reads it:
    /// each name has to be compared with all that there are.
    fn suggest<T>(
        &self,
        written: &Text,
        kind: &str,
        from: &Key,
        known: &BTreeMap<String, T>,
    ) -> Option<String> {
        let few = self.problems.len() < MOST_SUGGESTIONS;
        few.then(|| unresolved(written, kind, from, known.keys()))
    }
}

fn handler(
    typed: &Typed,
    name: String,
    adapter: HostedAdapter,
    params: Option<Node>,
    problems: &mut Problems,
) -> Handler {
    let settings = match &params {
        Some(params) => adapter.read(params, problems),
        None => adapter.defaults(),
    };
    Handler {
        key: typed.resource.key().clone(),
        name,
        place: typed.resource.place().clone(),
        adapter: HandlerAdapter::Compiled(CompiledHandler {
            adapter,
            params,
            encoded: settings.encoded(),
            settings: settings.show(),
        }),
    }
}

/// What an operator wrote for an instance, as bytes that are equal for equal params.
pub(super) fn encode(params: Option<&Node>, bindings: &[(Text, Text)]) -> Vec<u8> {
    let mut encoded = Vec::new();
    if let Some(params) = params {
        params::encode(params, &mut encoded);
    }
    let mut bindings: Vec<_> = bindings.iter().collect();
    bindings.sort_by(|(a, _), (b, _)| a.text.cmp(&b.text));
    for (name, text) in bindings {
        for text in [&name.text, &text.text] {
            encoded.extend((text.len() as u64).to_le_bytes());
            encoded.extend(text.as_bytes());
        }
    }
    encoded
}

fn find<T>(
    by_name: &BTreeMap<String, Arc<T>>,
    written: &Text,
    kind: &str,
    from: &Key,
) -> Option<Arc<T>> {
    let names = candidates(&written.text, kind, &from.namespace);
    names.iter().find_map(|name| by_name.get(name)).cloned()
}

/// Where was looked for what a reference means, and what there is that is like it.
pub(super) fn unresolved<'a>(
    written: &Text,
    kind: &str,
    from: &Key,
    known: impl Iterator<Item = &'a String> + Clone,
) -> String {
    let tried = candidates(&written.text, kind, &from.namespace);
    let first = |name: &str| name.split('.').next().unwrap_or_default().to_owned();
    // One of the same name elsewhere is what is meant most often.
    let elsewhere = known
        .clone()
        .find(|name| first(name) == first(&written.text));
    let near = elsewhere.map(String::as_str).or_else(|| {
        tried
            .iter()
            .find_map(|name| crate::suggest::nearest(name, known.clone().map(String::as_str)))
    });
    match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there is no `{}`", tried.join("`, nor `")),
    }
}

//! The table by which requests find handlers.

use std::collections::HashMap;
use std::sync::Arc;

use adapter_runtime::document::Problem;
use adapter_runtime::in_process::HostedTemplate;
use adapter_runtime::template::{Params, Variety};
use adapter_runtime::value::{Str, ValueType};
use foldhash::fast::RandomState;

use super::callee::Plan;
use super::handlers::{Entry, Handlers};
use crate::attribute::Vocabulary;
use crate::config::{
    Action, Compiler, Condition, ConfigProblem, HeaderSpec, Instance, InstanceTemplate, Key, Rule,
    Snapshot, Stage, Text, short,
};
use crate::language::{Expression, Language};
use crate::proto::mixer::header_operation::Operation;

/// By which requests find handlers.
#[derive(Debug, Default)]
pub(crate) struct Table {
    /// The rules that hold for all requests.
    default: Namespace,
    /// The namespace that they are in.
    default_namespace: String,
    /// Those of the other namespaces.
    others: HashMap<String, Namespace, RandomState>,
    /// How many destinations there are: each has a number below it.
    pub(super) destinations: usize,
}

/// The rules of one namespace.
#[derive(Debug, Default)]
pub(crate) struct Namespace {
    check: Vec<Destination>,
    report: Vec<Destination>,
    quota: Vec<Destination>,
    generate: Vec<Destination>,
    pub(super) directives: Vec<Directives>,
    /// In their order, for who wants to know why.
    pub(super) rules: Vec<Arc<Rule>>,
}

/// A handler and a template, and the instances that it gets.
#[derive(Debug)]
pub(crate) struct Destination {
    pub(super) number: usize,
    pub(super) handler: Arc<Entry>,
    /// The place of the template among the adapter's.
    pub(super) template: usize,
    variety: Variety,
    pub(super) groups: Vec<Group>,
}

/// The instances of a destination that it gets under one condition.
#[derive(Debug)]
pub(crate) struct Group {
    /// `None` for all requests.
    pub(super) condition: Option<Expression>,
    pub(super) instances: Vec<Routed>,
}

/// An instance, ready to be built.
#[derive(Clone, Debug)]
pub(crate) struct Routed {
    pub(super) plan: Plan,
    /// The name of its template.
    pub(super) template: Arc<str>,
    pub(super) rule: Arc<Rule>,
    /// What the name of a field of the output is preceded by: `<action>.output.`.
    pub(super) output_prefix: Option<Arc<str>>,
    /// Which attributes the output becomes.
    pub(super) bindings: Arc<[Binding]>,
}

/// An attribute, and the expression over an output that gives its value.
#[derive(Debug)]
pub(crate) struct Binding {
    pub(super) attribute: Str,
    pub(super) expression: Expression,
}

/// The header operations of one rule.
#[derive(Debug)]
pub(crate) struct Directives {
    pub(super) condition: Option<Expression>,
    pub(super) rule: Arc<Rule>,
    pub(super) operations: Vec<HeaderOperation>,
}

/// One operation on a header.
#[derive(Debug)]
pub(crate) struct HeaderOperation {
    pub(super) of_request: bool,
    pub(super) name: String,
    pub(super) operation: Operation,
    pub(super) values: Vec<Expression>,
}

impl Table {
    /// The table of a snapshot.
    pub(crate) fn build(
        snapshot: &Snapshot,
        handlers: &Handlers,
        default_namespace: &str,
    ) -> (Table, Vec<ConfigProblem>) {
        let mut builder = Builder {
            compiler: Compiler::new(&snapshot.vocabulary),
            vocabulary: &snapshot.vocabulary,
            handlers,
            plans: HashMap::new(),
            problems: Vec::new(),
            destinations: HashMap::new(),
            groups: HashMap::new(),
            table: Table {
                default_namespace: default_namespace.to_owned(),
                ..Table::default()
            },
        };
        snapshot.rules.iter().for_each(|rule| builder.rule(rule));
        (builder.table, builder.problems)
    }

    /// The rules for a namespace's requests: those of the default namespace, then its own.
    pub(super) fn of(&self, namespace: &str) -> [Option<&Namespace>; 2] {
        [Some(&self.default), self.others.get(namespace)]
    }

    /// The namespace whose rules hold for all requests.
    pub(super) fn default_namespace(&self) -> &str {
        &self.default_namespace
    }

    fn namespace_mut(&mut self, namespace: &str) -> &mut Namespace {
        if namespace == self.default_namespace {
            return &mut self.default;
        }
        if !self.others.contains_key(namespace) {
            let new = Namespace::default();
            self.others.insert(namespace.to_owned(), new);
        }
        let known = self.others.get_mut(namespace);
        known.expect("it was just made")
    }

    /// Everything that is sent to handlers, by namespace.
    pub(crate) fn routes(&self) -> Vec<Route> {
        let default = (&self.default_namespace, &self.default);
        let mut namespaces: Vec<_> = self.others.iter().chain([default]).collect();
        namespaces.sort_by_key(|(name, _)| *name);
        let mut routes = Vec::new();
        for (name, namespace) in namespaces {
            for destination in namespace.all() {
                for group in &destination.groups {
                    let instances = group.instances.iter();
                    routes.push(Route {
                        namespace: name.clone(),
                        variety: destination.variety,
                        handler: destination.handler.name.to_string(),
                        condition: group.condition.as_ref().map(|it| it.text().to_owned()),
                        instances: instances.map(|it| it.plan.name().to_owned()).collect(),
                    });
                }
            }
        }
        routes
    }
}

/// Instances that requests of a namespace send to a handler under one condition.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Route {
    /// The namespace of the rules. Those of the default namespace hold for all requests.
    pub namespace: String,
    /// What is asked of the handler.
    pub variety: Variety,
    /// The name of the handler.
    pub handler: String,
    /// Of which requests; `None` for all.
    pub condition: Option<String>,
    /// The full names of the instances, one for each rule that sends it.
    pub instances: Vec<String>,
}

impl Namespace {
    fn all(&self) -> impl Iterator<Item = &Destination> {
        let lists = [&self.generate, &self.check, &self.quota, &self.report];
        lists.into_iter().flatten()
    }

    /// The destinations of a variety. A check with output is a check.
    pub(crate) fn destinations(&self, variety: Variety) -> &[Destination] {
        match variety {
            Variety::Report => &self.report,
            Variety::Quota => &self.quota,
            Variety::AttributeGenerator => &self.generate,
            _ => &self.check,
        }
    }

    fn list(&mut self, variety: Variety) -> &mut Vec<Destination> {
        match variety {
            Variety::Report => &mut self.report,
            Variety::Quota => &mut self.quota,
            Variety::AttributeGenerator => &mut self.generate,
            _ => &mut self.check,
        }
    }
}

impl Routed {
    /// Whether it is the quota of this name.
    pub(super) fn is_quota(&self, name: &str) -> bool {
        short(self.plan.name()).eq_ignore_ascii_case(name)
    }
}

struct Builder<'a> {
    compiler: Compiler<'a>,
    vocabulary: &'a Vocabulary,
    handlers: &'a Handlers,
    /// `None` for those that can't be compiled.
    plans: HashMap<Key, Option<Compiled>>,
    problems: Vec<ConfigProblem>,
    table: Table,
    /// The place of each destination in its list, by what makes it one.
    destinations: HashMap<(String, *const Entry, usize), usize>,
    /// The place of each group in its destination, by the destination's number and the condition.
    groups: HashMap<(usize, Option<String>), usize>,
}

#[derive(Clone)]
struct Compiled {
    plan: Plan,
    bindings: Arc<[Binding]>,
}

impl Builder<'_> {
    fn rule(&mut self, rule: &Arc<Rule>) {
        let condition = match &rule.condition {
            Condition::Always => None,
            Condition::If(expression) => Some(expression.clone()),
            Condition::Broken => {
                self.namespace(rule).rules.push(rule.clone());
                return;
            }
        };
        self.namespace(rule).rules.push(rule.clone());
        for action in &rule.actions {
            self.action(rule, action, condition.as_ref());
        }
        if let Some(operations) = self.operations(rule) {
            let rule_ = rule.clone();
            self.namespace(rule).directives.push(Directives {
                condition,
                rule: rule_,
                operations,
            });
        }
    }

    fn namespace(&mut self, rule: &Rule) -> &mut Namespace {
        self.table.namespace_mut(&rule.key.namespace)
    }

    fn action(&mut self, rule: &Arc<Rule>, action: &Action, condition: Option<&Expression>) {
        let Some(entry) = self.handlers.get(&action.handler.key).cloned() else {
            let message = format!(
                "action='{}[{}]': the handler '{}' could not be built, so nothing is sent to it",
                rule.key, action.index, action.handler.name
            );
            let problem =
                Problem::error(&rule.place, message).related(&action.handler.place, "the handler");
            let problem = ConfigProblem::new(Stage::Building, &rule.key, problem);
            self.problems.push(problem);
            return;
        };
        for instance in &action.instances {
            let template = action.handler.template_of(instance);
            let Some(compiled) = self.compiled(instance) else {
                continue;
            };
            let Some(template) = template else {
                continue;
            };
            let variety = instance.template.variety();
            let prefix = match variety {
                Variety::CheckWithOutput => {
                    let name = action.name.as_ref();
                    name.map(|name| format!("{name}.output."))
                }
                Variety::AttributeGenerator => Some(generated_prefix(&instance.template)),
                _ => None,
            };
            let routed = Routed {
                plan: compiled.plan,
                template: instance.template.name().into(),
                rule: rule.clone(),
                output_prefix: prefix.map(Arc::from),
                bindings: compiled.bindings,
            };
            self.route(rule, &entry, template, variety, condition, routed);
        }
    }

    fn route(
        &mut self,
        rule: &Rule,
        handler: &Arc<Entry>,
        template: usize,
        variety: Variety,
        condition: Option<&Expression>,
        routed: Routed,
    ) {
        let namespace = rule.key.namespace.clone();
        let number = self.table.destinations;
        let list = self.table.namespace_mut(&namespace).list(variety);
        let key = (namespace, Arc::as_ptr(handler), template);
        let at = *self.destinations.entry(key).or_insert_with(|| {
            list.push(Destination {
                number,
                handler: handler.clone(),
                template,
                variety,
                groups: Vec::new(),
            });
            list.len() - 1
        });
        let destination = &mut list[at];
        let text = condition.map(|it| it.text().to_owned());
        let groups = &mut destination.groups;
        let key = (destination.number, text);
        let at = *self.groups.entry(key).or_insert_with(|| {
            groups.push(Group {
                condition: condition.cloned(),
                instances: Vec::new(),
            });
            groups.len() - 1
        });
        groups[at].instances.push(routed);
        if destination.number == number {
            self.table.destinations += 1;
        }
    }

    fn compiled(&mut self, instance: &Arc<Instance>) -> Option<Compiled> {
        if let Some(known) = self.plans.get(&instance.key) {
            return known.clone();
        }
        let compiled = self.compile(instance);
        self.plans.insert(instance.key.clone(), compiled.clone());
        compiled
    }

    fn compile(&mut self, instance: &Instance) -> Option<Compiled> {
        let plan = match &instance.template {
            InstanceTemplate::Remote { plan, .. } => Plan::Remote(plan.clone()),
            InstanceTemplate::Compiled {
                template, params, ..
            } => self.plan(instance, *template, params)?,
        };
        let bindings = self.bindings(instance)?;
        Some(Compiled { plan, bindings })
    }

    fn plan(
        &mut self,
        instance: &Instance,
        template: HostedTemplate,
        params: &Params<Text>,
    ) -> Option<Plan> {
        let mut last: Option<Text> = None;
        let compile = |text: &Text| {
            last = Some(text.clone());
            let expression = self.compiler.compile(instance.language, &text.text)?;
            let ty = expression.value_type();
            Ok::<_, crate::language::Error>((expression, ty))
        };
        match template.compile(&instance.key.to_string(), params, compile) {
            Ok(plan) => Some(Plan::Compiled(Arc::new(plan))),
            Err(error) => {
                let place = last.map_or_else(|| instance.place.clone(), |text| text.place);
                self.problem(&instance.key, Problem::error(&place, error.to_string()));
                None
            }
        }
    }

    /// The attributes that an output becomes. Of an adapter that is not compiled in, one that can't
    /// be made is left out; otherwise the instance is, as it is when its types are inferred.
    fn bindings(&mut self, instance: &Instance) -> Option<Arc<[Binding]>> {
        if instance.attribute_bindings.is_empty() {
            return Some(Arc::default());
        }
        let own = match &instance.template {
            InstanceTemplate::Compiled { .. } => None,
            remote @ InstanceTemplate::Remote { .. } => {
                let mut vocabulary = self.vocabulary.clone();
                vocabulary.extend(remote.outputs(REMOTE_PREFIX));
                Some(vocabulary)
            }
        };
        let own = own.as_ref().map(Compiler::new);
        let compiler = own.as_ref().unwrap_or(&self.compiler);
        let (mut bindings, mut problems) = (Vec::new(), Vec::new());
        for (attribute, text) in &instance.attribute_bindings {
            let bound = match &instance.template {
                InstanceTemplate::Compiled { template, .. } => {
                    template.info().bound_expression(&text.text)
                }
                InstanceTemplate::Remote { .. } => text.text.clone(),
            };
            let wanted = self.vocabulary.get(&attribute.text);
            let problem = match (compiler.compile(instance.language, &bound), wanted) {
                (Ok(expression), Some(wanted)) if expression.value_type() == wanted => {
                    bindings.push(Binding {
                        attribute: attribute.text.as_str().into(),
                        expression,
                    });
                    continue;
                }
                (Ok(_), None) => format!("unknown attribute {attribute}"),
                (Ok(expression), Some(wanted)) => format!(
                    "type '{wanted}' for attribute '{attribute}' does not match type '{}' for \
                     expression '{bound}'",
                    expression.value_type()
                ),
                (Err(error), _) => error.to_string(),
            };
            let message = format!("instance='{}': {problem}", instance.key);
            problems.push(Problem::error(&text.place, message));
        }
        let failed = !problems.is_empty();
        for problem in problems {
            self.problem(&instance.key, problem);
        }
        if failed && matches!(instance.template, InstanceTemplate::Compiled { .. }) {
            return None;
        }
        // In the order of their names, so that errors are the same whenever they are.
        bindings.sort_by(|a, b| a.attribute.cmp(&b.attribute));
        Some(bindings.into())
    }

    /// The header operations of a rule; if one can't be evaluated, none of them.
    fn operations(&mut self, rule: &Arc<Rule>) -> Option<Vec<HeaderOperation>> {
        let headers = rule.request_headers.iter().map(|header| (true, header));
        let response = rule.response_headers.iter().map(|header| (false, header));
        let headers: Vec<_> = headers.chain(response).collect();
        if headers.is_empty() {
            return None;
        }
        let with_outputs = self.with_outputs(rule);
        let own = with_outputs.as_ref().map(Compiler::new);
        let mut operations = Vec::with_capacity(headers.len());
        for (of_request, header) in headers {
            let compiler = own.as_ref().unwrap_or(&self.compiler);
            match operation(compiler, rule.language, header) {
                Ok(values) => operations.push(HeaderOperation {
                    of_request,
                    name: header.name.clone(),
                    operation: header.operation,
                    values,
                }),
                Err(problem) => {
                    let message = format!("rule='{}': {}", rule.key, problem.message());
                    let mut error = Problem::error(problem.span(), message);
                    if let Some(help) = problem.remedy() {
                        error = error.help(help);
                    }
                    self.problem(&rule.key, error);
                    return None;
                }
            }
        }
        Some(operations)
    }

    /// The vocabulary with the outputs of the rule's actions, if there are any.
    fn with_outputs(&self, rule: &Rule) -> Option<Vocabulary> {
        let mut vocabulary = None;
        for action in &rule.actions {
            let (Some(name), Some(first)) = (&action.name, action.instances.first()) else {
                continue;
            };
            if first.template.variety() == Variety::CheckWithOutput {
                let vocabulary = vocabulary.get_or_insert_with(|| self.vocabulary.clone());
                vocabulary.extend(first.template.outputs(&format!("{name}.output.")));
            }
        }
        vocabulary
    }

    fn problem(&mut self, key: &Key, problem: Problem) {
        let problem = ConfigProblem::new(Stage::Routing, key, problem);
        self.problems.push(problem);
    }
}

/// What precedes the fields of the output of an adapter that is not compiled in.
const REMOTE_PREFIX: &str = "output.";

/// What precedes the fields of the output of an attribute generator.
fn generated_prefix(template: &InstanceTemplate) -> String {
    match template {
        InstanceTemplate::Compiled { template, .. } => template.info().output_prefix(),
        InstanceTemplate::Remote { .. } => REMOTE_PREFIX.to_owned(),
    }
}

fn operation(
    compiler: &Compiler<'_>,
    language: Language,
    header: &HeaderSpec,
) -> Result<Vec<Expression>, Problem> {
    // What is removed has no value.
    if header.operation == Operation::Remove {
        return Ok(Vec::new());
    }
    let value = |text: &Text| match compiler.compile(language, &text.text) {
        Ok(expression) if expression.value_type() == ValueType::String => Ok(expression),
        Ok(expression) => {
            let message = format!(
                "expression '{text}' for the header `{}` evaluated to type {}, expected type {}",
                header.name,
                expression.value_type(),
                ValueType::String
            );
            let help = "write a text: the value of a header is one";
            Err(Problem::error(&text.place, message).help(help))
        }
        Err(error) => {
            let problem = Problem::error(&text.place, error.to_string());
            Err(match error.help() {
                Some(help) => problem.help(help),
                None => problem,
            })
        }
    };
    header.values.iter().map(value).collect()
}

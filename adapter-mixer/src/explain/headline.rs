//! Where the way of a request ended first.

use adapter_runtime::Code;
use adapter_runtime::document::{Content, Node, Span};
use adapter_runtime::template::{EvaluationProblem, Variety};

use super::expression::{join, one_line, why_failed, why_false};
use super::{Answer, Cause, Headline, Verb, config, dispatch_of};
use crate::config::{Condition, Handler, HandlerAdapter, Instance, Key, Rule, Snapshot};
use crate::language::EvaluationError;
use crate::remote::EncodeProblem;
use crate::runtime::{
    DispatchError, DispatchTrace, InstanceError, InstanceTrace, RuleOutcome, RuleTrace, Trace,
};

pub(super) fn find(verb: &Verb, answer: &Answer, trace: &Trace, snapshot: &Snapshot) -> Headline {
    let finder = Finder {
        verb,
        snapshot,
        dispatch: dispatch_of(verb, trace),
    };
    let failed = trace.dispatches.iter().find_map(|it| finder.failure(it));
    failed
        .or_else(|| finder.other_failure(answer))
        .or_else(|| finder.configuration())
        .or_else(|| finder.served(answer))
        .or_else(|| finder.no_match())
        .or_else(|| finder.other_quota())
        .or_else(|| finder.other_verb())
        .or_else(|| finder.other_namespace())
        .or_else(|| config::of_anything(snapshot))
        .unwrap_or_else(|| finder.nothing())
}

struct Finder<'a> {
    verb: &'a Verb,
    snapshot: &'a Snapshot,
    dispatch: Option<&'a DispatchTrace>,
}

impl Finder<'_> {
    /// An instance that could not be built, or a handler that failed.
    fn failure(&self, dispatch: &DispatchTrace) -> Option<Headline> {
        let mut instances = dispatch.instances.iter();
        let instance = instances.find_map(|it| Some((it, it.built.as_ref().err()?)));
        if let Some((instance, error)) = instance {
            return Some(self.not_built(instance, error));
        }
        let mut calls = dispatch.calls.iter();
        let (call, error) = calls.find_map(|it| Some((it, it.answer.as_ref().err()?)))?;
        let handler = self.handler(&call.handler);
        let address = handler.and_then(address);
        let error = one_line(error);
        let sentence = match &address {
            Some((address, _)) if error.contains("dialing") => format!(
                "the adapter of the handler `{}` can't be reached at `{address}`: {error}",
                call.handler
            ),
            _ => format!(
                "the handler `{}` was called and failed: {error}",
                call.handler
            ),
        };
        let headline = Headline::new(Cause::CallFailed, sentence);
        Some(match handler {
            Some(handler) => headline.at(&handler.place),
            None => headline,
        })
    }

    fn not_built(&self, trace: &InstanceTrace, error: &InstanceError) -> Headline {
        let mut instances = self.snapshot.instances.values();
        let instance = instances.find(|it| it.key.to_string() == trace.instance);
        let name = instance.map_or(trace.instance.clone(), |it| short(&it.key));
        let cause = expression_error(error);
        let (why, help) = match cause {
            Some(error) => why_failed(error, &self.snapshot.vocabulary),
            None => (one_line(&error.to_string()), None),
        };
        let sentence = format!(
            "the rule `{}` matches, but its instance `{name}` can't be built: {why}",
            short(&trace.rule)
        );
        let headline = Headline::new(Cause::InstanceFailed, sentence).help(help);
        let place = instance.map(|it| place_in(it, cause.map(EvaluationError::text)));
        match place {
            Some(place) => headline.at(&place),
            None => headline,
        }
    }

    /// What failed without being a step of the trace.
    fn other_failure(&self, answer: &Answer) -> Option<Headline> {
        let Answer::Failed(errors) = answer else {
            return None;
        };
        let error = errors.iter().next()?;
        if let DispatchError::Binding {
            attribute, error, ..
        } = error
        {
            let bound = |it: &Instance| {
                let mut bindings = it.attribute_bindings.iter();
                let place = bindings.find(|(name, _)| name.text == *attribute);
                place.map(|(_, text)| (it.key.clone(), text.place.clone()))
            };
            let found = self.snapshot.instances.values().find_map(|it| bound(it));
            let (why, help) = why_failed(error, &self.snapshot.vocabulary);
            let sentence = format!("the attribute `{attribute}` can't be made of an output: {why}");
            let headline = Headline::new(Cause::InstanceFailed, sentence).help(help);
            return Some(match found {
                Some((_, place)) => headline.at(&place),
                None => headline,
            });
        }
        let sentence = one_line(&error.to_string());
        Some(Headline::new(Cause::CallFailed, sentence))
    }

    /// What is wrong with rules that hold for the request.
    fn configuration(&self) -> Option<Headline> {
        let dispatch = self.dispatch?;
        let own = dispatch.namespace.namespace.as_str();
        config::of_rules(self.snapshot, &[own, &dispatch.default_namespace])
    }

    /// Handlers were called.
    fn served(&self, answer: &Answer) -> Option<Headline> {
        let dispatch = self.dispatch?;
        let mut called: Vec<String> = Vec::new();
        for call in &dispatch.calls {
            let name = format!("`{}`", call.handler);
            if !called.contains(&name) {
                called.push(name);
            }
        }
        let directs = matches!(answer, Answer::Check(it) if it.directive.is_some());
        if called.is_empty() && !directs {
            return None;
        }
        let who = match &called[..] {
            [] => "rules change its headers".to_owned(),
            called => format!("asked: {}", join(called)),
        };
        let denied = |code: i32, message: &str| {
            let code = Code::from_number(code).map_or(code.to_string(), |it| it.to_string());
            let mut handlers = dispatch.calls.iter().map(|it| &*it.handler);
            let said = handlers.find(|it| message.starts_with(&format!("{it}:")));
            let headline = match said {
                Some(name) => {
                    let message = &message[name.len() + 1..];
                    let sentence =
                        format!("denied with {code} by the handler `{name}`: {message:?}");
                    Headline::new(Cause::Denied, sentence)
                }
                None => Headline::new(Cause::Denied, format!("denied with {code}: {message:?}")),
            };
            match said.and_then(|name| self.handler(name)) {
                Some(handler) => headline.at(&handler.place),
                None => headline,
            }
        };
        Some(match answer {
            Answer::Check(verdict) if !verdict.is_ok() => {
                denied(verdict.status.code, &verdict.status.message)
            }
            Answer::Quota(grant) if grant.status.code != 0 => {
                denied(grant.status.code, &grant.status.message)
            }
            Answer::Quota(grant) if grant.amount == 0 => {
                let sentence = format!("nothing is granted; {who}");
                Headline::new(Cause::Denied, sentence)
            }
            Answer::Quota(grant) => {
                let sentence = format!("{} granted; {who}", grant.amount);
                Headline::new(Cause::Served, sentence)
            }
            Answer::Reported => {
                let sentence = format!("reported to {}", join(&called));
                Headline::new(Cause::Served, sentence)
            }
            _ => Headline::new(Cause::Served, format!("allowed; {who}")),
        })
    }

    /// Rules that are about other requests.
    fn no_match(&self) -> Option<Headline> {
        let dispatch = self.dispatch?;
        let rules = dispatch.rules.iter().filter(|it| it.concerned);
        let of = |it: &RuleTrace| self.rule_headline(it);
        let mut found: Vec<_> = rules.filter_map(of).collect();
        // Those of the request's own namespace say more than those for all.
        let own = |it: &(Key, Headline)| it.0.namespace == dispatch.default_namespace;
        found.sort_by_key(own);
        if found.iter().all(own) && dispatch.namespace.namespace.is_empty() {
            // Perhaps others are meant, which the request can't reach.
            if let Some(headline) = self.other_namespace() {
                return Some(headline);
            }
        }
        // What can't be evaluated is seldom meant.
        let absent = found
            .iter()
            .position(|it| it.1.cause == Cause::AttributeAbsent);
        let count = found.len();
        let (_, mut headline) = found.into_iter().nth(absent.unwrap_or(0))?;
        if count > 1 {
            let others = match count - 1 {
                1 => "another rule doesn't match either".to_owned(),
                others => format!("{others} other rules don't match either"),
            };
            headline.sentence.push_str(&format!(" ({others})"));
        }
        Some(headline)
    }

    fn rule_headline(&self, trace: &RuleTrace) -> Option<(Key, Headline)> {
        let name = short(&trace.rule);
        let rule = self.rule(&trace.rule);
        let text = rule.and_then(|it| it.text.as_ref());
        let place = text.map_or(&trace.place, |it| &it.place);
        let headline = match &trace.outcome {
            RuleOutcome::NotMatched(evaluated) if evaluated.parts.is_empty() => {
                let condition = one_line(&evaluated.text);
                let sentence = format!(
                    "the rule `{name}` is switched off: its condition is `{condition}`, whatever \
                     the request"
                );
                Headline::new(Cause::SwitchedOff, sentence)
            }
            RuleOutcome::NotMatched(evaluated) => {
                let why = why_false(evaluated);
                let sentence = format!("the rule `{name}` doesn't match: {why}");
                Headline::new(Cause::NotMatched, sentence)
            }
            RuleOutcome::Failed(_, error) => {
                let (why, help) = why_failed(error, &self.snapshot.vocabulary);
                let sentence = format!("the rule `{name}` doesn't match: {why}");
                let cause = match error.is_absence() {
                    true => Cause::AttributeAbsent,
                    false => Cause::NotMatched,
                };
                Headline::new(cause, sentence).help(help)
            }
            _ => return None,
        };
        Some((trace.rule.clone(), headline.at(place)))
    }

    /// A quota of another name.
    fn other_quota(&self) -> Option<Headline> {
        let Verb::Quota(quota) = self.verb else {
            return None;
        };
        let dispatch = self.dispatch?;
        let concerned = dispatch.rules.iter().filter(|it| it.concerned);
        let rule = concerned.filter_map(|it| self.rule(&it.rule)).next()?;
        let quotas = rule.actions.iter().flat_map(|it| &it.instances);
        let quotas = quotas.filter(|it| it.template.variety() == Variety::Quota);
        let names: Vec<_> = quotas.map(|it| format!("`{}`", it.key.name)).collect();
        let sentence = format!(
            "no rule counts a quota called `{}`: the rule `{}` counts {}",
            quota.name,
            short(&rule.key),
            join(&names)
        );
        Some(Headline::new(Cause::OtherQuota, sentence).at(&rule.place))
    }

    /// Rules that hold for the request, but send something else.
    fn other_verb(&self) -> Option<Headline> {
        let dispatch = self.dispatch?;
        let matching = |it: &&RuleTrace| {
            matches!(it.outcome, RuleOutcome::Always | RuleOutcome::Matched(_)) && !it.concerned
        };
        let all = || dispatch.rules.iter().filter(|it| !it.concerned);
        let rule = all().find(matching).or_else(|| all().next())?;
        let rule = self.rule(&rule.rule)?;
        let asked = self.verb.name();
        let others = varieties(rule).into_iter().filter_map(verb_of);
        let mut others: Vec<_> = others.filter(|it| *it != asked).collect();
        others.dedup();
        let first = *others.first()?;
        let sentence = format!(
            "the rule `{}` sends nothing with a {asked}: its instances are for a {first}",
            short(&rule.key)
        );
        let help = match first {
            "quota" => "ask for the quota".to_owned(),
            first => format!("send the request as a {first}"),
        };
        let headline = Headline::new(Cause::OtherVerb, sentence).at(&rule.place);
        Some(headline.help(help))
    }

    /// Rules of other namespaces.
    fn other_namespace(&self) -> Option<Headline> {
        let dispatch = self.dispatch?;
        let chosen = &dispatch.namespace;
        let held = [&chosen.namespace, &dispatch.default_namespace];
        let elsewhere = |key: &Key| !held.contains(&&key.namespace);
        let rules = || self.snapshot.rules.iter().filter(|it| elsewhere(&it.key));
        let asked = self.verb.variety();
        let rule = rules().find(|it| varieties(it).contains(&asked));
        let rule = rule.or_else(|| rules().next())?;
        let why = match (chosen.attribute, chosen.namespace.as_str()) {
            (None, _) => "`context.reporter.kind` is neither `inbound` nor `outbound`".to_owned(),
            (Some(attribute), "") => format!("`{attribute}` is absent"),
            (Some(attribute), namespace) => format!("`{attribute}` is \"{namespace}\""),
        };
        let sentence = format!(
            "the rule `{}` holds for requests of the namespace `{}` alone, and of this one {why}",
            short(&rule.key),
            rule.key.namespace
        );
        let default = &dispatch.default_namespace;
        let help = format!("put the rule into `{default}`, where rules hold for all requests");
        let headline = Headline::new(Cause::OtherNamespace, sentence).at(&rule.place);
        Some(headline.help(help))
    }

    /// There is no rule.
    fn nothing(&self) -> Headline {
        let Some(handler) = self.snapshot.handlers.values().next() else {
            let warned = self.snapshot.problems.first();
            let headline = Headline::new(
                Cause::NoRule,
                "the configuration has neither a handler nor a rule".to_owned(),
            );
            return match warned {
                Some(problem) => Headline {
                    cause: Cause::Configuration,
                    sentence: problem.message().to_owned(),
                    place: Some(problem.problem.span().clone()),
                    remedy: problem.problem.remedy().map(str::to_owned),
                },
                None => headline,
            };
        };
        let sentence = format!(
            "no rule sends anything to the handler `{}.{}`",
            handler.key.name, handler.key.namespace
        );
        let help = "write a rule whose action names the handler and an instance".to_owned();
        let headline = Headline::new(Cause::NoRule, sentence).at(&handler.place);
        headline.help(help)
    }

    fn handler(&self, name: &str) -> Option<&Handler> {
        let mut handlers = self.snapshot.handlers.values();
        handlers.find(|it| it.name == name).map(|it| &**it)
    }

    fn rule(&self, key: &Key) -> Option<&Rule> {
        let mut rules = self.snapshot.rules.iter();
        rules.find(|it| it.key == *key).map(|it| &**it)
    }
}

/// `name.namespace`, as references are mostly written.
pub(super) fn short(key: &Key) -> String {
    format!("{}.{}", key.name, key.namespace)
}

/// What the instances of a rule ask of adapters.
fn varieties(rule: &Rule) -> Vec<Variety> {
    let instances = rule.actions.iter().flat_map(|it| &it.instances);
    let mut varieties: Vec<_> = instances
        .map(|it| match it.template.variety() {
            Variety::CheckWithOutput => Variety::Check,
            variety => variety,
        })
        .collect();
    let directs = !rule.request_headers.is_empty() || !rule.response_headers.is_empty();
    if directs && !matches!(rule.condition, Condition::Broken) {
        varieties.push(Variety::Check);
    }
    varieties
}

fn verb_of(variety: Variety) -> Option<&'static str> {
    match variety {
        Variety::Check | Variety::CheckWithOutput => Some("check"),
        Variety::Report => Some("report"),
        Variety::Quota => Some("quota"),
        _ => None,
    }
}

/// Where an adapter is called over the network.
fn address(handler: &Handler) -> Option<(String, &Span)> {
    match &handler.adapter {
        HandlerAdapter::Remote(it) => {
            let connection = it.connection.as_ref()?;
            Some((connection.address.clone(), &handler.place))
        }
        HandlerAdapter::Compiled(_) => None,
    }
}

/// The expression that has no value.
fn expression_error(error: &InstanceError) -> Option<&EvaluationError> {
    match error {
        InstanceError::Compiled(error) => match &error.problem {
            EvaluationProblem::Expression(error) => Some(error),
            _ => None,
        },
        InstanceError::Remote(error) => match &error.problem {
            EncodeProblem::Expression(error) => Some(error),
            EncodeProblem::Value(_) => None,
        },
    }
}

/// Where an expression of an instance is written.
fn place_in(instance: &Instance, expression: Option<&str>) -> Span {
    let written = instance.written_node();
    let found = expression.and_then(|text| text_in(written?, text));
    found.unwrap_or_else(|| instance.place.clone())
}

fn text_in(node: &Node, text: &str) -> Option<Span> {
    match node.content() {
        Content::Text(found) if found.trim() == text.trim() => Some(node.span().clone()),
        Content::Sequence(items) => items.iter().find_map(|it| text_in(it, text)),
        Content::Mapping(mapping) => mapping.iter().find_map(|it| text_in(it.value(), text)),
        _ => None,
    }
}

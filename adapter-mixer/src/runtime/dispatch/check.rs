//! Checks.

use adapter_runtime::FailPolicy;
use adapter_runtime::proto::model;
use adapter_runtime::template::Variety;
use adapter_runtime::{Cache, CheckResult};

use super::super::callee::{Answer, Asked};
use super::output::add;
use super::verdict::{Combination, Verdict};
use super::{DispatchErrors, Namespaces, Request, Session, log_failed_open};
use crate::attribute::{Attributes, Bag, ValueRef};
use crate::proto::mixer::header_operation::Operation;
use crate::proto::mixer::{HeaderOperation, RouteDirective};

/// What a check comes to.
pub type CheckAnswer = Verdict;

impl Session<'_> {
    /// Asks all handlers that rules send the request to.
    pub(crate) async fn check(&self, request: Request<'_>) -> Result<CheckAnswer, DispatchErrors> {
        let attributes = request.attributes;
        let namespaces = self.namespaces(attributes, Variety::Check);
        let (mut errors, mut pending) = (DispatchErrors::default(), Vec::new());
        for namespace in namespaces.into_iter().flatten() {
            let destinations = namespace.destinations(Variety::Check);
            self.collect(destinations, attributes, &mut pending, &mut errors);
        }
        let mut combination = Combination::new();
        let mut outputs = Bag::over(attributes);
        let asked = Asked::About;
        let answered = |destination: &super::Destination, routed: &super::Routed, outcome| {
            let result = match outcome {
                Ok(Answer::Check(result)) => result,
                Ok(Answer::CheckWithOutput(result, output)) => {
                    if let Some(prefix) = &routed.output_prefix {
                        add(&mut outputs, prefix, &output);
                    }
                    result
                }
                Ok(_) => model::CheckResult::default(),
                Err(error) if destination.handler.fail_policy == FailPolicy::Open => {
                    log_failed_open(destination, &error);
                    (&CheckResult::allow().cache(Cache::Never)).into()
                }
                Err(error) => return errors.push(error),
            };
            let verdict = Verdict::from(result);
            combination.add(&destination.handler.name, verdict);
        };
        self.call_all(pending, request.deadline, asked, answered)
            .await;
        let mut verdict = errors.or(combination)?.finish();
        if verdict.is_ok() {
            self.direct(&namespaces, &outputs, &mut verdict);
        }
        if let Some(tracer) = self.tracer {
            tracer.decided(&verdict);
        }
        Ok(verdict)
    }

    /// Adds the header operations of the rules.
    fn direct(
        &self,
        namespaces: &Namespaces<'_>,
        attributes: &dyn Attributes,
        verdict: &mut Verdict,
    ) {
        let groups = namespaces.iter().flatten().flat_map(|it| &it.directives);
        for group in groups {
            let condition = group.condition.as_ref();
            if condition.is_some_and(|it| !super::super::is_true(it, attributes)) {
                continue;
            }
            for operation in &group.operations {
                let mut emit = |value: String| {
                    let directive = verdict.directive.get_or_insert_default();
                    let RouteDirective {
                        request_header_operations: request,
                        response_header_operations: response,
                        ..
                    } = directive;
                    let list = if operation.of_request {
                        request
                    } else {
                        response
                    };
                    list.push(HeaderOperation {
                        name: operation.name.clone(),
                        value,
                        operation: operation.operation.into(),
                    });
                };
                if operation.operation == Operation::Remove {
                    emit(String::new());
                    continue;
                }
                for value in &operation.values {
                    match value.evaluate_ref(attributes) {
                        // An empty value stands for none.
                        Ok(ValueRef::String(text)) if !text.is_empty() => emit(text.into_owned()),
                        Ok(_) => {}
                        Err(error) => {
                            let rule = &group.rule.key;
                            let header = operation.name.as_str();
                            tracing::warn!(
                                %rule,
                                header,
                                "the header's value is left out: {error}"
                            );
                        }
                    }
                }
            }
        }
    }
}

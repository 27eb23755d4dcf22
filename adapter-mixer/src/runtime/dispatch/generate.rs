//! Attributes that are generated before a request is checked or reported.

use adapter_runtime::template::Variety;

use super::super::callee::{Answer, Asked, CallError, Outputs};
use super::output::WithOutput;
use super::{DispatchError, DispatchErrors, Request, Session};
use crate::attribute::Bag;

impl Session<'_> {
    /// The attributes that handlers generate; none of them is one that the request has.
    pub(crate) async fn preprocess(
        &self,
        request: Request<'_>,
    ) -> Result<Bag<'static>, DispatchErrors> {
        let attributes = request.attributes;
        let namespaces = self.namespaces(attributes, Variety::AttributeGenerator);
        let (mut errors, mut pending) = (DispatchErrors::default(), Vec::new());
        for namespace in namespaces.into_iter().flatten() {
            let destinations = namespace.destinations(Variety::AttributeGenerator);
            self.collect(destinations, attributes, &mut pending, &mut errors);
        }
        let mut generated = Bag::new();
        let answered = |_: &super::Destination, routed: &super::Routed, outcome| {
            let output = match outcome {
                Ok(Answer::Generated(output)) => output,
                Ok(_) => return,
                Err(error) => return errors.push(of_generator(error)),
            };
            let remote = matches!(output, Outputs::Remote(_));
            let view = WithOutput {
                prefix: routed.output_prefix.as_deref().unwrap_or_default(),
                output: &output,
                request: attributes,
            };
            let mut bound = Bag::new();
            for binding in &*routed.bindings {
                match binding.expression.evaluate(&view) {
                    Ok(value) => bound.insert(binding.attribute.clone(), value),
                    Err(error) => {
                        let attribute = binding.attribute.to_string();
                        return errors.push(DispatchError::Binding {
                            attribute,
                            error,
                            remote,
                        });
                    }
                }
            }
            generated.merge(&bound);
        };
        self.call_all(pending, request.deadline, Asked::About, answered)
            .await;
        let mut generated = errors.or(generated)?;
        // What the client sent is never replaced.
        let sent = |(name, _): (&str, &_)| attributes.contains(name).then(|| name.to_owned());
        let sent: Vec<_> = generated.own().filter_map(sent).collect();
        for name in sent {
            generated.insert(name, adapter_runtime::value::Value::Unset);
        }
        Ok(generated)
    }
}

/// Mixer has words of its own for generators in other processes.
fn of_generator(error: DispatchError) -> DispatchError {
    match error {
        DispatchError::Handler {
            handler,
            error: error @ CallError::Remote(_),
        } => DispatchError::Generator { handler, error },
        error => error,
    }
}

//! Where the adapters of this program are called, whatever their handlers say.

use std::borrow::Cow;

use adapter_runtime::document::{self, Problems};

use super::fields::Text;
use super::hosts::Hosts;
use super::spec::{HandlerSpec, InstanceSpec};

/// Where the adapters of this program are called.
///
/// What operators write for an adapter says whether it is called over the network (`adapter:`,
/// `template:`, `connection:`) or in the process (`compiledAdapter:`, `compiledTemplate:`). These
/// take the one for the other, so that the same resources serve in a cluster and in a test.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Calls {
    /// Where their handlers say.
    #[default]
    AsWritten,
    /// In this process, also where a handler has an address for them. Adapters that this program
    /// has not are called where their handlers say.
    InProcess,
    /// Over gRPC at this address, also where a handler names them as compiled in. The resources of
    /// the adapters and of their templates must be in `istio-system`.
    OverGrpc(String),
}

/// Where the resources are that describe adapters and templates.
const DESCRIBED_IN: &str = "istio-system";

impl Hosts {
    /// What a handler says, for where its adapter is called.
    pub(super) fn handler<'s>(&self, spec: &'s HandlerSpec) -> Cow<'s, HandlerSpec> {
        let (compiled, remote) = (&spec.compiled_adapter, &spec.adapter);
        match (self.calls(), compiled, remote) {
            (Calls::InProcess, None, Some(written)) => match self.adapter(first(&written.text)) {
                Some(adapter) => Cow::Owned(HandlerSpec {
                    compiled_adapter: Some(text(adapter.name(), written)),
                    adapter: None,
                    connection: None,
                    ..spec.clone()
                }),
                None => Cow::Borrowed(spec),
            },
            (Calls::OverGrpc(address), compiled, remote) => {
                let written = compiled.as_ref().or(remote.as_ref());
                let known = written.and_then(|it| Some((self.adapter(first(&it.text))?, it)));
                let Some((adapter, written)) = known else {
                    return Cow::Borrowed(spec);
                };
                let connection = format!("address: {address:?}\n");
                let connection = document::parse("connection", connection, &mut Problems::new());
                Cow::Owned(HandlerSpec {
                    compiled_adapter: None,
                    adapter: Some(match remote {
                        Some(remote) => remote.clone(),
                        None => text(&described(adapter.name()), written),
                    }),
                    connection: connection.into_iter().next(),
                    ..spec.clone()
                })
            }
            _ => Cow::Borrowed(spec),
        }
    }

    /// What an instance says, for where the adapters are called that list its template.
    pub(super) fn instance<'s>(&self, spec: &'s InstanceSpec) -> Cow<'s, InstanceSpec> {
        let (compiled, remote) = (&spec.compiled_template, &spec.template);
        match (self.calls(), compiled, remote) {
            (Calls::InProcess, None, Some(written)) => {
                let Some(template) = self.template_of_resource(first(&written.text)) else {
                    return Cow::Borrowed(spec);
                };
                Cow::Owned(InstanceSpec {
                    compiled_template: Some(text(template.info().name, written)),
                    template: None,
                    attribute_bindings: bindings(spec, |text| output(text, "output.", "$out.")),
                    ..spec.clone()
                })
            }
            (Calls::OverGrpc(_), Some(written), _) => {
                let Some(resource) = self.resource_of_template(&written.text) else {
                    return Cow::Borrowed(spec);
                };
                Cow::Owned(InstanceSpec {
                    compiled_template: None,
                    template: Some(text(&described(resource), written)),
                    attribute_bindings: bindings(spec, |text| text.replace("$out.", "output.")),
                    ..spec.clone()
                })
            }
            _ => Cow::Borrowed(spec),
        }
    }
}

fn described(name: &str) -> String {
    format!("{name}.{DESCRIBED_IN}")
}

/// The name of a resource, of a reference to it.
fn first(reference: &str) -> &str {
    reference.split('.').next().unwrap_or_default()
}

/// Another text at the same place.
fn text(new: &str, written: &Text) -> Text {
    Text {
        text: new.to_owned(),
        place: written.place.clone(),
    }
}

fn bindings(spec: &InstanceSpec, change: impl Fn(&str) -> String) -> Vec<(Text, Text)> {
    let bindings = spec.attribute_bindings.iter();
    bindings
        .map(|(name, bound)| (name.clone(), text(&change(&bound.text), bound)))
        .collect()
}

/// Replaces what attributes begin with, not what is within their names.
fn output(expression: &str, from: &str, to: &str) -> String {
    let mut out = String::with_capacity(expression.len());
    let mut rest = expression;
    while let Some(at) = rest.find(from) {
        let before = rest[..at].chars().next_back();
        let within = before.is_some_and(|it| it.is_alphanumeric() || "._-$\"".contains(it));
        out.push_str(&rest[..at]);
        out.push_str(if within { from } else { to });
        rest = &rest[at + from.len()..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::output;

    #[test]
    fn an_output_is_the_beginning_of_an_attribute() {
        let bound = |text| output(text, "output.", "$out.");
        assert_eq!(bound("output.size | 0"), "$out.size | 0");
        assert_eq!(bound("(output.a)"), "($out.a)");
        assert_eq!(bound("my.output.size"), "my.output.size");
        assert_eq!(bound("$output.size"), "$output.size");
    }
}

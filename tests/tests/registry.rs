//! Adapters that can't be served together are refused, with both places.

use adapter_runtime::template::metric;
use adapter_runtime::{Registration, Registry, RegistryError};

/// An adapter in a module of its own, so that several may have the same name.
macro_rules! adapter {
    ($module:ident, name = $name:literal, package = $package:literal, templates = $templates:tt) => {
        mod $module {
            use adapter_runtime::prelude::*;

            /// Does nothing.
            #[mixer_adapter(name = $name, package = $package, templates = $templates)]
            pub(crate) struct Idle;

            impl Adapter for Idle {
                type Config = NoConfig;

                async fn build(_: NoConfig, _: Setup) -> Result<Idle, BuildError> {
                    Ok(Idle)
                }
            }
        }
    };
}

macro_rules! handles_metric {
    ($($template:path => $adapter:path),+) => {$(
        const _: () = {
            use adapter_runtime::{Call, HandlerError};
            use $template::{Handler, Instance};

            impl Handler for $adapter {
                async fn handle_metric(
                    &self,
                    _: &Call,
                    _: Vec<Instance>,
                ) -> Result<(), HandlerError> {
                    Ok(())
                }
            }
        };
    )+};
}

/// A template whose package is that of a built-in one.
mod impostor {
    use adapter_runtime::mixer_template;

    /// Nothing.
    #[mixer_template(report, package = "metric")]
    pub(crate) struct Instance {}
}

adapter!(a, name = "same-name", package = "a", templates = ["metric"]);
adapter!(b, name = "same-name", package = "b", templates = ["metric"]);
adapter!(c, name = "c", package = "a", templates = ["metric"]);
adapter!(d, name = "d", package = "d", templates = [crate::impostor]);
handles_metric!(metric => a::Idle, metric => b::Idle, metric => c::Idle, impostor => d::Idle);

fn refused(adapters: [Registration; 2]) -> (RegistryError, String) {
    let error = Registry::new(adapters).expect_err("they don't fit together");
    let text = error.to_string();
    assert_eq!(
        text.matches("tests/registry.rs:").count(),
        2,
        "both places are named: {text}"
    );
    let [a, b] = adapters;
    assert_eq!(Registry::new([b, a]).expect_err("in any order"), error);
    (error, text)
}

#[test]
fn two_adapters_of_one_name() {
    let (error, text) = refused([
        Registration::new::<a::Idle>(),
        Registration::new::<b::Idle>(),
    ]);
    assert!(matches!(error, RegistryError::DuplicateName { .. }));
    assert!(
        text.starts_with("two adapters are called `same-name`, at "),
        "{text}"
    );
}

#[test]
fn two_adapters_of_one_configuration_type_and_template() {
    let (error, text) = refused([
        Registration::new::<a::Idle>(),
        Registration::new::<c::Idle>(),
    ]);
    assert!(matches!(error, RegistryError::SameConfig { .. }));
    assert!(
        text.contains("the template `metric` with a configuration of the type `a.Params`"),
        "{text}"
    );
}

#[test]
fn two_templates_on_one_path() {
    let (error, text) = refused([
        Registration::new::<a::Idle>(),
        Registration::new::<d::Idle>(),
    ]);
    assert!(matches!(error, RegistryError::SamePath { .. }));
    assert!(text.contains("impostor::Template"), "{text}");
    assert!(
        text.contains("/metric.HandleMetricService/HandleMetric"),
        "{text}"
    );
}

#[test]
fn no_adapter() {
    let error = Registry::new([]).expect_err("there is none");
    assert_eq!(error, RegistryError::Empty);
    assert!(error.to_string().contains("`use my_adapters as _;`"));
}

#[test]
fn adapters_are_sorted_by_name() {
    let registry = Registry::new([
        Registration::new::<c::Idle>(),
        Registration::new::<b::Idle>(),
    ]);
    let registry = registry.expect("they fit together");
    assert_eq!(registry.names().collect::<Vec<_>>(), ["c", "same-name"]);
    let info = &registry.info()[0];
    assert_eq!(info.config.type_url, "type.googleapis.com/a.Params");
    assert_eq!(info.implementation, "registry::c");
    assert_eq!(info.description, "Does nothing.");
    assert!(
        info.source.contains("tests/registry.rs:"),
        "{}",
        info.source
    );
}

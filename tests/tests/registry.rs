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

mod described {
    //! Configurations in which two things have one name.

    use adapter_runtime::AdapterConfig;

    #[derive(AdapterConfig)]
    pub(super) struct Values {
        level: Level,
        mode: Mode,
    }

    #[derive(AdapterConfig)]
    enum Level {
        Off,
        _Debug,
    }

    #[derive(AdapterConfig)]
    enum Mode {
        Off,
        _On,
    }

    #[derive(AdapterConfig)]
    pub(super) struct Types {
        one: one::Options,
        two: two::Options,
    }

    mod one {
        #[derive(super::AdapterConfig)]
        pub(super) struct Options {}
    }

    mod two {
        #[derive(super::AdapterConfig)]
        pub(super) struct Options {}
    }

    #[derive(AdapterConfig)]
    pub(super) struct Json {
        file_path: String,
        #[config(name = "filePath")]
        other: String,
    }

    #[derive(AdapterConfig)]
    pub(super) struct Defaults {
        backends: Vec<Backend>,
    }

    #[derive(AdapterConfig)]
    struct Backend {
        #[config(default = 0, positive)]
        size: i32,
    }
}

macro_rules! configured {
    ($($name:ident: $config:ty;)+) => {$(
        mod $name {
            use adapter_runtime::prelude::*;
            use adapter_runtime::template::reportnothing;

            use super::described;

            #[mixer_adapter(templates = ["reportnothing"])]
            pub(super) struct Reporter;

            impl Adapter for Reporter {
                type Config = $config;

                async fn build(_: $config, _: Setup) -> Result<Reporter, BuildError> {
                    Ok(Reporter)
                }
            }

            impl reportnothing::Handler for Reporter {
                async fn handle_report_nothing(
                    &self,
                    _: &Call,
                    _: Vec<reportnothing::Instance>,
                ) -> Result<(), HandlerError> {
                    Ok(())
                }
            }
        }
    )+};
}

configured! {
    values: described::Values;
    types: described::Types;
    json: described::Json;
    defaults: described::Defaults;
}

#[test]
fn a_configuration_that_can_not_be_described_to_mixer() {
    for (adapter, problem) in [
        (
            Registration::new::<values::Reporter>(),
            "in the message `Params` the value `OFF` of the enum `Level` and the value `OFF` of \
             the enum `Mode` have the same name: give one of them another one, as `#[config(name \
             = \"…\")]`",
        ),
        (
            Registration::new::<types::Reporter>(),
            "in the message `Params` the type `Options` and the type `Options` have the same name",
        ),
        (
            Registration::new::<defaults::Reporter>(),
            "the default of `size` is against its own rule: it must be positive, got 0",
        ),
        (
            Registration::new::<json::Reporter>(),
            "in the message `Params` the field `file_path` (in JSON `filePath`) and the field \
             `filePath` (in JSON `filePath`) have the same name",
        ),
    ] {
        let error = Registry::new([adapter]).expect_err("it is ambiguous");
        assert!(matches!(error, RegistryError::Config { .. }));
        let text = error.to_string();
        let beginning = "the configuration of the adapter `reporter` at tests/tests/registry.rs:";
        assert!(
            text.starts_with(beginning) && text.contains(problem),
            "{text}"
        );
    }
}

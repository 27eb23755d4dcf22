//! The adapters of a program.

use std::collections::HashMap;
use std::panic::Location;

use crate::definition::{Info, Registration};
use crate::document::quote;

/// The adapters of a program, sorted by name and known to be servable together.
#[derive(Clone, Debug)]
pub struct Registry {
    registrations: Vec<Registration>,
}

/// Why adapters can't be registered together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// There is no adapter.
    #[error(
        "no adapter is registered. A crate whose adapters are to be linked must be named in this \
         program: add `use my_adapters as _;` to its main.rs, with the name of your adapters' \
         crate. An adapter of this program itself needs `#[mixer_adapter]`"
    )]
    Empty,
    /// Two adapters have the same name.
    #[error(
        "two adapters are called `{name}`, at {first} and at {second}: operators could not tell \
         them apart. Give one of them another `name`"
    )]
    DuplicateName {
        /// The name.
        name: String,
        /// Where the one is.
        first: &'static Location<'static>,
        /// Where the other is.
        second: &'static Location<'static>,
    },
    /// Two adapters handle the same template with configurations of the same type.
    #[error(
        "the adapters `{first_name}` at {first} and `{second_name}` at {second} both handle the \
         template `{template}` with a configuration of the type `{config_type}`: a request could \
         be for either. Give one of them another `package`"
    )]
    SameConfig {
        /// The template.
        template: String,
        /// The full name of the configuration's message.
        config_type: String,
        /// The name of the one.
        first_name: String,
        /// Where the one is.
        first: &'static Location<'static>,
        /// The name of the other.
        second_name: String,
        /// Where the other is.
        second: &'static Location<'static>,
    },
    /// The configuration of an adapter can't be described to Mixer.
    #[error("the configuration of the adapter `{name}` at {source_place}: {problem}")]
    Config {
        /// The name of the adapter.
        name: String,
        /// Where it is.
        source_place: &'static Location<'static>,
        /// What is wrong with the messages, and what to do.
        problem: String,
    },
    /// Two different templates are called under the same gRPC path.
    #[error(
        "`{first_template}`, listed at {first}, and `{second_template}`, listed at {second}, are \
         two templates but share the gRPC path {path}. Give one of them another `package`"
    )]
    SamePath {
        /// The path.
        path: String,
        /// The one template.
        first_template: &'static str,
        /// Where the one is listed.
        first: &'static Location<'static>,
        /// The other template.
        second_template: &'static str,
        /// Where the other is listed.
        second: &'static Location<'static>,
    },
}

impl Registry {
    /// The adapters that are linked into this program.
    ///
    /// # Errors
    /// If there are none, or if they can't be served together.
    pub fn collect() -> Result<Registry, RegistryError> {
        Registry::new(inventory::iter::<Registration>.into_iter().copied())
    }

    /// These adapters, e.g. `Registry::new([Registration::new::<MyAdapter>()])`.
    ///
    /// # Errors
    /// If there are none, or if they can't be served together.
    pub fn new(
        registrations: impl IntoIterator<Item = Registration>,
    ) -> Result<Registry, RegistryError> {
        let mut registrations: Vec<_> = registrations.into_iter().collect();
        // The place makes errors the same whatever the linker's order.
        registrations.sort_by_key(|r| (r.adapter.name(), r.source.to_string()));
        if registrations.is_empty() {
            return Err(RegistryError::Empty);
        }
        distinct_names(&registrations)?;
        distinct_paths(&registrations)?;
        distinct_configs(&registrations)?;
        describable_configs(&registrations)?;
        Ok(Registry { registrations })
    }

    /// No adapters.
    pub(crate) fn none() -> Registry {
        Registry {
            registrations: Vec::new(),
        }
    }

    /// What each adapter says of itself, sorted by name.
    #[must_use]
    pub fn info(&self) -> Vec<Info> {
        self.registrations.iter().map(Registration::info).collect()
    }

    /// The names of the adapters, sorted.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.registrations
            .iter()
            .map(|registration| registration.adapter.name())
    }

    pub(crate) fn registrations(&self) -> &[Registration] {
        &self.registrations
    }
}

fn describable_configs(registrations: &[Registration]) -> Result<(), RegistryError> {
    for registration in registrations {
        let schema = registration.adapter.schema();
        let wrong_default = || {
            let errors = schema.wrong_defaults();
            let first = errors.iter().next()?;
            Some(format!(
                "the default of {} is against its own rule: it {}",
                quote(&first.field),
                first.message
            ))
        };
        if let Some(problem) = schema.clash().or_else(wrong_default) {
            return Err(RegistryError::Config {
                name: registration.adapter.name().to_owned(),
                source_place: registration.source,
                problem,
            });
        }
    }
    Ok(())
}

fn distinct_names(sorted: &[Registration]) -> Result<(), RegistryError> {
    for pair in sorted.windows(2) {
        let name = pair[0].adapter.name();
        if name == pair[1].adapter.name() {
            return Err(RegistryError::DuplicateName {
                name: name.to_owned(),
                first: pair[0].source,
                second: pair[1].source,
            });
        }
    }
    Ok(())
}

fn distinct_paths(registrations: &[Registration]) -> Result<(), RegistryError> {
    let mut by_path = HashMap::new();
    for registration in registrations {
        for template in registration.adapter.templates() {
            let (first, source) = *by_path
                .entry(template.info.path)
                .or_insert((template, registration.source));
            if first.id != template.id {
                return Err(RegistryError::SamePath {
                    path: template.info.path.to_owned(),
                    first_template: (first.path)(),
                    first: source,
                    second_template: (template.path)(),
                    second: registration.source,
                });
            }
        }
    }
    Ok(())
}

fn distinct_configs(registrations: &[Registration]) -> Result<(), RegistryError> {
    let mut by_config = HashMap::new();
    for registration in registrations {
        let config_type = registration.adapter.config_type();
        for template in registration.adapter.templates() {
            let key = (template.info.path, config_type.clone());
            if let Some(first) = by_config.insert(key, registration) {
                return Err(RegistryError::SameConfig {
                    template: template.info.name.to_owned(),
                    config_type,
                    first_name: first.adapter.name().to_owned(),
                    first: first.source,
                    second_name: registration.adapter.name().to_owned(),
                    second: registration.source,
                });
            }
        }
    }
    Ok(())
}

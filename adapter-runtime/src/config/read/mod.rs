//! A configuration from what the operator writes, YAML or JSON.
//!
//! As in Mixer, what is written is encoded field by field, and the adapter's side decodes it: so a
//! document and the wire can't mean different things.

mod places;
mod scalar;
mod walk;

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use self::places::Places;
use super::AdapterConfig;
use crate::adapter::{Adapter, InstanceTypes};
use crate::document::{self, Node, Problem, Problems};
use crate::error::{Cause, ConfigError, ConfigErrors};

/// More are not kept: a large document may be wrong in every line.
const MOST_PROBLEMS: usize = 1_000;

/// Who encodes what operators write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoder {
    /// Mixer, for an adapter over gRPC, by its descriptor.
    Dynamic,
    /// Mixer, for an adapter within it. It also takes the number of a value of an enum.
    Compiled,
}

/// A configuration as it was read from a document, with the places of its values: for who checks
/// more than [`AdapterConfig::from_document`] does.
///
/// ```
/// use adapter_runtime::config::Reading;
/// use adapter_runtime::document::{self, Problems};
/// use adapter_runtime::{AdapterConfig, ConfigErrors};
///
/// #[derive(AdapterConfig)]
/// struct Params {
///     hosts: Vec<String>,
/// }
///
/// let mut problems = Problems::new();
/// let text = "params:\n  hosts:\n  - a.example\n  - b.example\n";
/// let documents = document::parse("handler.yaml", text, &mut problems);
///
/// let mut reading = Reading::<Params>::of(documents[0].nearest("params"));
/// reading.check();
/// let mut errors = ConfigErrors::new();
/// errors.push("hosts[1]", "can't be resolved");
/// reading.place(&errors);
/// assert!(reading.finish(&mut problems).is_none());
/// let problem = problems.iter().next().unwrap();
/// assert_eq!(problem.to_string(), "handler.yaml:4:5: error: hosts[1]: can't be resolved");
/// ```
pub struct Reading<'n, C> {
    config: C,
    places: Places<'n>,
    problems: Problems,
}

impl<'n, C: AdapterConfig> Reading<'n, C> {
    /// Reads the `params` of a handler. What is not there, or `null`, has its default.
    #[must_use]
    pub fn of(params: &'n Node) -> Reading<'n, C> {
        Reading::by(Encoder::Dynamic, params)
    }

    /// The same by another encoder.
    pub(crate) fn by(encoder: Encoder, params: &'n Node) -> Reading<'n, C> {
        let (bytes, places, problems) = walk::message(C::info(), params, encoder);
        let (config, error) = match C::decode(&bytes) {
            Ok(config) => (config, None),
            Err(error) => (C::defaults(), Some(error)),
        };
        let mut reading = Reading {
            config,
            places,
            problems,
        };
        if let Some(error) = error {
            let mut errors = ConfigErrors::new();
            errors.push(error.path(), error.problem());
            reading.place(&errors);
        }
        reading
    }

    /// What was read so far; where something can't be read, there is the default.
    #[must_use]
    pub fn config(&self) -> &C {
        &self.config
    }

    /// Whether no error was found so far.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        !self.problems.has_errors()
    }

    /// Adds what is against the rules on the fields, and reads the secrets that are given by
    /// reference: as [`AdapterConfig::check`].
    pub fn check(&mut self) {
        let mut errors = ConfigErrors::new();
        self.config.check(&mut errors);
        self.place(&errors);
    }

    /// Adds errors at what they are about, or at the nearest that is there. Those about a value
    /// that can't be read are left out, since they only follow from that.
    pub fn place(&mut self, errors: &ConfigErrors) {
        let problem = |error: &ConfigError| self.places.problem(error);
        let room = MOST_PROBLEMS.saturating_sub(self.problems.len());
        let problems: Vec<_> = errors.iter().filter_map(problem).take(room).collect();
        self.problems.extend(problems);
    }

    /// Adds an error as a warning; others about the same value follow from it.
    fn warn(&mut self, error: &ConfigError) {
        if let Some(problem) = self.places.problem(error) {
            let problem = problem.into_warning();
            self.problems
                .push(problem.help("it must be there where the adapter runs"));
        }
        self.places.wrong(error.field.clone());
    }

    /// The configuration, unless there are errors. All that was found is added to the problems, in
    /// the order of the document; no secret is in it.
    pub fn finish(self, problems: &mut Problems) -> Option<C> {
        let valid = self.is_valid();
        let config = self.take(problems);
        valid.then_some(config)
    }

    /// The configuration even if there are errors: where something can't be read, there is the
    /// default. All that was found is added to the problems.
    pub(crate) fn take(self, problems: &mut Problems) -> C {
        let Reading {
            config,
            places,
            problems: mut found,
        } = self;
        found.conceal(places.into_secrets());
        found.sort();
        problems.extend(found);
        config
    }
}

impl<C> fmt::Debug for Reading<'_, C> {
    /// Without the configuration, which may hold anything.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading")
            .field("problems", &self.problems.len())
            .finish_non_exhaustive()
    }
}

/// Reads the `params` of a handler for the adapter `A`, and checks them as before a handler is built:
/// the rules on the fields, then the adapter's own [`validate`](Adapter::validate), whose errors are
/// placed too. That one is not asked about a configuration of which a part can't be read.
///
/// Everything that is wrong is added to the problems; the configuration is there unless one of them
/// is an error.
pub fn validate<A: Adapter>(
    params: &Node,
    types: &InstanceTypes,
    problems: &mut Problems,
) -> Option<A::Config> {
    let mut reading = Reading::<A::Config>::of(params);
    if reading.is_valid() {
        if let Err(errors) = crate::builder::validate::<A>(&mut reading.config, types) {
            reading.place(&errors);
        }
    } else {
        reading.check();
    }
    reading.finish(problems)
}

/// Does the same where the adapter doesn't run: a secret that is not here is a warning, and what the
/// adapter says of it is left out.
pub(crate) fn validate_elsewhere<A: Adapter>(
    params: &Node,
    encoder: Encoder,
    problems: &mut Problems,
) {
    let mut reading = Reading::<A::Config>::by(encoder, params);
    let mut errors = ConfigErrors::new();
    reading.config.check(&mut errors);
    let (absent, mut errors): (Vec<_>, Vec<_>) = errors
        .into_iter()
        .partition(|error| error.cause == Cause::Absent);
    for error in &absent {
        reading.warn(error);
    }
    if reading.is_valid() {
        let config = &reading.config;
        let validate = || {
            let mut errors = ConfigErrors::new();
            A::validate(config, &InstanceTypes::default(), &mut errors);
            errors
        };
        match catch_unwind(AssertUnwindSafe(validate)) {
            Ok(own) => errors.extend(own),
            Err(_) => {
                let message = "the adapter's `validate` panicked at this configuration";
                let problem = Problem::error(&params.start(), message).show_place_only();
                reading
                    .problems
                    .push(problem.help("report it to the author of the adapter"));
            }
        }
    }
    let mut all = ConfigErrors::new();
    all.extend(errors);
    reading.place(&all);
    let _ = reading.finish(problems);
}

/// The only document of a text.
pub(super) fn from_text<C: AdapterConfig>(name: &str, text: &str) -> Result<C, Problems> {
    let mut problems = Problems::new();
    let mut documents = document::parse(name, text, &mut problems).into_iter();
    if problems.has_errors() {
        if C::info().holds_secret() {
            problems.conceal_all();
        }
        return Err(problems);
    }
    let first = documents
        .next()
        .unwrap_or_else(|| Node::nothing(name, text));
    if let Some(second) = documents.next() {
        let message = "a second document, where one configuration is expected";
        let problem = Problem::error(&second.start(), message);
        return Err(problem.help("remove it, and the `---` above it").into());
    }
    let config = C::from_document(&first, &mut problems);
    config.ok_or(problems)
}

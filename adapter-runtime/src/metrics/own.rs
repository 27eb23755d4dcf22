//! Metrics of an adapter's own, beside the server's.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use prometheus_client::metrics::counter::Counter as PlainCounter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge as PlainGauge;
use prometheus_client::metrics::histogram::Histogram as PlainHistogram;
use prometheus_client::registry::Registry;

/// Something that is counted and only grows.
#[derive(Clone, Debug, Default)]
pub struct Counter(PlainCounter);

impl Counter {
    /// Counts one.
    pub fn increment(&self) {
        self.0.inc();
    }

    /// Counts several.
    pub fn add(&self, several: u64) {
        self.0.inc_by(several);
    }
}

/// Something that grows and shrinks.
#[derive(Clone, Debug, Default)]
pub struct Gauge(PlainGauge);

impl Gauge {
    /// Sets it.
    pub fn set(&self, value: i64) {
        self.0.set(value);
    }

    /// Adds to it; a negative number takes away.
    pub fn add(&self, value: i64) {
        self.0.inc_by(value);
    }
}

/// How often something was of which size: durations in seconds, say.
#[derive(Clone, Debug)]
pub struct Histogram(PlainHistogram);

impl Histogram {
    /// Takes notice of a size.
    pub fn observe(&self, size: f64) {
        self.0.observe(size);
    }

    /// Takes notice of a duration, in seconds.
    pub fn observe_duration(&self, duration: Duration) {
        self.0.observe(duration.as_secs_f64());
    }
}

/// Why an adapter can't have a metric.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MetricError {
    /// The name is none that Prometheus takes.
    #[error(
        "`{0}` is no name of a metric: write small letters, digits and single underscores, first a \
         letter, and leave out `_total`, which counters get"
    )]
    Name(String),
    /// The adapter has a metric of this name and of another type.
    #[error("the metric `{0}` is already of another type: write another name")]
    Type(String),
    /// The upper bounds of a histogram don't grow.
    #[error(
        "the bounds of the histogram `{0}` must be numbers, each greater than the one before it"
    )]
    Bounds(String),
}

type Labels = [(&'static str, String); 1];

/// The metrics of one adapter's handlers, by name.
#[derive(Default)]
pub(crate) struct Own {
    /// Where they are shown; nowhere, if there is no server.
    registry: Arc<Mutex<Registry>>,
    /// What stands before each name.
    prefix: String,
    families: Mutex<BTreeMap<String, OwnFamily>>,
    /// How many environments a handler's name has: that of a handler whose work outlives it, and that
    /// of the next handler with the same configuration.
    handlers: Mutex<HashMap<String, usize>>,
}

enum OwnFamily {
    Counter(Family<Labels, PlainCounter>),
    Gauge(Family<Labels, PlainGauge>),
    Histogram(Family<Labels, PlainHistogram, Bounds>),
}

#[derive(Clone)]
struct Bounds(Arc<[f64]>);

impl prometheus_client::metrics::family::MetricConstructor<PlainHistogram> for Bounds {
    fn new_metric(&self) -> PlainHistogram {
        PlainHistogram::new(self.0.iter().copied())
    }
}

fn labels(handler: &str) -> Labels {
    [("handler", handler.to_owned())]
}

macro_rules! family {
    ($own:ident, $name:ident, $help:ident, $variant:ident, $new:expr) => {{
        if !is_name($name) {
            return Err(MetricError::Name($name.to_owned()));
        }
        let mut families = $own.lock();
        let family = match families.entry($name.to_owned()) {
            Entry::Occupied(entry) => entry.into_mut(),
            Entry::Vacant(entry) => {
                let family = $new;
                let mut registry = lock(&$own.registry);
                registry.register(format!("{}{}", $own.prefix, $name), $help, family.clone());
                entry.insert(OwnFamily::$variant(family))
            }
        };
        match family {
            OwnFamily::$variant(family) => family.clone(),
            _ => return Err(MetricError::Type($name.to_owned())),
        }
    }};
}

impl Own {
    pub(super) fn new(registry: Arc<Mutex<Registry>>, adapter: &str) -> Own {
        Own {
            registry,
            prefix: format!("{}__", adapter.replace('-', "_")),
            ..Own::default()
        }
    }

    pub(crate) fn counter(
        &self,
        handler: &str,
        name: &str,
        help: &str,
    ) -> Result<Counter, MetricError> {
        let family = family!(self, name, help, Counter, Family::default());
        Ok(Counter(family.get_or_create_owned(&labels(handler))))
    }

    pub(crate) fn gauge(
        &self,
        handler: &str,
        name: &str,
        help: &str,
    ) -> Result<Gauge, MetricError> {
        let family = family!(self, name, help, Gauge, Family::default());
        Ok(Gauge(family.get_or_create_owned(&labels(handler))))
    }

    pub(crate) fn histogram(
        &self,
        handler: &str,
        name: &str,
        help: &str,
        bounds: &[f64],
    ) -> Result<Histogram, MetricError> {
        // Also false for what is no number.
        let grow = bounds.windows(2).all(|pair| pair[0] < pair[1]);
        if !grow || bounds.iter().any(|bound| bound.is_nan()) {
            return Err(MetricError::Bounds(name.to_owned()));
        }
        let new = Family::new_with_constructor(Bounds(bounds.into()));
        let family = family!(self, name, help, Histogram, new);
        Ok(Histogram(family.get_or_create_owned(&labels(handler))))
    }

    /// Takes notice of a handler's environment.
    pub(crate) fn enter(&self, handler: &str) {
        *lock(&self.handlers).entry(handler.to_owned()).or_default() += 1;
    }

    /// Forgets a handler's environment, and with the last of its name what was counted.
    pub(crate) fn leave(&self, handler: &str) {
        let mut handlers = lock(&self.handlers);
        match handlers.get_mut(handler) {
            Some(count) if *count > 1 => {
                *count -= 1;
                return;
            }
            _ => handlers.remove(handler),
        };
        let labels = labels(handler);
        for family in self.lock().values() {
            match family {
                OwnFamily::Counter(family) => family.remove(&labels),
                OwnFamily::Gauge(family) => family.remove(&labels),
                OwnFamily::Histogram(family) => family.remove(&labels),
            };
        }
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, OwnFamily>> {
        lock(&self.families)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn is_name(name: &str) -> bool {
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(legal)
        // That is what stands between the adapter's name and this one.
        && !name.contains("__")
        && !name.ends_with("_total")
}

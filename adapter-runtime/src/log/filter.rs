//! Lets through what is to be logged of each adapter.

use std::fmt;
use std::sync::Arc;

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id};
use tracing::{Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Filter};
use tracing_subscriber::registry::LookupSpan;

use super::Levels;

/// Lets through what is to be logged of each adapter, which is known by the span that its code runs
/// in.
pub(crate) struct ByAdapter(pub(crate) Arc<Levels>);

/// The adapter of a span.
struct Adapter(String);

impl<S: Subscriber + for<'a> LookupSpan<'a>> Filter<S> for ByAdapter {
    fn enabled(&self, metadata: &Metadata<'_>, context: &Context<'_, S>) -> bool {
        if metadata.is_span() {
            return *metadata.level() <= self.0.max();
        }
        let levels = self.0.get();
        let own = (!levels.of.is_empty()).then(|| {
            let spans = context.lookup_current()?.scope();
            spans.into_iter().find_map(|span| {
                let extensions = span.extensions();
                let Adapter(name) = extensions.get()?;
                levels.of.get(name).copied()
            })
        });
        *metadata.level() <= own.flatten().unwrap_or(levels.all)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.0.max())
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let mut name = Name(None);
        attributes.record(&mut name);
        if let (Name(Some(name)), Some(span)) = (name, context.span(id)) {
            span.extensions_mut().insert(Adapter(name));
        }
    }
}

/// Finds the field `adapter`.
struct Name(Option<String>);

impl Visit for Name {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "adapter" {
            self.0 = Some(value.to_owned());
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use tracing_subscriber::layer::{Layer, SubscriberExt};

    use super::*;
    use crate::env::Env;
    use crate::server::PerAdapter;

    /// Counts events.
    struct Count(Arc<Mutex<usize>>);

    impl<S: Subscriber> Layer<S> for Count {
        fn on_event(&self, _: &tracing::Event<'_>, _: Context<'_, S>) {
            *self.0.lock().expect("no panic") += 1;
        }
    }

    #[test]
    fn an_adapter_may_log_more_or_less_than_the_others() {
        let count = Arc::default();
        let levels = Arc::new(Levels::new(PerAdapter::new(LevelFilter::INFO)));
        let layer = Count(Arc::clone(&count)).with_filter(ByAdapter(levels.clone()));
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(subscriber, || {
            let (audit, other) = (Env::new("audit", "audit-1"), Env::new("other", "other-1"));
            let logged = || {
                audit.span().in_scope(|| tracing::debug!("debug"));
                other.span().in_scope(|| {
                    tracing::debug!("debug");
                    tracing::error!("error");
                });
                tracing::info!("of the server");
                std::mem::take(&mut *count.lock().expect("no panic"))
            };
            assert_eq!(logged(), 2);
            let mut changed = PerAdapter::new(LevelFilter::INFO);
            changed.of.insert("audit".into(), LevelFilter::DEBUG);
            levels.set(changed.clone());
            assert_eq!(logged(), 3);
            changed.of.insert("other".into(), LevelFilter::OFF);
            levels.set(changed);
            assert_eq!(logged(), 2);
        });
    }
}

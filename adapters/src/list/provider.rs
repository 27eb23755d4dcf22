//! The list that a server has.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use adapter_runtime::prelude::*;
use adapter_runtime::{Counter, Gauge, Lookup, LookupOptions, MetricError};
use http::Uri;
use http::header::HeaderValue;

use super::entries::Entries;
use super::{EntryType, Params, fetch};

/// How long a list may take to arrive.
const FETCH: Duration = Duration::from_secs(30);
/// How long the first requests wait for the first list.
const FIRST: Duration = Duration::from_secs(1);

/// The list on the server, from now on the current one.
pub(super) async fn keep_fresh(
    params: &Params,
    env: &Env,
) -> Result<Lookup<(), Arc<Entries>>, BuildError> {
    let provider = Arc::new(Provider {
        env: env.clone(),
        uri: params.provider_url.parse()?,
        entry_type: params.entry_type,
        last: Mutex::new(None),
        metrics: Metrics::new(env)?,
    });
    let options = LookupOptions::new()
        .refresh_after(params.refresh_interval)
        .ttl(params.ttl)
        .timeout(FETCH);
    let lookup = Lookup::new(env, options, move |()| provider.clone().fetch());
    lookup.keep_fresh(());
    // Whatever becomes of it: the requests are told.
    let _ = tokio::time::timeout(FIRST, lookup.get(&())).await;
    Ok(lookup)
}

/// Where the list comes from.
struct Provider {
    env: Env,
    uri: Uri,
    entry_type: EntryType,
    last: Mutex<Last>,
    metrics: Metrics,
}

/// The list that came last, and the server's tag for it.
type Last = Option<(HeaderValue, Arc<Entries>)>;

struct Metrics {
    fetched: Counter,
    not_fetched: Counter,
    entries: Gauge,
    seconds: Gauge,
}

impl Provider {
    fn last(&self) -> MutexGuard<'_, Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn fetch(self: Arc<Self>) -> Result<Arc<Entries>, HandlerError> {
        let result = self.clone().try_fetch().await;
        match &result {
            Ok(_) => {
                self.metrics.fetched.increment();
                let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
                let now = now.unwrap_or_default().as_secs();
                self.metrics.seconds.set(now as i64);
            }
            Err(error) => {
                self.metrics.not_fetched.increment();
                tracing::warn!("{}", error.message());
            }
        }
        result
    }

    async fn try_fetch(self: Arc<Self>) -> Result<Arc<Entries>, HandlerError> {
        let last = self.last().clone();
        let etag = last.as_ref().map(|(etag, _)| etag);
        let failed = |error: HandlerError| {
            let place = self.uri.authority().map_or("", |it| it.as_str());
            let place = place.rsplit_once('@').map_or(place, |(_, host)| host);
            let path = self.uri.path();
            error.context(format!("can't fetch the list from `{place}{path}`"))
        };
        let fetched = fetch::get(&self.uri, etag).await;
        let unavailable = |error| HandlerError::from(error).with_code(Code::Unavailable);
        let fetched = fetched.map_err(|error| failed(unavailable(error)))?;
        let Some(fetched) = fetched else {
            let (_, entries) = last.expect("the server knows it by its tag");
            tracing::debug!("the list is the same");
            return Ok(entries);
        };
        let (ty, bytes) = (self.entry_type, fetched.bytes);
        let read = self
            .env
            .run_blocking(move || Entries::read(ty, bytes))
            .await?;
        let read = read.map_err(|error| HandlerError::new(Code::Unavailable, error.to_string()));
        let (entries, count) = read.map_err(failed)?;
        let entries = Arc::new(entries);
        tracing::info!("a list with {count} entries is in force");
        self.metrics.entries.set(count as i64);
        *self.last() = fetched.etag.map(|etag| (etag, entries.clone()));
        Ok(entries)
    }
}

impl Metrics {
    fn new(env: &Env) -> Result<Metrics, MetricError> {
        Ok(Metrics {
            fetched: env.counter("fetched", "lists that were fetched")?,
            not_fetched: env.counter("not_fetched", "attempts to fetch the list that failed")?,
            entries: env.gauge("entries", "entries of the list")?,
            seconds: env.gauge(
                "fetched_seconds",
                "when the list was last current, since 1970",
            )?,
        })
    }
}

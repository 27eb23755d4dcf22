//! Limits how much may be used, by counts in memory: Mixer's `memquota`.
//!
//! An instance of the template `quota` is counted by its name and all of its dimensions: each
//! combination of values has a count of its own. What is counted is lost when the program ends, and
//! several copies of it know nothing of each other, so this is for a single copy.
//!
//! A request that comes again with the same dedup id gets the same answer and counts once, for at
//! least `min_deduplication_duration` and at most twice as long. A negative amount gives back what
//! was granted, the latest first; the answer is how much that was.
//!
//! # Params
//! | field | default | what |
//! |---|---|---|
//! | `quotas` | none | the quotas |
//! | `quotas[].name` | required | the full name of the instance, `<name>.instance.<namespace>` |
//! | `quotas[].max_amount` | 0 | how much may be used |
//! | `quotas[].valid_duration` | `0s` | the length of the window; zero is for what is used until it is given back |
//! | `quotas[].overrides` | none | other limits; the first that matches holds |
//! | `quotas[].overrides[].dimensions` | none | what it is for: it matches if each of these dimensions has this value, as text |
//! | `quotas[].overrides[].max_amount` | 0 | as above |
//! | `quotas[].overrides[].valid_duration` | `0s` | as above; that of the quota doesn't hold here |
//! | `quotas[].rate_limit_algorithm` | `ROLLING_WINDOW` | `ROLLING_WINDOW`: in no span of the window's length is more than the limit granted. `FIXED_WINDOW`: a window begins with the first request and is over at once, so about its end twice the limit may be granted |
//! | `min_deduplication_duration` | `1s` | how long a dedup id is remembered, at least |
//!
//! The fields are those of Mixer's adapter, and `rate_limit_algorithm`, which has the name and the
//! values that it has in Mixer's `redisquota`. Windows are exact to a hundredth of their length, and
//! never short. Up to 100,000 combinations are counted at a time; further ones get nothing until the
//! windows of others are over. Each dedup id takes about 100 bytes while it is remembered.
//!
//! # Metrics
//! `mixer_adapter_memquota__granted_total` and `…__refused_total` count requests that got something
//! and nothing, `…__combinations` are those that are counted.
//!
//! # An operator's configuration
//! ```yaml
#![doc = include_str!("../../yaml/memquota.yaml")]
//! ```

mod counts;
mod dedup;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use adapter_runtime::prelude::*;
use adapter_runtime::template::quota;
use adapter_runtime::value::Map;
use adapter_runtime::{Counter, Gauge, Window};

use counts::{Counts, Full};
use dedup::Answers;

/// How often what is over is let go.
const TIDY: Duration = Duration::from_secs(10);

/// The quotas.
#[derive(AdapterConfig, Clone, Debug)]
pub struct Params {
    /// The quotas.
    #[config(tag = 1)]
    pub quotas: Vec<Quota>,
    /// How long a dedup id is remembered, at least.
    #[config(tag = 2, default = "1s", positive)]
    pub min_deduplication_duration: Duration,
}

/// A quota.
#[derive(AdapterConfig, Clone, Debug)]
pub struct Quota {
    /// The full name of the instance, `<name>.instance.<namespace>`.
    #[config(tag = 1, required)]
    pub name: String,
    /// How much may be used.
    #[config(tag = 2, min = 0)]
    pub max_amount: i64,
    /// The length of the window; zero is for what is used until it is given back.
    #[config(tag = 3)]
    pub valid_duration: Duration,
    /// Other limits; the first that matches holds.
    #[config(tag = 4)]
    pub overrides: Vec<Override>,
    /// When what was used is free again.
    #[config(tag = 100, default = RateLimitAlgorithm::RollingWindow)]
    pub rate_limit_algorithm: RateLimitAlgorithm,
}

/// A limit for some values of the dimensions.
#[derive(AdapterConfig, Clone, Debug)]
pub struct Override {
    /// It matches if each of these dimensions has this value, as text.
    #[config(tag = 1)]
    pub dimensions: BTreeMap<String, String>,
    /// How much may be used.
    #[config(tag = 2, min = 0)]
    pub max_amount: i64,
    /// The length of the window; zero is for what is used until it is given back.
    #[config(tag = 3)]
    pub valid_duration: Duration,
}

/// When what was used is free again.
#[derive(AdapterConfig, Clone, Copy, Debug, PartialEq, Eq)]
pub enum RateLimitAlgorithm {
    /// At once, when the window that began with the first request is over.
    FixedWindow,
    /// Each amount after the length of the window.
    RollingWindow,
}

/// Limits how much may be used, by counts in memory.
#[mixer_adapter(
    name = "memquota",
    package = "adapter.memquota.config",
    templates = ["quota"],
    idle_close = "never"
)]
#[derive(Debug)]
pub struct MemQuota {
    quotas: HashMap<String, Limits>,
    state: Arc<Mutex<State>>,
    granted: Counter,
    refused: Counter,
}

/// The limits of a quota.
#[derive(Debug)]
struct Limits {
    usual: Limit,
    overrides: Vec<(Vec<(String, Value)>, Limit)>,
}

#[derive(Clone, Copy, Debug)]
struct Limit {
    amount: u64,
    length: Duration,
    algorithm: RateLimitAlgorithm,
}

/// What was granted so far.
#[derive(Debug)]
struct State {
    counts: Counts,
    answers: Answers<Answer>,
    combinations: Gauge,
}

/// What a request got.
#[derive(Clone, Copy, Debug)]
struct Answer {
    amount: i64,
    /// When the grant is over.
    until: Option<Instant>,
}

impl Adapter for MemQuota {
    type Config = Params;

    fn validate(params: &Params, types: &InstanceTypes, errors: &mut ConfigErrors) {
        let mut names = HashMap::new();
        for (at, quota) in params.quotas.iter().enumerate() {
            if let Some(first) = names.insert(&quota.name, at) {
                let message = format!("`quotas[{first}]` has this name too: write one of them");
                errors.push(format!("quotas[{at}].name"), message);
            }
        }
        for name in types
            .of::<quota::Template>()
            .into_iter()
            .flat_map(BTreeMap::keys)
        {
            if !names.contains_key(name) {
                let message = format!("a rule sends `{name}`, which has no limit: add it");
                errors.push("quotas", message);
            }
        }
    }

    async fn build(params: Params, setup: Setup) -> Result<MemQuota, BuildError> {
        let env = setup.env;
        let quotas = params.quotas.into_iter();
        let combinations = "combinations of dimensions that are counted";
        let state = Arc::new(Mutex::new(State {
            counts: Counts::default(),
            answers: Answers::new(params.min_deduplication_duration, now()),
            combinations: env.gauge("combinations", combinations)?,
        }));
        let untidy = state.clone();
        env.schedule_daemon(move |stop| {
            let state = untidy.clone();
            async move {
                while stop.sleep(TIDY).await {
                    lock(&state).tidy(now());
                }
            }
        });
        Ok(MemQuota {
            quotas: quotas.map(|it| (it.name.clone(), Limits::of(it))).collect(),
            state,
            granted: env.counter("granted", "requests that were granted something")?,
            refused: env.counter("refused", "requests that were granted nothing")?,
        })
    }
}

impl quota::Handler for MemQuota {
    async fn handle_quota(
        &self,
        _: &Call,
        instance: quota::Instance,
        args: QuotaArgs,
    ) -> Result<QuotaResult, HandlerError> {
        let Some(limits) = self.quotas.get(instance.name.as_str()) else {
            return Err(self.unknown(&instance.name));
        };
        if args.amount == 0 {
            return Ok(QuotaResult::grant(0, Duration::ZERO));
        }
        let limit = limits.of_instance(&instance.dimensions);
        let now = now();
        let answer = lock(&self.state).answer(&instance, &args, limit, now)?;
        match answer.amount {
            0 => self.refused.increment(),
            _ => self.granted.increment(),
        }
        let left = |until: Instant| until.saturating_duration_since(now);
        let valid = answer.until.map_or(Duration::ZERO, left);
        Ok(QuotaResult::grant(answer.amount, valid))
    }
}

impl MemQuota {
    fn unknown(&self, name: &str) -> HandlerError {
        let mut names: Vec<_> = self.quotas.keys().map(|name| format!("`{name}`")).collect();
        names.sort_unstable();
        let names = match names.is_empty() {
            true => "none".to_owned(),
            false => names.join(", "),
        };
        let message = format!("there is no quota `{name}`; the handler's `quotas` are {names}");
        HandlerError::new(Code::InvalidArgument, message)
    }
}

impl State {
    /// Takes or gives back what is asked for, or remembers that this was done.
    fn answer(
        &mut self,
        instance: &quota::Instance,
        args: &QuotaArgs,
        limit: Limit,
        now: Instant,
    ) -> Result<Answer, Full> {
        if let Some(answer) = self.answers.get(&instance.name, &args.dedup_id, now) {
            return Ok(*answer);
        }
        let window = self.counts.of(instance, limit, now)?;
        let answer = if args.amount < 0 {
            let amount = signed(window.give_back(args.amount.unsigned_abs(), now));
            Answer {
                amount,
                until: None,
            }
        } else {
            let amount = args.within(signed(window.available(now))).unsigned_abs();
            let taken = window.take(amount, now);
            assert!(taken, "it is available");
            let lasts = !limit.length.is_zero() && (amount > 0 || args.best_effort);
            Answer {
                amount: signed(amount),
                until: now.checked_add(limit.length).filter(|_| lasts),
            }
        };
        self.answers.put(&instance.name, &args.dedup_id, answer);
        self.combinations.set(self.counts.len());
        Ok(answer)
    }

    /// Lets go what is over.
    fn tidy(&mut self, now: Instant) {
        self.counts.tidy(now);
        self.answers.tidy(now);
        self.combinations.set(self.counts.len());
    }
}

/// No limit is more than an `i64`, and no grant more than was asked for.
fn signed(amount: u64) -> i64 {
    i64::try_from(amount).unwrap_or(i64::MAX)
}

impl Limits {
    fn of(quota: Quota) -> Limits {
        let limit = |amount: i64, length| Limit {
            amount: amount.unsigned_abs(),
            length,
            algorithm: quota.rate_limit_algorithm,
        };
        let value = |(name, value): (String, String)| (name, Value::from(value));
        let overrides = quota.overrides.into_iter().map(|it| {
            let dimensions = it.dimensions.into_iter().map(value);
            (
                dimensions.collect(),
                limit(it.max_amount, it.valid_duration),
            )
        });
        Limits {
            usual: limit(quota.max_amount, quota.valid_duration),
            overrides: overrides.collect(),
        }
    }

    fn of_instance(&self, dimensions: &Map<Value>) -> Limit {
        let has = |(name, value): &(String, Value)| {
            dimensions
                .get(name)
                .unwrap_or(&Value::Unset)
                .string_equals(value)
        };
        let found = self.overrides.iter().find(|(them, _)| them.iter().all(has));
        found.map_or(self.usual, |(_, limit)| *limit)
    }
}

impl Limit {
    fn window(self) -> Window {
        match (self.length, self.algorithm) {
            (Duration::ZERO, _) => Window::fixed(self.amount, Duration::MAX),
            (length, RateLimitAlgorithm::FixedWindow) => Window::fixed(self.amount, length),
            (length, RateLimitAlgorithm::RollingWindow) => Window::rolling(self.amount, length),
        }
    }
}

/// By tokio's clock, which a test can stop.
fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

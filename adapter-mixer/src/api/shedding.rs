//! Load shedding: refusing requests that there is no time for.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Whether requests are refused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SheddingMode {
    /// Nothing is measured.
    #[default]
    Disabled,
    /// What would be refused is logged, and answered.
    LogOnly,
    /// Requests are refused.
    Enforce,
}

/// When requests are refused: `mixs`' options for load shedding.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SheddingOptions {
    /// Whether requests are refused; `--loadsheddingMode`.
    pub mode: SheddingMode,
    /// How many requests a second are taken on average, a report counting as many as it has bags;
    /// 0, the default, for any number. `--maxRequestsPerSecond`.
    pub max_requests_per_second: f64,
    /// How many of them may come at once; what costs more is always refused. `--burstSize`.
    pub burst_size: u32,
    /// The average time of an answer above which requests are refused; zero, the default, for none.
    /// `--averageLatencyThreshold`.
    pub average_latency_threshold: Duration,
    /// How many answers a second are measured at most; any number by default.
    /// `--latencySamplesPerSecond`.
    pub latency_samples_per_second: f64,
    /// After what time a measured answer counts half; one second by default.
    /// `--latencySampleHalflife`.
    pub latency_sample_half_life: Duration,
    /// How many requests a second there have to be before they are refused for their latency; 100
    /// by default. `--latencyEnforcementThreshold`.
    pub latency_enforcement_threshold: f64,
}

impl Default for SheddingOptions {
    fn default() -> SheddingOptions {
        SheddingOptions {
            mode: SheddingMode::Disabled,
            max_requests_per_second: 0.0,
            burst_size: 0,
            average_latency_threshold: Duration::ZERO,
            latency_samples_per_second: f64::MAX,
            latency_sample_half_life: Duration::from_secs(1),
            latency_enforcement_threshold: 100.0,
        }
    }
}

/// Decides which requests are refused.
#[derive(Debug)]
pub(super) struct Throttler {
    options: SheddingOptions,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// How much may still come at once, and since when that is so.
    tokens: f64,
    filled: Instant,
    /// How many requests there are in a second, on average.
    rate: Decaying,
    /// How long an answer takes, in seconds, on average.
    latency: Decaying,
    /// When the last answer was measured.
    sampled: Option<Instant>,
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Overload {
    Rate,
    Latency,
}

impl Throttler {
    pub(super) fn new(options: SheddingOptions, now: Instant) -> Throttler {
        let half_life = options.latency_sample_half_life;
        let state = State {
            tokens: options.burst_size.into(),
            filled: now,
            rate: Decaying::new(Duration::from_secs(1)),
            latency: Decaying::new(half_life),
            sampled: None,
        };
        Throttler {
            options,
            state: Mutex::new(state),
        }
    }

    /// Whether a request of some cost is to be refused.
    pub(super) fn overload(&self, cost: f64, now: Instant) -> Option<Overload> {
        let options = &self.options;
        if options.mode == SheddingMode::Disabled {
            return None;
        }
        let overload = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.rate.count(now);
            if !state.take(options, cost, now) {
                Some(Overload::Rate)
            } else {
                state.is_slow(options, now).then_some(Overload::Latency)
            }
        };
        let why = match overload? {
            Overload::Rate => "there are more than maxRequestsPerSecond",
            Overload::Latency => "answers take longer than averageLatencyThreshold",
        };
        match options.mode {
            SheddingMode::Enforce => overload,
            _ => {
                tracing::warn!(cost, "a request would be refused: {why}");
                None
            }
        }
    }

    /// Takes notice of an answer.
    pub(super) fn answered(&self, took: Duration, now: Instant) {
        let options = &self.options;
        if options.mode == SheddingMode::Disabled || options.average_latency_threshold.is_zero() {
            return;
        }
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let between = 1.0 / options.latency_samples_per_second;
        let too_soon = |last| now.saturating_duration_since(last).as_secs_f64() < between;
        if !state.sampled.is_some_and(too_soon) {
            state.sampled = Some(now);
            state.latency.average(took.as_secs_f64(), now);
        }
    }
}

impl State {
    /// Takes the cost from what may come at once.
    fn take(&mut self, options: &SheddingOptions, cost: f64, now: Instant) -> bool {
        if options.max_requests_per_second <= 0.0 {
            return true;
        }
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        self.filled = now;
        let burst = f64::from(options.burst_size);
        self.tokens = (self.tokens + passed * options.max_requests_per_second).min(burst);
        let enough = cost <= self.tokens;
        if enough {
            self.tokens -= cost;
        }
        enough
    }

    fn is_slow(&self, options: &SheddingOptions, now: Instant) -> bool {
        let threshold = options.average_latency_threshold;
        !threshold.is_zero()
            && self.latency.value > threshold.as_secs_f64()
            && self.rate.per_second(now) > options.latency_enforcement_threshold
    }
}

/// A number of which the past counts less and less.
#[derive(Debug)]
struct Decaying {
    half_life: f64,
    value: f64,
    since: Option<Instant>,
}

impl Decaying {
    fn new(half_life: Duration) -> Decaying {
        Decaying {
            half_life: half_life.as_secs_f64(),
            value: 0.0,
            since: None,
        }
    }

    /// How much the past still counts.
    fn weight(&self, now: Instant) -> f64 {
        let Some(since) = self.since else { return 0.0 };
        let passed = now.saturating_duration_since(since).as_secs_f64();
        match self.half_life > 0.0 {
            true => 0.5_f64.powf(passed / self.half_life),
            false => 0.0,
        }
    }

    /// Moves the average towards a value, the further the longer there was none.
    fn average(&mut self, value: f64, now: Instant) {
        // Of several at one time each still counts.
        let weight = self.weight(now).min(0.99);
        self.value = self.value * weight + value * (1.0 - weight);
        self.since = Some(now);
    }

    /// Counts an event.
    fn count(&mut self, now: Instant) {
        self.value = self.value * self.weight(now) + 1.0;
        self.since = Some(now);
    }

    /// How many events there are in a second, if there are always as many.
    fn per_second(&self, now: Instant) -> f64 {
        self.value * self.weight(now) * std::f64::consts::LN_2 / self.half_life
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{Overload, SheddingMode, SheddingOptions, Throttler};

    fn throttler(change: impl FnOnce(&mut SheddingOptions)) -> (Throttler, Instant) {
        let mut options = SheddingOptions {
            mode: SheddingMode::Enforce,
            ..SheddingOptions::default()
        };
        change(&mut options);
        let now = Instant::now();
        (Throttler::new(options, now), now)
    }

    #[test]
    fn a_burst_is_taken_and_then_as_much_as_time_allows() {
        let (throttler, now) = throttler(|it| {
            it.max_requests_per_second = 10.0;
            it.burst_size = 5;
        });
        let rate = Some(Overload::Rate);
        assert_eq!(throttler.overload(5.0, now), None);
        assert_eq!(throttler.overload(1.0, now), rate);
        let later = now + Duration::from_millis(200);
        assert_eq!(throttler.overload(1.0, later), None);
        assert_eq!(throttler.overload(1.0, later), None);
        assert_eq!(throttler.overload(1.0, later), rate);
        // Never more than a burst, however long nobody came.
        let much_later = now + Duration::from_secs(100);
        assert_eq!(throttler.overload(6.0, much_later), rate);
        assert_eq!(throttler.overload(5.0, much_later), None);
    }

    #[test]
    fn slow_answers_are_an_overload_where_there_are_many() {
        let (throttler, mut now) = throttler(|it| {
            it.average_latency_threshold = Duration::from_millis(10);
        });
        for _ in 0..10 {
            throttler.answered(Duration::from_secs(1), now);
            now += Duration::from_millis(500);
            assert_eq!(throttler.overload(1.0, now), None, "there are few");
        }
        let mut refused = None;
        for _ in 0..500 {
            now += Duration::from_millis(2);
            refused = throttler.overload(1.0, now);
        }
        assert_eq!(refused, Some(Overload::Latency));
        for _ in 0..50 {
            now += Duration::from_millis(200);
            throttler.answered(Duration::from_millis(1), now);
        }
        assert_eq!(throttler.overload(1.0, now), None);
    }
}

//! What was used of each quota, by its dimensions.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use adapter_runtime::Window;
use adapter_runtime::prelude::*;
use adapter_runtime::template::quota;
use adapter_runtime::value::Str;

use super::Limit;

/// So many combinations are counted at a time: whoever chooses the value of a dimension must not
/// choose how much memory this takes.
const MAX: usize = 100_000;
/// How long after it was tidied up in vain a full map is not looked through again.
const PAUSE: Duration = Duration::from_secs(1);

/// The windows, by instance and dimensions.
#[derive(Debug, Default)]
pub(super) struct Counts {
    windows: HashMap<Str, Window>,
    tidied: Option<Instant>,
}

/// There are too many combinations to count another.
#[derive(Debug)]
pub(super) struct Full;

impl Counts {
    /// The window of an instance.
    pub(super) fn of(
        &mut self,
        instance: &quota::Instance,
        limit: Limit,
        now: Instant,
    ) -> Result<&mut Window, Full> {
        let key = key(instance);
        if !self.windows.contains_key(&key) && self.windows.len() >= MAX {
            let due = |tidied: Instant| now.saturating_duration_since(tidied) >= PAUSE;
            if self.tidied.is_none_or(due) {
                self.tidy(now);
            }
            if self.windows.len() >= MAX {
                return Err(Full);
            }
        }
        Ok(self.windows.entry(key).or_insert_with(|| limit.window()))
    }

    /// Forgets those of which nothing is used.
    pub(super) fn tidy(&mut self, now: Instant) {
        self.windows.retain(|_, window| !window.is_untouched(now));
        self.windows.shrink_to(self.windows.len() * 2);
        self.tidied = Some(now);
    }

    pub(super) fn len(&self) -> i64 {
        self.windows.len() as i64
    }
}

impl From<Full> for HandlerError {
    fn from(_: Full) -> HandlerError {
        let message = format!(
            "{MAX} combinations of dimensions are counted already: let the instance have fewer or \
             coarser dimensions"
        );
        HandlerError::new(Code::ResourceExhausted, message)
    }
}

/// A text that no other combination has: each part with its length, each value with its type.
fn key(instance: &quota::Instance) -> Str {
    let mut key = String::with_capacity(64);
    let mut part = |ty: i32, text: &str| {
        // Writing to a string can't fail.
        let _ = write!(key, "{ty} {} {text}", text.len());
    };
    part(0, &instance.name);
    for (name, value) in instance.dimensions.sorted() {
        part(0, name);
        match value {
            Value::StringMap(map) => {
                part(value.value_type() as i32, &map.len().to_string());
                for (key, value) in map.sorted() {
                    part(0, key);
                    part(0, value);
                }
            }
            Value::TimeStamp(time) => {
                let text = format!("{} {}", time.seconds(), time.nanos());
                part(value.value_type() as i32, &text);
            }
            value => part(value.value_type() as i32, &value.to_string()),
        }
    }
    key.into()
}

#[cfg(test)]
mod tests {
    use adapter_runtime::value::{IpAddress, Map, TimeStamp};

    use super::*;
    use crate::memquota::RateLimitAlgorithm;

    const LIMIT: Limit = Limit {
        amount: 1,
        length: Duration::from_secs(1),
        algorithm: RateLimitAlgorithm::RollingWindow,
    };

    fn instance(dimensions: impl Into<Map<Value>>) -> quota::Instance {
        quota::Instance {
            name: "q".into(),
            dimensions: dimensions.into(),
        }
    }

    #[test]
    fn combinations_are_told_apart() {
        let map = |entries: &[(&str, &str)]| Value::StringMap(entries.iter().copied().collect());
        let different = [
            instance([("a", Value::from("1;b=2"))]),
            instance([("a", Value::from("1")), ("b", Value::from("2"))]),
            instance([("a", Value::from("1"))]),
            instance([("a", Value::from(1))]),
            instance([("a", Value::from(1.0))]),
            instance([("a", Value::from(true))]),
            instance([("a", Value::from("true"))]),
            instance([("a", Value::Unset)]),
            instance([("a", Value::from(""))]),
            instance([("a", Value::from(TimeStamp::new(1, 1)))]),
            instance([("a", Value::from(TimeStamp::new(1, 2)))]),
            instance([("a", map(&[("k", "v"), ("l", "w")]))]),
            instance([("a", map(&[("k", "v&l=w")]))]),
            instance([("a", map(&[])), ("k", Value::from("v"))]),
            instance([("a", map(&[("k", "v")]))]),
            instance([("", Value::from("a"))]),
            instance(Map::new()),
        ];
        for (at, one) in different.iter().enumerate() {
            for other in &different[..at] {
                assert_ne!(key(one), key(other), "{one:?} {other:?}");
            }
        }
        // The order is of no meaning, nor is in how many bytes an address comes.
        let address = |bytes: &[u8]| Value::IpAddress(IpAddress::from(bytes));
        let four = address(&[10, 1, 2, 3]);
        let sixteen = address(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 10, 1, 2, 3]);
        assert_eq!(
            key(&instance([("a", four), ("b", Value::from(1))])),
            key(&instance([("b", Value::from(1)), ("a", sixteen)]))
        );
    }

    #[test]
    fn so_many_are_counted_and_no_more() {
        let mut counts = Counts::default();
        let start = Instant::now();
        let of = |counts: &mut Counts, n: usize, now| {
            let instance = instance([("n", Value::from(n as i64))]);
            let window = counts.of(&instance, LIMIT, now);
            window.map(|window| window.take(1, now)).is_ok_and(|it| it)
        };
        for n in 0..MAX {
            assert!(of(&mut counts, n, start));
        }
        assert!(!of(&mut counts, MAX, start));
        assert!(!of(&mut counts, 0, start), "it is there, and used up");
        let later = start + LIMIT.length;
        assert!(of(&mut counts, MAX, later));
        assert_eq!(counts.len(), 1, "the windows of the others are over");
    }
}

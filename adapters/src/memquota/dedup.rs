//! Answers that are given again when the same is asked again.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use adapter_runtime::value::Str;

/// Answers by quota and dedup id, each remembered for so long at least, and less than twice as long.
#[derive(Debug)]
pub(super) struct Answers<A> {
    age: Duration,
    recent: HashMap<(Str, Str), A>,
    old: HashMap<(Str, Str), A>,
    /// When `recent` began.
    since: Instant,
}

impl<A> Answers<A> {
    pub(super) fn new(age: Duration, now: Instant) -> Answers<A> {
        Answers {
            age,
            recent: HashMap::new(),
            old: HashMap::new(),
            since: now,
        }
    }

    /// What was answered; without an id, nothing was.
    pub(super) fn get(&mut self, quota: &str, id: &str, now: Instant) -> Option<&A> {
        self.tidy(now);
        let key = (quota.into(), id.into());
        self.recent.get(&key).or_else(|| self.old.get(&key))
    }

    /// Remembers what is answered.
    pub(super) fn put(&mut self, quota: &str, id: &str, answer: A) {
        if !id.is_empty() {
            self.recent.insert((quota.into(), id.into()), answer);
        }
    }

    /// Forgets what is old enough.
    pub(super) fn tidy(&mut self, now: Instant) {
        let passed = now.saturating_duration_since(self.since);
        if passed < self.age {
            return;
        }
        self.old = std::mem::take(&mut self.recent);
        if passed >= self.age.saturating_mul(2) {
            self.old = HashMap::new();
        }
        self.since = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_remembered_for_its_age_and_not_for_two() {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        for put in [0, 1, 500, 999, 1000, 1700, 5000] {
            let mut answers = Answers::new(Duration::from_secs(1), start);
            assert_eq!(answers.get("q", "1", at(put)), None);
            answers.put("q", "1", 'a');
            for age in [0, 300, 999] {
                assert_eq!(answers.get("q", "1", at(put + age)), Some(&'a'));
            }
            assert_eq!(answers.get("p", "1", at(put + 999)), None);
            assert_eq!(answers.get("q", "1", at(put + 2000)), None, "{put}");
        }
        let mut answers = Answers::new(Duration::from_secs(1), start);
        answers.put("q", "", 'a');
        assert_eq!(answers.get("q", "", start), None, "no id is no id");
    }
}

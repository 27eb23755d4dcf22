//! Limits in time: how much may be taken within a window.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// What was taken from a rolling window is told apart by so many parts of its length.
const PARTS: u32 = 100;

/// So much may be taken within a window of time: what a quota needs, or who calls a backend that
/// limits its callers.
///
/// The caller says what time it is, so a test needs no clock:
/// ```
/// use std::time::{Duration, Instant};
/// use adapter_runtime::Window;
///
/// let mut window = Window::rolling(10, Duration::from_secs(60));
/// let start = Instant::now();
/// let second = |n| start + Duration::from_secs(n);
/// assert!(window.take(7, second(0)));
/// assert!(window.take(3, second(20)));
/// assert!(!window.take(1, second(59)), "all is taken");
/// assert_eq!(window.available(second(60)), 7, "what was taken first is free again");
/// assert_eq!(window.available(second(80)), 10);
/// ```
///
/// | | [`rolling`](Window::rolling) | [`fixed`](Window::fixed) |
/// |---|---|---|
/// | what was taken is free again | each amount after the length of the window | all at once, when the window that began with the first amount is over |
/// | is never exceeded | in any span of that length | in a window; about a window's end twice the limit may be taken within the length |
/// | memory | up to about 100 amounts | one amount |
///
/// An [`Instant`] that is earlier than one before it counts as that one.
#[derive(Clone, Debug)]
pub struct Window {
    limit: u64,
    length: Duration,
    used: u64,
    now: Option<Instant>,
    taken: Taken,
}

#[derive(Clone, Debug)]
enum Taken {
    /// When the window began, if something is taken.
    Fixed(Option<Instant>),
    /// What was taken and is not free yet, in the order of time.
    Rolling(VecDeque<Part>),
}

/// What was taken within one part of a rolling window. It is free again when the last of it is: that
/// is late by less than a part's length, and never early.
#[derive(Clone, Debug)]
struct Part {
    first: Instant,
    last: Instant,
    amount: u64,
}

impl Window {
    /// A window of this length that moves with the time.
    #[must_use]
    pub fn rolling(limit: u64, length: Duration) -> Window {
        Window::new(limit, length, Taken::Rolling(VecDeque::new()))
    }

    /// Windows of this length one after the other, each of which begins when something is taken. One
    /// of [`Duration::MAX`] never ends.
    #[must_use]
    pub fn fixed(limit: u64, length: Duration) -> Window {
        Window::new(limit, length, Taken::Fixed(None))
    }

    fn new(limit: u64, length: Duration, taken: Taken) -> Window {
        Window {
            limit,
            length,
            used: 0,
            now: None,
            taken,
        }
    }

    /// Takes an amount, all of it or nothing; says whether it did.
    #[must_use = "nothing is taken if this is false"]
    pub fn take(&mut self, amount: u64, now: Instant) -> bool {
        let now = self.advance(now);
        if amount > self.limit - self.used {
            return false;
        }
        if amount == 0 {
            return true;
        }
        self.used += amount;
        match &mut self.taken {
            Taken::Fixed(began) => {
                began.get_or_insert(now);
            }
            Taken::Rolling(parts) => match parts.back_mut() {
                Some(part) if now - part.first < self.length / PARTS => {
                    part.last = now;
                    part.amount += amount;
                }
                _ => parts.push_back(Part {
                    first: now,
                    last: now,
                    amount,
                }),
            },
        }
        true
    }

    /// Gives back up to so much of what was taken, the latest first; says how much that was.
    pub fn give_back(&mut self, amount: u64, now: Instant) -> u64 {
        self.advance(now);
        let given = amount.min(self.used);
        self.used -= given;
        match &mut self.taken {
            Taken::Fixed(began) => {
                began.take_if(|_| self.used == 0);
            }
            Taken::Rolling(parts) => {
                let mut left = given;
                while let Some(part) = parts.back_mut() {
                    if part.amount > left {
                        part.amount -= left;
                        break;
                    }
                    left -= part.amount;
                    parts.pop_back();
                }
            }
        }
        given
    }

    /// How much may be taken.
    #[must_use]
    pub fn available(&mut self, now: Instant) -> u64 {
        self.advance(now);
        self.limit - self.used
    }

    /// Whether nothing is taken: such a window is as good as a new one, and need not be kept.
    #[must_use]
    pub fn is_untouched(&mut self, now: Instant) -> bool {
        self.advance(now);
        self.used == 0
    }

    /// Frees what is over.
    fn advance(&mut self, now: Instant) -> Instant {
        let now = self.now.map_or(now, |last| last.max(now));
        self.now = Some(now);
        match &mut self.taken {
            Taken::Fixed(began) => {
                if began.take_if(|began| now - *began >= self.length).is_some() {
                    self.used = 0;
                }
            }
            Taken::Rolling(parts) => {
                while let Some(part) = parts.pop_front_if(|it| now - it.last >= self.length) {
                    self.used -= part.amount;
                }
            }
        }
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LENGTH: Duration = Duration::from_millis(1000);

    fn at(start: Instant) -> impl Fn(u64) -> Instant {
        move |millis| start + Duration::from_millis(millis)
    }

    #[test]
    fn a_fixed_window_begins_with_the_first_taking_and_ends_at_once() {
        let at = at(Instant::now());
        let mut window = Window::fixed(3, LENGTH);
        assert!(window.take(2, at(500)));
        assert!(!window.take(2, at(1499)));
        assert!(window.take(1, at(1499)));
        assert_eq!(window.available(at(1500)), 3);
        assert!(window.is_untouched(at(1500)));
        assert!(window.take(3, at(7000)));
        assert_eq!(window.available(at(7999)), 0);
        let mut endless = Window::fixed(1, Duration::MAX);
        assert!(endless.take(1, at(0)));
        assert!(!endless.take(1, at(u64::from(u32::MAX))));
    }

    #[test]
    fn what_is_given_back_is_the_latest_and_no_more_than_was_taken() {
        let at = at(Instant::now());
        for mut window in [Window::fixed(10, LENGTH), Window::rolling(10, LENGTH)] {
            assert_eq!(window.give_back(5, at(0)), 0);
            assert!(window.take(4, at(0)) && window.take(4, at(500)));
            assert_eq!(window.give_back(5, at(600)), 5);
            assert_eq!(window.available(at(600)), 7);
            assert_eq!(window.give_back(u64::MAX, at(700)), 3);
            assert!(window.is_untouched(at(700)));
        }
        let mut window = Window::rolling(10, LENGTH);
        assert!(window.take(4, at(0)) && window.take(4, at(500)));
        assert_eq!(window.give_back(5, at(600)), 5);
        assert_eq!(window.available(at(999)), 7);
        assert_eq!(window.available(at(1000)), 10, "the rest was the first");
    }

    #[test]
    fn time_does_not_run_backwards() {
        let at = at(Instant::now());
        for mut window in [Window::fixed(1, LENGTH), Window::rolling(1, LENGTH)] {
            assert!(window.take(1, at(5000)));
            assert!(!window.take(1, at(0)));
            assert!(!window.take(1, at(5999)));
            assert!(window.take(1, at(6000)));
        }
    }

    /// Numbers that look random.
    fn numbers(mut seed: u64) -> impl FnMut(u64) -> u64 {
        move |below| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % below
        }
    }

    #[test]
    fn a_rolling_window_is_never_exceeded_and_stays_small() {
        for seed in 0..50 {
            let mut number = numbers(seed);
            let at = at(Instant::now());
            let longest_pause = 1 + number(400);
            let mut window = Window::rolling(100, LENGTH);
            let mut taken: Vec<(u64, u64)> = Vec::new();
            let mut now = 0;
            for _ in 0..2000 {
                now += number(longest_pause);
                let amount = number(20);
                if window.take(amount, at(now)) {
                    taken.push((now, amount));
                }
                let within = |span: u64| {
                    let recent = taken.iter().filter(|(time, _)| time + span > now);
                    recent.map(|(_, amount)| amount).sum::<u64>()
                };
                assert!(within(1000) <= 100);
                // What is over for more than a part is free.
                let available = window.available(at(now));
                assert!(available >= 100_u64.saturating_sub(within(1010)));
            }
            let Taken::Rolling(parts) = &window.taken else {
                panic!("a rolling window");
            };
            assert!(parts.len() <= 102, "{}", parts.len());
        }
    }
}

//! What the benchmarks measure with: ratios of what two ways cost in one run, for times are not
//! steady where others use the machine too.

use std::env;
use std::process::Command;
use std::time::{Duration, Instant};

/// The time of one run, in the shortest of many short series, which others on the machine disturb
/// least.
pub fn shortest(repetitions: u32, run: impl Fn()) -> Duration {
    let series = || {
        let start = Instant::now();
        (0..repetitions).for_each(|_| run());
        start.elapsed() / repetitions
    };
    (0..200).map(|_| series()).min().unwrap_or_default()
}

/// What one of valgrind's tools counts.
#[derive(Clone, Copy, Debug)]
pub enum Counted {
    /// Instructions.
    Instructions,
    /// Allocations.
    Allocations,
}

impl Counted {
    /// How much of it one run takes: this program is started with these arguments and a number, so
    /// many times is it to run. `None` without valgrind.
    #[must_use]
    pub fn of(self, arguments: &[&str]) -> Option<f64> {
        let (tool, label) = match self {
            Counted::Instructions => (
                ["--tool=callgrind", "--callgrind-out-file=/dev/null"],
                "Collected : ",
            ),
            Counted::Allocations => (["--tool=memcheck", "--leak-check=no"], "total heap usage: "),
        };
        let run = |times: u32| {
            let output = Command::new("valgrind")
                .args(tool)
                .arg(env::current_exe().ok()?)
                .args(arguments)
                .arg(times.to_string())
                .output()
                .ok()?;
            let summary = String::from_utf8_lossy(&output.stderr);
            let (_, rest) = summary.split_once(label)?;
            let number = rest.split_whitespace().next()?.replace(',', "");
            number.parse::<f64>().ok()
        };
        // The difference, without what the program does before and after.
        Some((run(600)? - run(100)?) / 500.0)
    }
}

/// Prints the ratio of what two ways count.
pub fn print_ratio(what: Counted, ours: &[&str], theirs: &[&str]) {
    let name = match what {
        Counted::Instructions => "instructions",
        Counted::Allocations => "allocations ",
    };
    match (what.of(ours), what.of(theirs)) {
        (Some(a), Some(b)) => println!("  {name}  {:.3}  ({a:.0}, {b:.0})", a / b),
        _ => println!("  {name}  not counted: is valgrind installed?"),
    }
}

//! Problems on the terminal.

use std::io::IsTerminal;

use crate::document::Problems;

/// Prints problems to the standard error, in colour if that is a terminal and the user didn't
/// object with `NO_COLOR`, then how many there are.
pub(super) fn print(problems: &Problems) {
    let terminal = std::io::stderr().is_terminal();
    let color = terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let width = terminal_size::terminal_size_of(std::io::stderr());
    let width = width.map_or(Problems::WIDTH, |(width, _)| width.0.into());
    eprint!("{}", problems.render(color, width));
    if problems.len() > 1 {
        eprintln!("\n{} problems", problems.len());
    }
}

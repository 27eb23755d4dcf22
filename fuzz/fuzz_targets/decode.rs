//! Everything that decodes what Mixer sends. The first byte picks the decoder, the rest is what it
//! decodes: a request of each template, a quota's with what is asked for, a configuration.

#![no_main]

mod config;
mod quota;

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tests::agreement::{self, Agreement};
use tests::everything;

/// What prost makes of the same bytes; the built-in templates and one with everything.
static TEMPLATES: LazyLock<[Agreement; 12]> = LazyLock::new(agreement::all);

fuzz_target!(|data: &[u8]| {
    let Some((&decoder, bytes)) = data.split_first() else {
        return;
    };
    // `seed` knows these numbers.
    match decoder % 14 {
        12 => quota::check(bytes),
        13 => config::check(bytes),
        template => {
            TEMPLATES[usize::from(template)].check(bytes);
            if template == 11 {
                everything::check_output(bytes);
            }
        }
    }
});

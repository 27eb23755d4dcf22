//! What is wrong with a macro's input, collected so that the author sees all of it at once.

use std::cell::{Cell, RefCell};
use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;

/// The errors found so far.
///
/// Must be [`finish`](Diagnostics::finish)ed: an error that is collected and then lost would let
/// wrong input compile, so dropping them unchecked panics.
#[derive(Default)]
pub(crate) struct Diagnostics {
    errors: RefCell<Vec<syn::Error>>,
    checked: Cell<bool>,
}

impl Diagnostics {
    pub(crate) fn new() -> Diagnostics {
        Diagnostics::default()
    }

    /// An error at a place.
    pub(crate) fn error(&self, span: Span, message: impl Display) {
        self.push(syn::Error::new(span, message));
    }

    /// An error that covers some tokens.
    pub(crate) fn error_at(&self, tokens: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    pub(crate) fn push(&self, error: syn::Error) {
        self.errors.borrow_mut().push(error);
    }

    /// The value, or nothing and one more error.
    pub(crate) fn take<T>(&self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Ends the collecting. The error is a `compile_error!` for each that was found.
    pub(crate) fn finish(self) -> Result<(), TokenStream> {
        self.checked.set(true);
        let errors = self.errors.take();
        if errors.is_empty() {
            return Ok(());
        }
        Err(errors.iter().map(syn::Error::to_compile_error).collect())
    }
}

impl Drop for Diagnostics {
    fn drop(&mut self) {
        if !self.checked.get() && !std::thread::panicking() {
            panic!("the diagnostics were dropped unchecked");
        }
    }
}

/// The known name that was probably meant.
pub(crate) fn did_you_mean<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let distance = |known: &str| strsim::damerau_levenshtein(&name.to_lowercase(), known);
    let near = |known: &&str| distance(known) <= 2 && distance(known) < known.len();
    known
        .iter()
        .copied()
        .filter(near)
        .min_by_key(|known| distance(known))
}

/// Says that a name is unknown, what was probably meant, and, in `valid`, which names there are.
pub(crate) fn unknown(what: &str, name: &str, known: &[&str], valid: impl Display) -> String {
    match did_you_mean(name, known) {
        Some(meant) => format!("unknown {what} `{name}`: did you mean `{meant}`? {valid}"),
        None => format!("unknown {what} `{name}`: {valid}"),
    }
}

/// The names as a sentence has them: "`a`, `b` and `c`".
pub(crate) fn list(names: &[&str]) -> String {
    let mut text = String::new();
    for (index, name) in names.iter().enumerate() {
        let separator = match names.len() - index {
            _ if index == 0 => "",
            1 => " and ",
            _ => ", ",
        };
        text.extend([separator, "`", name, "`"]);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_errors_are_reported() {
        let errors = Diagnostics::new();
        errors.error(Span::call_site(), "one");
        assert!(
            errors
                .take::<()>(Err(syn::Error::new(Span::call_site(), "two")))
                .is_none()
        );
        let text = errors.finish().expect_err("there were errors").to_string();
        assert!(
            text.contains("\"one\"") && text.contains("\"two\""),
            "{text}"
        );
    }

    #[test]
    #[should_panic(expected = "dropped unchecked")]
    fn errors_can_not_be_lost() {
        Diagnostics::new().error(Span::call_site(), "lost");
    }

    #[test]
    fn suggestions_are_near() {
        let known = ["listentry", "metric", "quota"];
        for (name, meant) in [
            ("metrc", Some("metric")),
            ("Metrics", Some("metric")),
            ("qutoa", Some("quota")),
            ("listEntry", Some("listentry")),
            ("authorization", None),
            ("", None),
        ] {
            assert_eq!(did_you_mean(name, &known), meant, "{name}");
        }
        assert_eq!(did_you_mean("x", &["a", "ab"]), None);
    }

    #[test]
    fn names_are_listed_as_a_sentence() {
        assert_eq!(list(&["a"]), "`a`");
        assert_eq!(list(&["a", "b"]), "`a` and `b`");
        assert_eq!(list(&["a", "b", "c"]), "`a`, `b` and `c`");
    }
}

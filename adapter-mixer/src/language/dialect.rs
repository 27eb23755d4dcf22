//! Which language an expression is in.

use std::fmt;

/// The language of the expressions of a rule or an instance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Language {
    /// Mixer's own expressions.
    #[default]
    Cexl,
}

/// A language of Mixer's that is not available here.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "expressions in the language `{0}` are not supported: \
     write them in CEXL, and leave the annotation `{annotation}` out",
    annotation = Language::ANNOTATION
)]
pub struct UnsupportedLanguage(&'static str);

impl Language {
    /// The annotation of a rule or an instance that names the language.
    pub const ANNOTATION: &'static str = "policy.istio.io/lang";

    /// The language that the value of the [annotation](Language::ANNOTATION) stands for: exactly
    /// `CEL` or exactly `COMPAT` for those, anything else, or no annotation, for CEXL.
    ///
    /// # Errors
    ///
    /// If the language is not supported.
    pub fn of_annotation(value: Option<&str>) -> Result<Language, UnsupportedLanguage> {
        match value {
            Some("CEL") => Err(UnsupportedLanguage("CEL")),
            Some("COMPAT") => Err(UnsupportedLanguage("COMPAT")),
            _ => Ok(Language::Cexl),
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Language::Cexl => "CEXL",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_names_count() {
        for value in [None, Some(""), Some("CEXL"), Some("cel"), Some(" CEL")] {
            assert_eq!(Language::of_annotation(value), Ok(Language::Cexl));
        }
        let error = Language::of_annotation(Some("CEL")).expect_err("not supported");
        assert!(error.to_string().contains("policy.istio.io/lang"));
    }
}

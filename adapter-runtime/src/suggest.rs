//! "Did you mean".

/// `: did you mean `x`?` for the name that is nearest, or nothing where none is near.
pub(crate) fn did_you_mean<S: AsRef<str>>(written: &str, known: &[S]) -> String {
    let nearest = known
        .iter()
        .map(|name| {
            (
                strsim::damerau_levenshtein(written, name.as_ref()),
                name.as_ref(),
            )
        })
        .min();
    match nearest {
        Some((distance, name)) if distance <= 2.max(written.len() / 3) => {
            format!(": did you mean `{name}`?")
        }
        _ => String::new(),
    }
}

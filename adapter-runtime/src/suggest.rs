//! "Did you mean".

/// Says that a name is unknown, which one is nearest, and which ones there are.
pub(crate) fn unknown<S: AsRef<str>>(what: &str, name: &str, known: &[S]) -> String {
    let distance = |known: &&str| strsim::damerau_levenshtein(name, known);
    let known: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
    let list = match known.as_slice() {
        [] => return format!("there is no {what} `{name}`, nor any other"),
        [only] => format!("the only {what} is `{only}`"),
        [first @ .., last] => format!("the {what}s are `{}` and `{last}`", first.join("`, `")),
    };
    let nearest = known
        .iter()
        .copied()
        .min_by_key(distance)
        .unwrap_or_default();
    format!("there is no {what} `{name}`: did you mean `{nearest}`? {list}")
}

#[cfg(test)]
mod tests {
    use super::unknown;

    #[test]
    fn the_nearest_is_named() {
        assert_eq!(
            unknown("adapter", "quoat", &["list", "quota"]),
            "there is no adapter `quoat`: did you mean `quota`? the adapters are `list` and `quota`"
        );
    }
}

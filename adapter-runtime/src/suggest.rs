//! "Did you mean".

/// The name that is nearest to one that is not among them, if it is near enough for a slip. One in
/// another case, `camelCase` for `snake_case`, is as near as can be.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let letters = |name: &str| name.replace('_', "").to_ascii_lowercase();
    let distance = |known: &str| match letters(known) == letters(name) {
        true => 0,
        false => strsim::damerau_levenshtein(name, known),
    };
    let slips = 1 + name.chars().count().min(15) / 5;
    (known.iter().copied())
        .filter(|known| distance(known) <= slips)
        .min_by_key(|known| distance(known))
}

/// Names for a sentence.
pub(crate) fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [first @ .., last] => format!("`{}` and `{last}`", first.join("`, `")),
    }
}

/// Says that a name is unknown, which one is nearest, and which ones there are.
pub(crate) fn unknown<S: AsRef<str>>(what: &str, name: &str, known: &[S]) -> String {
    let distance = |known: &&str| strsim::damerau_levenshtein(name, known);
    let known: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
    let list = match known.as_slice() {
        [] => return format!("there is no {what} `{name}`, nor any other"),
        [only] => format!("the only {what} is `{only}`"),
        names => format!("the {what}s are {}", list(names)),
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

//! "Did you mean".

/// Says that a name is unknown, which one is nearest, and which ones there are.
pub(crate) fn unknown<S: AsRef<str>>(what: &str, name: &str, known: &[S]) -> String {
    let distance = |known: &&str| strsim::damerau_levenshtein(name, known);
    let known: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
    let list = known.join(", ");
    match known.iter().copied().min_by_key(distance) {
        Some(nearest) => {
            format!("there is no {what} `{name}`: did you mean `{nearest}`? There is {list}")
        }
        None => format!("there is no {what} `{name}`, nor any other"),
    }
}

#[cfg(test)]
mod tests {
    use super::unknown;

    #[test]
    fn the_nearest_is_named() {
        assert_eq!(
            unknown("adapter", "quoat", &["list", "quota"]),
            "there is no adapter `quoat`: did you mean `quota`? There is list, quota"
        );
    }
}

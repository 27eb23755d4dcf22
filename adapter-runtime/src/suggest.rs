//! "Did you mean".

/// The name that is nearest to one that is not among them, if it is near enough for a slip. One in
/// another case, `camelCase` for `snake_case`, is as near as can be.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let slips = slips(name);
    let distances = comparable(name, known).filter_map(|known| {
        let distance = match letters(known) == letters(name) {
            true => 0,
            false => strsim::damerau_levenshtein(name, known),
        };
        (distance <= slips).then_some((distance, known))
    });
    distances
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, known)| known)
}

/// Those that are worth a comparison: an operator's name may be as long as a file.
fn comparable<'a>(name: &str, known: &[&'a str]) -> impl Iterator<Item = &'a str> {
    let (length, slips) = (name.chars().count(), slips(name));
    // A `_` more or less is no slip.
    let letters = letters(name).chars().count();
    (known.iter().copied()).filter(move |known| {
        known.chars().count().abs_diff(length) <= slips
            || self::letters(known).chars().count() == letters
    })
}

/// How many letters may be wrong.
fn slips(name: &str) -> usize {
    1 + name.chars().take(15).count() / 5
}

fn letters(name: &str) -> String {
    name.replace('_', "").to_ascii_lowercase()
}

/// Names for a sentence.
pub(crate) fn list(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => format!("`{only}`"),
        [first @ .., last] => format!("`{}` and `{last}`", first.join("`, `")),
    }
}

/// What to write instead of an unknown name: the nearest one, or else one of those that there are.
pub(crate) fn instead(what: &str, name: &str, known: &[&str]) -> String {
    match (nearest(name, known), known) {
        (_, []) => format!("no {what} is expected here"),
        (Some(nearest), _) => format!("did you mean `{nearest}`?"),
        (None, [only]) => format!("the only {what} is `{only}`"),
        (None, names) => format!("the {what}s are {}", list(names)),
    }
}

/// Says that a name is unknown, and what to write instead.
pub(crate) fn unknown<S: AsRef<str>>(what: &str, name: &str, known: &[S]) -> String {
    let known: Vec<&str> = known.iter().map(AsRef::as_ref).collect();
    match known.as_slice() {
        [] => format!("there is no {what} `{name}`, nor any other"),
        known => format!(
            "there is no {what} `{name}`: {}",
            instead(what, name, known)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{comparable, nearest, unknown};

    #[test]
    fn the_nearest_is_named_or_else_all() {
        let known = ["list", "quota"];
        assert_eq!(
            unknown("adapter", "quoat", &known),
            "there is no adapter `quoat`: did you mean `quota`?"
        );
        assert_eq!(
            unknown("adapter", "metrics", &known),
            "there is no adapter `metrics`: the adapters are `list` and `quota`"
        );
        assert_eq!(
            unknown("adapter", "metrics", &["list"]),
            "there is no adapter `metrics`: the only adapter is `list`"
        );
        let none: [&str; 0] = [];
        assert_eq!(
            unknown("adapter", "list", &none),
            "there is no adapter `list`, nor any other"
        );
        assert_eq!(
            nearest("flushIntervalOfIt", &["flush_interval_of_it"]),
            Some("flush_interval_of_it")
        );
    }

    #[test]
    fn names_of_another_length_cost_nothing() {
        let known = ["file_path", "flush_interval", "a_b_c_d_e_f"];
        let all = |name: &str| comparable(name, &known).count();
        assert_eq!(all(&"x".repeat(1_000_000)), 0);
        assert_eq!(all("file_pth"), 1);
        assert_eq!(all("abcdef"), 1);
    }
}

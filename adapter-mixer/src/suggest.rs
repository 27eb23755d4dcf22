//! "Did you mean".

/// The known name that differs from this one by at most two slips of the pen, upper and lower
/// case being the same; of equally near ones the first in the alphabet.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    known
        // Of very short names everything is near.
        .map(|known| (strsim::osa_distance(&lower, &known.to_lowercase()), known))
        .filter(|(distance, known)| *distance <= 2 && *distance < known.chars().count().min(4))
        .min()
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn names_within_two_slips_are_near() {
        let known = ["request.headers", "request.host", "ip"];
        let nearest = |name| nearest(name, known.into_iter());
        assert_eq!(nearest("request.header"), Some("request.headers"));
        assert_eq!(nearest("Request.Headers"), Some("request.headers"));
        assert_eq!(nearest("reqeust.host"), Some("request.host"));
        assert_eq!(nearest("response.code"), None);
        assert_eq!(nearest("x"), None);
    }
}

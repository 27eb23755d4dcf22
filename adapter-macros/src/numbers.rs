//! Field numbers of protobuf.

const MAX: u64 = (1 << 29) - 1;
const RESERVED: std::ops::RangeInclusive<u64> = 19_000..=19_999;

/// A number, or why a field can't have it.
pub(crate) fn check(number: u64) -> Result<u32, String> {
    match u32::try_from(number) {
        _ if RESERVED.contains(&number) => Err(format!(
            "protobuf keeps the numbers 19000 to 19999 for itself, and this is {number}: \
             write another one"
        )),
        Ok(number) if number > 0 && u64::from(number) <= MAX => Ok(number),
        _ => Err(format!(
            "a field's number is between 1 and {MAX}, not {number}: write another one"
        )),
    }
}

/// The same for a literal.
pub(crate) fn check_literal(literal: &syn::LitInt) -> syn::Result<u32> {
    let error = |message: String| syn::Error::new(literal.span(), message);
    // What doesn't fit is certainly too large.
    let number = literal.base10_digits().parse().map_err(|_| {
        error(format!(
            "a field's number is between 1 and {MAX}, not {}: write another one",
            literal.base10_digits()
        ))
    })?;
    check(number).map_err(error)
}

//! Enums without data.

use super::EnumInfo;
use crate::wire::DecodeError;

/// What the derive makes of an enum without data.
pub trait ConfigEnum: Sized + 'static {
    /// Its names.
    const INFO: &'static EnumInfo;

    /// The number on the wire.
    fn number(&self) -> i32;

    /// The value with a number.
    fn from_number(number: i32) -> Option<Self>;
}

pub(super) fn unknown(info: &EnumInfo, number: i32) -> DecodeError {
    let values: Vec<_> = info
        .values
        .iter()
        .map(|value| format!("`{}` ({})", value.name, value.number))
        .collect();
    DecodeError::invalid(format!(
        "{number} is no value of `{}`, which has {}",
        info.name,
        values.join(", ")
    ))
}

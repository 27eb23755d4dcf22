//! The rules that the derive takes, each with what the field's type must be. The type is named in
//! the expansion, where the compiler shows what is wrong with it.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use super::scalar::shortest;
use super::{Bound, Constraint, Format, Secret, SecretValue};

/// The operator must write it.
#[must_use]
pub fn required<T: MaybeAbsent>() -> Constraint {
    Constraint::Required
}

/// It must not be empty.
#[must_use]
pub fn non_empty<T: MaybeEmpty>() -> Constraint {
    Constraint::NonEmpty
}

/// Nothing in it is twice.
#[must_use]
pub fn unique<T: IsList>() -> Constraint {
    Constraint::Unique
}

/// More than zero.
#[must_use]
pub fn positive<T: Bounded>() -> Constraint {
    Constraint::Positive
}

/// At least this.
#[must_use]
pub fn min<T: Bounded>(bound: T::Bound) -> Constraint {
    Constraint::Min(bound.into())
}

/// At most this.
#[must_use]
pub fn max<T: Bounded>(bound: T::Bound) -> Constraint {
    Constraint::Max(bound.into())
}

/// A text of this form.
#[must_use]
pub fn format<T: HasText>(format: Format) -> Constraint {
    Constraint::Format(format)
}

/// A field that shows whether the operator wrote it.
#[diagnostic::on_unimplemented(
    message = "a field of the type `{Self}` doesn't show whether the operator wrote it",
    label = "`required` can't be checked",
    note = "write `Option<{Self}>`: `None` is what was not written"
)]
pub trait MaybeAbsent {}

/// A field that can be empty.
#[diagnostic::on_unimplemented(
    message = "a field of the type `{Self}` is never empty",
    label = "`non_empty` is for texts, lists and maps"
)]
pub trait MaybeEmpty {}

/// A list.
#[diagnostic::on_unimplemented(
    message = "a field of the type `{Self}` is no list",
    label = "`unique` is for a `Vec`"
)]
pub trait IsList {}

/// A type whose values can be compared, and shown where they are equal.
#[diagnostic::on_unimplemented(
    message = "`unique` can't be checked in a list of `{Self}`",
    label = "an error would show what is twice"
)]
pub trait Comparable {}

/// A field of one or more numbers or durations.
#[diagnostic::on_unimplemented(
    message = "a field of the type `{Self}` has no bounds",
    label = "`positive`, `min` and `max` are for numbers and durations"
)]
pub trait Bounded {
    /// What a value is compared with.
    type Bound: Into<Bound>;
}

/// A field of one or more texts.
#[diagnostic::on_unimplemented(
    message = "a field of the type `{Self}` has no text",
    label = "`format` is for texts"
)]
pub trait HasText {}

impl MaybeAbsent for String {}
impl<T> MaybeAbsent for Option<T> {}
impl<T> MaybeAbsent for Vec<T> {}
impl<K, T> MaybeAbsent for BTreeMap<K, T> {}
impl<K, T, S> MaybeAbsent for HashMap<K, T, S> {}
impl<T: SecretValue> MaybeAbsent for Secret<T> {}

impl MaybeEmpty for String {}
impl<T: MaybeEmpty> MaybeEmpty for Option<T> {}
impl<T> MaybeEmpty for Vec<T> {}
impl<K, T> MaybeEmpty for BTreeMap<K, T> {}
impl<K, T, S> MaybeEmpty for HashMap<K, T, S> {}
impl<T: SecretValue> MaybeEmpty for Secret<T> {}

impl<T: Comparable> IsList for Vec<T> {}

impl Comparable for bool {}
impl Comparable for String {}

impl HasText for String {}
impl<T: HasText> HasText for Option<T> {}
impl<T: HasText> HasText for Vec<T> {}
impl<K, T: HasText> HasText for BTreeMap<K, T> {}
impl<K, T: HasText, S> HasText for HashMap<K, T, S> {}
impl<T: SecretValue> HasText for Secret<T> {}

impl<T: Bounded> Bounded for Option<T> {
    type Bound = T::Bound;
}
impl<T: Bounded> Bounded for Vec<T> {
    type Bound = T::Bound;
}
impl<K, T: Bounded> Bounded for BTreeMap<K, T> {
    type Bound = T::Bound;
}
impl<K, T: Bounded, S> Bounded for HashMap<K, T, S> {
    type Bound = T::Bound;
}

macro_rules! bounded {
    ($($type:ty: |$value:ident| $bound:expr;)+) => {$(
        impl Bounded for $type {
            type Bound = $type;
        }

        impl Comparable for $type {}

        impl From<$type> for Bound {
            fn from($value: $type) -> Bound {
                $bound
            }
        }
    )+};
}

bounded! {
    i32: |number| Bound::Integer(number.into());
    i64: |number| Bound::Integer(number.into());
    u32: |number| Bound::Integer(number.into());
    u64: |number| Bound::Integer(number.into());
    f32: |number| Bound::Float(shortest(number.into(), number));
    f64: |number| Bound::Float(number);
    Duration: |duration| Bound::Duration(duration);
}

//! The types that configuration fields can have.

use serde_json::Value as Json;

use super::place::{At, Encoding, Path, Slot};
use super::rules::Check;
use super::{AdapterConfig, ConfigEnum, Kind};
use crate::error::ConfigErrors;
use crate::wire::{Rest, WireType};

/// A type that a field of a configuration can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a field of a configuration",
    label = "not a type that Mixer can encode",
    note = "use `String`, `Secret`, `bool`, `i32`, `i64`, `u32`, `u64`, `f32`, `f64`, `std::time::Duration`, `SystemTime`, a struct or an enum without data with `#[derive(AdapterConfig)]`, or `Option`, `Vec` or `BTreeMap<String, _>` of one of them",
    note = "a field that holds an enum with data is marked `#[config(oneof)]`"
)]
pub trait ConfigField: Sized + 'static {
    /// Whether what arrives replaces the declared default before it is merged: false for messages of
    /// the configuration, whose fields have defaults of their own, and for secrets, which replace it
    /// themselves.
    #[doc(hidden)]
    const REPLACES_DEFAULT: bool = true;

    /// The value of a field that did not arrive and has no declared default.
    #[doc(hidden)]
    fn empty() -> Self;

    /// What the field holds.
    #[doc(hidden)]
    fn kind(encoding: Encoding) -> Kind;

    /// Takes one occurrence of the field from `input`, which begins after the field's key: a scalar
    /// that occurs again replaces, a message merges, a list or a map grows.
    #[doc(hidden)]
    fn merge<'a>(&mut self, wire: WireType, input: &'a [u8], at: At<'_>) -> Rest<'a>;

    /// Appends the field with its key, zero values too.
    #[doc(hidden)]
    fn encode(&self, slot: Slot, out: &mut Vec<u8>);

    /// The value as the operator would write it.
    #[doc(hidden)]
    fn show(&self) -> Json;

    /// Collects what is wrong with the value, and reads the secrets in it.
    #[doc(hidden)]
    fn check(&mut self, check: Check<'_>, path: &Path<'_>, errors: &mut ConfigErrors);
}

/// A type that an element of a `Vec` or a value of a map can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be repeated in a configuration",
    label = "Mixer can't encode a list or a map of this",
    note = "use `String`, `Secret`, `bool`, `i32`, `i64`, `u32`, `u64`, `f32`, `f64`, or a struct or an enum with `#[derive(AdapterConfig)]`; Mixer can't encode bytes and repeated Durations"
)]
pub trait ConfigElement: ConfigField {
    /// The wire type of a number that may be packed with others; `None` for anything else.
    #[doc(hidden)]
    fn packed(encoding: Encoding) -> Option<WireType> {
        let _ = encoding;
        None
    }
}

/// A type that a variant of a oneof can hold.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be in a oneof",
    label = "a list, a map or an `Option` can't be a variant's content",
    note = "put it in a struct with `#[derive(AdapterConfig)]`, and that into the variant"
)]
pub trait ConfigMember: ConfigField {}

/// What a type that derives `AdapterConfig` does as a field.
pub trait Shape<T> {
    /// See [`ConfigField`].
    const REPLACES_DEFAULT: bool;
    /// See [`ConfigElement`].
    const PACKED: Option<WireType>;
    /// See [`ConfigField`].
    fn empty() -> T;
    /// See [`ConfigField`].
    fn kind() -> Kind;
    /// See [`ConfigField`].
    fn merge<'a>(value: &mut T, wire: WireType, input: &'a [u8], at: At<'_>) -> Rest<'a>;
    /// See [`ConfigField`].
    fn encode(value: &T, slot: Slot, out: &mut Vec<u8>);
    /// See [`ConfigField`].
    fn show(value: &T) -> Json;
    /// See [`ConfigField`].
    fn check(value: &mut T, path: &Path<'_>, errors: &mut ConfigErrors);
}

/// The [`Shape`] of structs.
#[derive(Debug)]
pub struct MessageShape;

/// The [`Shape`] of enums without data.
#[derive(Debug)]
pub struct EnumShape;

/// Makes a type a field that does what its [`Shape`] says. Not an impl for all types with a shape,
/// beside which the compiler would no longer say why a `Vec` is no field.
#[doc(hidden)]
#[macro_export]
macro_rules! __derived_field {
    ($shape:ident, [$($generics:tt)*] $type:ty, [$($where:tt)*]) => {
        impl $($generics)* $crate::config::ConfigField for $type $($where)* {
            const REPLACES_DEFAULT: ::core::primitive::bool =
                <$crate::config::$shape as $crate::config::Shape<Self>>::REPLACES_DEFAULT;

            fn empty() -> Self {
                <$crate::config::$shape as $crate::config::Shape<Self>>::empty()
            }

            fn kind(_: $crate::config::Encoding) -> $crate::config::Kind {
                <$crate::config::$shape as $crate::config::Shape<Self>>::kind()
            }

            fn merge<'a>(
                &mut self,
                wire: $crate::__private::WireType,
                input: &'a [::core::primitive::u8],
                at: $crate::config::At<'_>,
            ) -> $crate::__private::Rest<'a> {
                <$crate::config::$shape as $crate::config::Shape<Self>>::merge(
                    self, wire, input, at,
                )
            }

            fn encode(
                &self,
                slot: $crate::config::Slot,
                out: &mut $crate::__private::Vec<::core::primitive::u8>,
            ) {
                <$crate::config::$shape as $crate::config::Shape<Self>>::encode(self, slot, out);
            }

            fn show(&self) -> $crate::__private::Json {
                <$crate::config::$shape as $crate::config::Shape<Self>>::show(self)
            }

            fn check(
                &mut self,
                _: $crate::config::Check<'_>,
                path: &$crate::config::Path<'_>,
                errors: &mut $crate::ConfigErrors,
            ) {
                <$crate::config::$shape as $crate::config::Shape<Self>>::check(
                    self, path, errors,
                );
            }
        }

        impl $($generics)* $crate::config::ConfigElement for $type $($where)* {
            fn packed(
                _: $crate::config::Encoding,
            ) -> ::core::option::Option<$crate::__private::WireType> {
                <$crate::config::$shape as $crate::config::Shape<Self>>::PACKED
            }
        }

        impl $($generics)* $crate::config::ConfigMember for $type $($where)* {}

        impl $($generics)* $crate::config::Comparable for $type $($where)* {}
    };
}

impl<M: AdapterConfig> Shape<M> for MessageShape {
    const REPLACES_DEFAULT: bool = false;
    const PACKED: Option<WireType> = None;

    fn empty() -> M {
        M::defaults()
    }

    fn kind() -> Kind {
        Kind::Message(super::MessageRef::of::<M>())
    }

    fn merge<'a>(value: &mut M, wire: WireType, input: &'a [u8], at: At<'_>) -> Rest<'a> {
        let (body, rest) = crate::wire::bytes(wire, input)?;
        M::message().merge(value, body, at.depth.deeper()?, at.arrived)?;
        Ok(rest)
    }

    fn encode(value: &M, slot: Slot, out: &mut Vec<u8>) {
        encode_bytes(slot.tag, &value.encode(), out);
    }

    fn show(value: &M) -> Json {
        M::message().show(value)
    }

    fn check(value: &mut M, path: &Path<'_>, errors: &mut ConfigErrors) {
        M::message().check(value, path, errors);
    }
}

impl<E: ConfigEnum> Shape<E> for EnumShape {
    const REPLACES_DEFAULT: bool = true;
    const PACKED: Option<WireType> = Some(WireType::Varint);

    fn empty() -> E {
        // The derive demands that there is one.
        E::from_number(0).expect("an enum has a value of the number 0")
    }

    fn kind() -> Kind {
        Kind::Enum(super::EnumRef::of::<E>())
    }

    fn merge<'a>(value: &mut E, wire: WireType, input: &'a [u8], _: At<'_>) -> Rest<'a> {
        let (number, rest) = crate::wire::number(wire, input)?;
        // Truncated as protobuf prescribes for numbers wider than the type.
        *value = E::from_number(number as i32)
            .ok_or_else(|| super::enumeration::unknown(E::INFO, number as i32))?;
        Ok(rest)
    }

    fn encode(value: &E, slot: Slot, out: &mut Vec<u8>) {
        value.number().encode(Slot::plain(slot.tag), out);
    }

    fn show(value: &E) -> Json {
        let value = E::INFO.value(value.number());
        value.map_or(Json::Null, |value| value.name.into())
    }

    fn check(_: &mut E, _: &Path<'_>, _: &mut ConfigErrors) {}
}

/// Appends a field of bytes: a string, a message, an entry of a map.
pub(super) fn encode_bytes(tag: u32, bytes: &[u8], out: &mut Vec<u8>) {
    use prost::encoding::{WireType as Out, encode_key, encode_varint};

    encode_key(tag, Out::LengthDelimited, out);
    encode_varint(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

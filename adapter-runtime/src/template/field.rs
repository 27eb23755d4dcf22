//! The types that fields of templates can have.

use std::collections::{BTreeMap, HashMap};
use std::hash::BuildHasher;

use super::params::Slot;
use super::{EvaluationError, Field, FieldType, Message, build};
use crate::value::{DnsName, Duration, EmailAddress, IpAddress, Map, Str, TimeStamp, Uri, Value};

/// A field that holds one value of a known type. `build` takes it out of the value of an expression.
macro_rules! known {
    ($($field:ty => $field_type:ident: { $($pattern:pat => $value:expr),+ };)+) => {$(
        impl Field for $field {
            const TYPE: FieldType = FieldType::$field_type;

            #[inline]
            fn build<E, X>(
                slot: &Slot<E>,
                evaluate: &mut impl FnMut(&E) -> Result<Value, X>,
            ) -> Result<Self, EvaluationError<X>> {
                build::value(slot, evaluate, |value| match value {
                    $($pattern => Ok($value),)+
                    other => Err(other),
                })
            }
        }
    )+};
}

known! {
    Str => String: { Value::String(text) => text };
    String => String: { Value::String(text) => text.as_str().to_owned() };
    i64 => Int64: { Value::Int64(number) => number };
    f64 => Double: { Value::Double(number) => number };
    bool => Bool: { Value::Bool(value) => value };
    IpAddress => IpAddress: { Value::IpAddress(address) => address };
    TimeStamp => TimeStamp: { Value::TimeStamp(time) => time };
    Duration => Duration: { Value::Duration(duration) => duration };
    DnsName => DnsName: {
        Value::DnsName(name) => name,
        Value::String(text) => text.as_str().into()
    };
    EmailAddress => EmailAddress: {
        Value::EmailAddress(address) => address,
        Value::String(text) => text.as_str().into()
    };
    Uri => Uri: {
        Value::Uri(uri) => uri,
        Value::String(text) => text.as_str().into()
    };
}

impl Field for Value {
    const TYPE: FieldType = FieldType::Value;

    #[inline]
    fn build<E, X>(
        slot: &Slot<E>,
        evaluate: &mut impl FnMut(&E) -> Result<Value, X>,
    ) -> Result<Self, EvaluationError<X>> {
        build::value(slot, evaluate, Ok)
    }
}

macro_rules! map {
    ($([$($parameters:tt)*] $map:ty, $key:ty;)+) => {$(
        impl<V: Field, $($parameters)*> Field for $map {
            const TYPE: FieldType = FieldType::Map(&V::TYPE);

            #[inline]
            fn build<E, X>(
                slot: &Slot<E>,
                evaluate: &mut impl FnMut(&E) -> Result<Value, X>,
            ) -> Result<Self, EvaluationError<X>> {
                build::entries::<$key, V, Self, E, X>(slot, evaluate)
            }
        }
    )+};
}

map! {
    [] Map<V>, Str;
    [] BTreeMap<String, V>, String;
    [S: BuildHasher + Default] HashMap<String, V, S>, String;
}

impl<M: Message> Field for Option<M> {
    const TYPE: FieldType = FieldType::Message(M::INFO);

    fn build<E, X>(
        slot: &Slot<E>,
        evaluate: &mut impl FnMut(&E) -> Result<Value, X>,
    ) -> Result<Self, EvaluationError<X>> {
        match slot {
            Slot::Message(_) => build::message(slot, evaluate).map(Some),
            _ => Ok(None),
        }
    }
}

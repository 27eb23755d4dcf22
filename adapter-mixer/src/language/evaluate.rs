//! Values.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

use adapter_runtime::value::{TimeStamp, ValueType};

use super::compile::{Code, Op};
use super::error::EvaluationError;
use super::function::{Comparison, MAX_ARGUMENTS};
use super::literal::nanoseconds;
use super::pattern::Pattern;
use super::{dns, email, uri};
use crate::attribute::{Attributes, ValueRef};

type Result<T> = std::result::Result<T, EvaluationError>;

/// Is told of every part that is evaluated.
pub(super) trait Observer {
    /// A part is about to be evaluated.
    fn enter(&mut self);
    /// The part has a value, is absent, or failed.
    fn leave(&mut self, code: &Code, outcome: &Result<Option<ValueRef<'_>>>);
}

/// Observes nothing.
pub(super) struct Nobody;

impl Observer for Nobody {
    #[inline(always)]
    fn enter(&mut self) {}
    #[inline(always)]
    fn leave(&mut self, _: &Code, _: &Result<Option<ValueRef<'_>>>) {}
}

pub(super) struct Evaluator<'a, 'o, O> {
    pub(super) text: &'a Arc<str>,
    pub(super) attributes: &'a dyn Attributes,
    pub(super) observer: &'o mut O,
}

impl<'a, O: Observer> Evaluator<'a, '_, O> {
    /// The value of a part that must not be absent.
    pub(super) fn value(&mut self, code: &'a Code) -> Result<ValueRef<'a>> {
        self.observer.enter();
        let outcome = self.strict(code).map(Some);
        self.observer.leave(code, &outcome);
        match outcome? {
            Some(value) => Ok(value),
            None => Err(self.fail(code, "there is no value".to_owned())),
        }
    }

    /// The value of a part that may be absent, because there is a default for it.
    fn optional(&mut self, code: &'a Code) -> Result<Option<ValueRef<'a>>> {
        self.observer.enter();
        let outcome = self.lenient(code);
        self.observer.leave(code, &outcome);
        outcome
    }

    fn lenient(&mut self, code: &'a Code) -> Result<Option<ValueRef<'a>>> {
        match &code.op {
            Op::Attribute(name) => match self.attributes.get(name) {
                Some(value) => self.convert(code, value).map(Some),
                None => Ok(None),
            },
            Op::Default => {
                for part in &code.parts {
                    if let Some(value) = self.optional(part)? {
                        return Ok(Some(value));
                    }
                }
                Ok(None)
            }
            Op::Index => {
                let Some(map) = self.optional(&code.parts[0])? else {
                    return Ok(None);
                };
                let Some(key) = self.optional(&code.parts[1])? else {
                    return Ok(None);
                };
                let value = self.look_up(code, &map, &key)?;
                Ok(value.map(|value| ValueRef::String(Cow::Borrowed(value))))
            }
            // What these are made of must be there.
            _ => self.strict(code).map(Some),
        }
    }

    fn strict(&mut self, code: &'a Code) -> Result<ValueRef<'a>> {
        let parts = &code.parts;
        match &code.op {
            Op::Constant(value) => self.some(code, ValueRef::of(value)),
            Op::Attribute(name) => match self.attributes.get(name) {
                Some(value) => self.convert(code, value),
                None => Err(EvaluationError::absent(self.text, code.span, name)),
            },
            Op::Index => {
                let map = self.value(&parts[0])?;
                let key = self.value(&parts[1])?;
                let value = self.look_up(code, &map, &key)?.unwrap_or_default();
                Ok(ValueRef::String(Cow::Borrowed(value)))
            }
            Op::Default => {
                let (last, first) = match parts.split_last() {
                    Some(split) => split,
                    None => return self.some(code, None),
                };
                for part in first {
                    if let Some(value) = self.optional(part)? {
                        return Ok(value);
                    }
                }
                self.value(last)
            }
            Op::All => self.until(parts, false),
            Op::Any => self.until(parts, true),
            Op::Compare(comparison) => self.compare(*comparison, code),
            Op::Add => {
                let left = self.value(&parts[0])?;
                let right = self.value(&parts[1])?;
                match (left, right) {
                    (ValueRef::Int64(a), ValueRef::Int64(b)) => {
                        Ok(ValueRef::Int64(a.wrapping_add(b)))
                    }
                    (ValueRef::Double(a), ValueRef::Double(b)) => Ok(ValueRef::Double(a + b)),
                    (ValueRef::String(a), ValueRef::String(b)) => {
                        Ok(ValueRef::String(Cow::Owned(a.into_owned() + &b)))
                    }
                    _ => self.some(code, None),
                }
            }
            Op::Conditional => match self.value(&parts[0])? {
                ValueRef::Bool(true) => self.value(&parts[1]),
                _ => self.value(&parts[2]),
            },
            Op::Call(native, surplus) => {
                let mut arguments = [const { ValueRef::Bool(false) }; MAX_ARGUMENTS];
                for (number, part) in parts.iter().enumerate() {
                    let value = self.value(part)?;
                    let place = number.checked_sub(*surplus);
                    if let Some(slot) = place.and_then(|place| arguments.get_mut(place)) {
                        *slot = value;
                    }
                }
                let count = (parts.len() - surplus).min(MAX_ARGUMENTS);
                native(&arguments[..count]).map_err(|message| self.fail(code, message))
            }
            Op::Matches(prepared) => {
                let mut last = [const { ValueRef::Bool(false) }; 2];
                for part in parts {
                    last.swap(0, 1);
                    last[1] = self.value(part)?;
                }
                let [pattern, text] = [0, 1].map(|at: usize| last[at].as_str().unwrap_or_default());
                let found = match prepared {
                    Some(Ok(pattern)) => Ok(pattern.is_match(text)),
                    Some(Err(message)) => Err(message.clone()),
                    None => Pattern::new(pattern).map(|pattern| pattern.is_match(text)),
                };
                let found = found.map_err(|message| self.fail(code, message))?;
                Ok(ValueRef::Bool(found))
            }
        }
    }

    /// Evaluates bools up to the first that is this one.
    fn until(&mut self, parts: &'a [Code], end: bool) -> Result<ValueRef<'a>> {
        for part in parts {
            if matches!(self.value(part)?, ValueRef::Bool(value) if value == end) {
                return Ok(ValueRef::Bool(end));
            }
        }
        Ok(ValueRef::Bool(!end))
    }

    fn compare(&mut self, comparison: Comparison, code: &'a Code) -> Result<ValueRef<'a>> {
        let left = self.value(&code.parts[0])?;
        let right = self.value(&code.parts[1])?;
        let equality = match comparison {
            Comparison::Equal => Some(true),
            Comparison::NotEqual => Some(false),
            _ => None,
        };
        if let Some(wanted) = equality {
            let equal = equal(code.parts[0].value_type, &left, &right);
            let equal = equal.map_err(|message| self.fail(code, message))?;
            return Ok(ValueRef::Bool(equal == wanted));
        }
        let order = match (&left, &right) {
            (ValueRef::String(a), ValueRef::String(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
            (ValueRef::Int64(a), ValueRef::Int64(b)) => Some(a.cmp(b)),
            (ValueRef::Double(a), ValueRef::Double(b)) => a.partial_cmp(b),
            (ValueRef::TimeStamp(a), ValueRef::TimeStamp(b)) => Some(a.cmp(b)),
            _ => None,
        };
        // What is not a number is neither less nor greater.
        Ok(ValueRef::Bool(order.is_some_and(
            |order| match comparison {
                Comparison::Less => order == Ordering::Less,
                Comparison::LessOrEqual => order != Ordering::Greater,
                Comparison::Greater => order == Ordering::Greater,
                _ => order != Ordering::Less,
            },
        )))
    }

    fn look_up(
        &self,
        code: &Code,
        map: &ValueRef<'a>,
        key: &ValueRef<'_>,
    ) -> Result<Option<&'a str>> {
        match (map, key) {
            (ValueRef::StringMap(map), ValueRef::String(key)) => Ok(map.get(key)),
            _ => Err(self.fail(code, "not a string map".to_owned())),
        }
    }

    /// The value of an attribute, which may be of another type than is declared.
    #[inline]
    fn convert(&self, code: &Code, value: ValueRef<'a>) -> Result<ValueRef<'a>> {
        use ValueType as T;
        match (code.value_type, value) {
            (T::String | T::DnsName | T::EmailAddress | T::Uri, value @ ValueRef::String(_))
            | (T::Int64, value @ ValueRef::Int64(_))
            | (T::Double, value @ ValueRef::Double(_))
            | (T::Bool, value @ ValueRef::Bool(_))
            | (T::IpAddress, value @ ValueRef::IpAddress(_))
            | (T::Timestamp, value @ ValueRef::TimeStamp(_))
            | (T::Duration, value @ ValueRef::Duration(_))
            | (T::StringMap, value @ ValueRef::StringMap(_)) => Ok(value),
            // Mixer counts durations in nanoseconds, and doesn't tell them from integers.
            (T::Int64, ValueRef::Duration(span)) => {
                let nanos = span.as_nanos().clamp(i64::MIN.into(), i64::MAX.into());
                Ok(ValueRef::Int64(nanos as i64))
            }
            (T::Duration, ValueRef::Int64(nanos)) => Ok(ValueRef::Duration(nanoseconds(nanos))),
            (declared, value) => Err(self.mistyped(code, declared, &value)),
        }
    }

    #[cold]
    fn mistyped(&self, code: &Code, declared: ValueType, value: &ValueRef<'_>) -> EvaluationError {
        use ValueType as T;
        let wanted = match declared {
            T::String | T::DnsName | T::EmailAddress | T::Uri => "string",
            T::Int64 | T::Duration => "integer or duration",
            T::Double => "double",
            T::Bool => "bool",
            other => other.as_str(),
        };
        let value = go_text(value);
        self.fail(
            code,
            format!("error converting value to {wanted}: '{value}'"),
        )
    }

    fn some(&self, code: &Code, value: Option<ValueRef<'a>>) -> Result<ValueRef<'a>> {
        // Types were checked, so that this can't be reached.
        value.ok_or_else(|| self.fail(code, "there is no value".to_owned()))
    }

    #[cold]
    fn fail(&self, code: &Code, message: String) -> EvaluationError {
        EvaluationError::new(self.text, code.span, message)
    }
}

/// A value as Go's `%v` shows it.
fn go_text(value: &ValueRef<'_>) -> String {
    match value {
        ValueRef::Double(number) if number.is_finite() && *number != 0.0 => {
            let exponential = format!("{number:e}");
            let (digits, exponent) = exponential.split_once('e').unwrap_or((&exponential, "0"));
            match exponent.parse::<i32>() {
                Ok(exponent @ (..-4 | 6..)) => format!("{digits}e{exponent:+03}"),
                _ => number.to_string(),
            }
        }
        ValueRef::IpAddress(address) => {
            let bytes: Vec<String> = address.as_bytes().iter().map(u8::to_string).collect();
            format!("[{}]", bytes.join(" "))
        }
        ValueRef::TimeStamp(time) => {
            let whole = TimeStamp::new(time.seconds(), 0).to_string();
            let second = whole.replace('T', " ").replace(".000000Z", "");
            let fraction = match time.nanos() {
                0 => String::new(),
                nanos => format!(".{nanos:09}"),
            };
            format!("{second}{} +0000 UTC", fraction.trim_end_matches('0'))
        }
        other => other.to_string(),
    }
}

/// Whether two values of one type are equal, by the rules of that type.
fn equal(
    value_type: ValueType,
    left: &ValueRef<'_>,
    right: &ValueRef<'_>,
) -> std::result::Result<bool, String> {
    Ok(match (left, right) {
        (ValueRef::String(a), ValueRef::String(b)) => match value_type {
            ValueType::DnsName => return dns::equal(a, b),
            ValueType::EmailAddress => return email::equal(a, b),
            ValueType::Uri => return uri::equal(a, b),
            _ => a == b,
        },
        (ValueRef::Int64(a), ValueRef::Int64(b)) => a == b,
        // As bits: what is not a number equals itself, and 0.0 is not -0.0.
        (ValueRef::Double(a), ValueRef::Double(b)) => a.to_bits() == b.to_bits(),
        (ValueRef::Bool(a), ValueRef::Bool(b)) => a == b,
        (ValueRef::IpAddress(a), ValueRef::IpAddress(b)) => a == b,
        (ValueRef::TimeStamp(a), ValueRef::TimeStamp(b)) => a == b,
        _ => false,
    })
}

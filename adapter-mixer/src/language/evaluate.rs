//! Values.

use std::borrow::Cow;
use std::sync::Arc;

use adapter_runtime::value::{TimeStamp, ValueType};

use super::compile::{Code, Op};
use super::error::EvaluationError;
use super::function::Comparison;
use super::glance::Seen;
use super::literal::nanoseconds;
use super::pattern::Pattern;
use super::{dns, email, uri};
use crate::attribute::{Attributes, Name, ValueRef};

type Result<T> = std::result::Result<T, EvaluationError>;

/// Is told of every part that is evaluated.
pub(super) trait Observer {
    /// Whether it wants to know, so that nothing may be skipped.
    const OBSERVES: bool = true;

    /// A part is about to be evaluated.
    fn enter(&mut self);
    /// The part has a value, is absent, or failed.
    fn leave(
        &mut self,
        code: &Code,
        outcome: std::result::Result<Option<&ValueRef<'_>>, &EvaluationError>,
    );
}

/// Observes nothing.
pub(super) struct Nobody;

impl Observer for Nobody {
    const OBSERVES: bool = false;

    #[inline(always)]
    fn enter(&mut self) {}
    #[inline(always)]
    fn leave(&mut self, _: &Code, _: std::result::Result<Option<&ValueRef<'_>>, &EvaluationError>) {
    }
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
        let value = self.strict(code);
        self.observer.leave(code, value.as_ref().map(Some));
        value
    }

    /// The value of a part that may be absent, because there is a default for it.
    fn optional(&mut self, code: &'a Code) -> Result<Option<ValueRef<'a>>> {
        self.observer.enter();
        let value = self.lenient(code);
        self.observer
            .leave(code, value.as_ref().map(Option::as_ref));
        value
    }

    fn lenient(&mut self, code: &'a Code) -> Result<Option<ValueRef<'a>>> {
        match &code.op {
            Op::Attribute(name) => match self.attributes.get_named(name) {
                Some(value) if has_type(&value, code.value_type) => Ok(Some(value)),
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
            Op::Attribute(name) => self.attribute(code, name),
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
            Op::All | Op::Any | Op::Compare(..) => self.decide(code).map(ValueRef::Bool),
            Op::Add => {
                let mut sum = self.value(&parts[0])?;
                for part in &parts[1..] {
                    sum = match (sum, self.value(part)?) {
                        (ValueRef::Int64(a), ValueRef::Int64(b)) => {
                            ValueRef::Int64(a.wrapping_add(b))
                        }
                        (ValueRef::Double(a), ValueRef::Double(b)) => ValueRef::Double(a + b),
                        (ValueRef::String(a), ValueRef::String(b)) => {
                            ValueRef::String(Cow::Owned(a.into_owned() + &b))
                        }
                        _ => return self.some(code, None),
                    };
                }
                Ok(sum)
            }
            Op::Conditional => {
                let chosen = if self.boolean(&parts[0])? { 1 } else { 2 };
                self.value(&parts[chosen])
            }
            Op::Call(native, surplus) => {
                let (surplus, parts) = parts.split_at(*surplus);
                for part in surplus {
                    self.value(part)?;
                }
                let value = match parts {
                    [] => native(&[]),
                    [a] => native(&[self.value(a)?]),
                    [a, b] => native(&[self.value(a)?, self.value(b)?]),
                    [a, b, c, ..] => native(&[self.value(a)?, self.value(b)?, self.value(c)?]),
                };
                value.map_err(|message| self.fail(code, message))
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

    /// The value of an attribute that must not be absent.
    fn attribute(&self, code: &Code, name: &'a Name) -> Result<ValueRef<'a>> {
        match self.attributes.get_named(name) {
            Some(value) if has_type(&value, code.value_type) => Ok(value),
            Some(value) => self.convert(code, value),
            None => Err(EvaluationError::absent(self.text, code.span, name.as_str())),
        }
    }

    /// The value of a BOOL.
    #[inline]
    fn boolean(&mut self, code: &'a Code) -> Result<bool> {
        match &code.op {
            // Without making values of what is only looked at.
            Op::All | Op::Any | Op::Compare(..) if !O::OBSERVES => self.decide(code),
            _ => Ok(matches!(self.value(code)?, ValueRef::Bool(true))),
        }
    }

    /// The value of an operation that is a BOOL.
    fn decide(&mut self, code: &'a Code) -> Result<bool> {
        match &code.op {
            Op::All => {
                for part in &code.parts {
                    if !self.boolean(part)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            Op::Any => {
                for part in &code.parts {
                    if self.boolean(part)? {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
            Op::Compare(comparison, glance) => {
                if let Some(glance) = glance
                    && !O::OBSERVES
                {
                    match glance.compare(self.attributes) {
                        Seen::Holds(holds) => return Ok(holds),
                        Seen::Absent => return Err(glance.absent(self.text)),
                        Seen::Unclear => {}
                    }
                }
                self.compare(*comparison, code)
            }
            _ => Err(self.fail(code, "not a BOOL".to_owned())),
        }
    }

    fn compare(&mut self, comparison: Comparison, code: &'a Code) -> Result<bool> {
        let [left_code, right_code] = &*code.parts else {
            return Err(self.fail(code, "not two operands".to_owned()));
        };
        let left = self.value(left_code)?;
        let right = self.value(right_code)?;
        if let Comparison::Equal | Comparison::NotEqual = comparison {
            let equal = equal(left_code.value_type, &left, &right);
            let equal = equal.map_err(|message| self.fail(code, message))?;
            return Ok(equal == (comparison == Comparison::Equal));
        }
        let order = match (&left, &right) {
            (ValueRef::String(a), ValueRef::String(b)) => Some(a.cmp(b)),
            (ValueRef::Int64(a), ValueRef::Int64(b)) => Some(a.cmp(b)),
            (ValueRef::Double(a), ValueRef::Double(b)) => a.partial_cmp(b),
            (ValueRef::TimeStamp(a), ValueRef::TimeStamp(b)) => Some(a.cmp(b)),
            _ => None,
        };
        // What is not a number is neither less nor greater.
        Ok(order.is_some_and(|order| comparison.holds(order)))
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

    /// The value of an attribute that is of another type than is declared.
    #[cold]
    fn convert(&self, code: &Code, value: ValueRef<'a>) -> Result<ValueRef<'a>> {
        match (code.value_type, value) {
            // Mixer counts durations in nanoseconds, and doesn't tell them from integers.
            (ValueType::Int64, ValueRef::Duration(span)) => {
                let nanos = span.as_nanos().clamp(i64::MIN.into(), i64::MAX.into());
                Ok(ValueRef::Int64(nanos as i64))
            }
            (ValueType::Duration, ValueRef::Int64(nanos)) => {
                Ok(ValueRef::Duration(nanoseconds(nanos)))
            }
            (declared, value) => Err(self.mistyped(code, declared, &value)),
        }
    }

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

/// Whether a value is of the type that is declared.
#[inline]
fn has_type(value: &ValueRef<'_>, declared: ValueType) -> bool {
    use ValueType as T;
    match value {
        ValueRef::String(_) => {
            matches!(declared, T::String | T::DnsName | T::EmailAddress | T::Uri)
        }
        ValueRef::Int64(_) => declared == T::Int64,
        ValueRef::Double(_) => declared == T::Double,
        ValueRef::Bool(_) => declared == T::Bool,
        ValueRef::IpAddress(_) => declared == T::IpAddress,
        ValueRef::TimeStamp(_) => declared == T::Timestamp,
        ValueRef::Duration(_) => declared == T::Duration,
        ValueRef::StringMap(_) => declared == T::StringMap,
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

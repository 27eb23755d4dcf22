//! Instances of templates that are known from a descriptor, which are encoded as they are built.

use std::fmt;
use std::sync::Arc;

use adapter_runtime::value::ValueType;

use super::literal;
use super::schema::{Enum, Scalar};
use super::write::{self, Mismatch};
use crate::attribute::ValueRef;

/// An instance that is ready to be encoded, with expressions that are `E`.
pub struct RemoteInstance<E> {
    name: Arc<str>,
    ops: Vec<Op<E>>,
}

/// A step of encoding.
pub(super) enum Op<E> {
    /// What is the same for each request.
    Bytes(Vec<u8>),
    /// A length, of what stands before the [`Op::End`] that belongs to it.
    Begin,
    End,
    Evaluate(Box<Evaluate<E>>),
}

/// An expression, and how its value is written.
pub(super) struct Evaluate<E> {
    pub(super) expression: E,
    pub(super) form: Form,
    /// The fields from the outermost to the expression's.
    pub(super) path: Vec<String>,
}

/// How a value is written.
#[derive(Clone, Debug)]
pub(super) enum Form {
    Scalar(Scalar),
    Enum(Arc<Enum>),
    /// As an `istio.policy.v1beta1.Value`, of the expression's type.
    Value(ValueType),
    /// As one of the other messages of `type.proto`.
    Named(ValueType),
}

impl<E> RemoteInstance<E> {
    pub(super) fn new(name: &str, ops: Vec<Op<E>>) -> RemoteInstance<E> {
        RemoteInstance {
            name: name.into(),
            ops,
        }
    }

    /// The full name, e.g. `requestcount.instance.istio-system`.
    #[must_use]
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Encodes the instance for a request. `evaluate` gives the value of an expression; it is asked
    /// for them in the order of the fields' numbers.
    ///
    /// # Errors
    /// The first expression that has no value, or one that is not of its type.
    pub fn encode<'e, X>(
        &'e self,
        mut evaluate: impl FnMut(&'e E) -> Result<ValueRef<'e>, X>,
    ) -> Result<EncodedInstance, EncodeError<X>> {
        let mut bytes = Vec::with_capacity(256);
        let mut open = Vec::new();
        for op in &self.ops {
            match op {
                Op::Bytes(fixed) => bytes.extend_from_slice(fixed),
                Op::Begin => open.push(write::begin(&mut bytes)),
                Op::End => {
                    let start = open.pop().expect("each `End` has its `Begin`");
                    write::end(start, &mut bytes);
                }
                Op::Evaluate(step) => {
                    let problem = match evaluate(&step.expression) {
                        Ok(value) => match step.form.write(&value, &mut bytes) {
                            Ok(()) => continue,
                            Err(problem) => EncodeProblem::Value(problem),
                        },
                        Err(cause) => EncodeProblem::Expression(cause),
                    };
                    let path = step.path.clone();
                    return Err(EncodeError { path, problem });
                }
            }
        }
        Ok(EncodedInstance {
            name: self.name.clone(),
            bytes,
        })
    }
}

impl<E: fmt::Debug> fmt::Debug for RemoteInstance<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let expressions = self.ops.iter().filter_map(|op| match op {
            Op::Evaluate(step) => Some((step.path.join("."), &step.expression)),
            _ => None,
        });
        write!(f, "RemoteInstance({}) ", self.name)?;
        f.debug_map().entries(expressions).finish()
    }
}

impl Form {
    /// Writes a value without its key; what is wrong with it otherwise.
    #[inline]
    fn write(&self, value: &ValueRef<'_>, to: &mut Vec<u8>) -> Result<(), String> {
        let written = match self {
            Form::Value(ty) => write::value(*ty, value, to),
            Form::Named(ty) => write::named(*ty, value, to),
            Form::Scalar(scalar) => return scalar_value(*scalar, value, to),
            Form::Enum(of) => return enum_value(of, value, to),
        };
        written.map_err(|mismatch| self.mismatch(mismatch, value))
    }

    #[cold]
    fn mismatch(&self, mismatch: Mismatch, value: &ValueRef<'_>) -> String {
        let (Form::Value(ty) | Form::Named(ty)) = self else {
            return String::new();
        };
        match mismatch {
            Mismatch::Type => format!("incorrect type for {ty}. got: {}", type_of(value)),
            Mismatch::Time(time) => {
                let edge = match time.seconds() < 0 {
                    true => "before 0001-01-01",
                    false => "after 10000-01-01",
                };
                format!(
                    "invalid timestamp: timestamp: seconds:{} nanos:{} {edge}",
                    time.seconds(),
                    time.nanos()
                )
            }
        }
    }
}

fn scalar_value(scalar: Scalar, value: &ValueRef<'_>, to: &mut Vec<u8>) -> Result<(), String> {
    match (scalar, value) {
        (Scalar::String, ValueRef::String(text)) => write::bytes(text.as_bytes(), to),
        (Scalar::Bool, ValueRef::Bool(value)) => to.push(u8::from(*value)),
        (Scalar::Double, ValueRef::Double(number)) => to.extend(number.to_le_bytes()),
        (Scalar::Float, ValueRef::Double(number)) => to.extend((*number as f32).to_le_bytes()),
        (Scalar::String | Scalar::Bool | Scalar::Double | Scalar::Float, _) => {
            return Err(unfit(scalar, value));
        }
        (_, ValueRef::Int64(number)) => literal::any_integer(scalar, *number, to),
        _ => return Err(unfit(scalar, value)),
    }
    Ok(())
}

#[cold]
fn unfit(scalar: Scalar, value: &ValueRef<'_>) -> String {
    let (wanted, found) = (scalar.proto_name(), type_of(value));
    format!("incorrect type for {wanted}. got: {found}")
}

fn enum_value(of: &Enum, value: &ValueRef<'_>, to: &mut Vec<u8>) -> Result<(), String> {
    let number = match value {
        ValueRef::String(name) => of.number(name).map(i64::from),
        ValueRef::Int64(number) => Some(*number).filter(|number| of.has_number(*number)),
        _ => return Err(format!("unable to encode enum of type {}", type_of(value))),
    };
    let Some(number) = number else {
        return Err(format!("unknown value: {value}, enum:{}", of.name));
    };
    write::varint(number.cast_unsigned(), to);
    Ok(())
}

fn type_of(value: &ValueRef<'_>) -> ValueType {
    match value {
        ValueRef::String(_) => ValueType::String,
        ValueRef::Int64(_) => ValueType::Int64,
        ValueRef::Double(_) => ValueType::Double,
        ValueRef::Bool(_) => ValueType::Bool,
        ValueRef::IpAddress(_) => ValueType::IpAddress,
        ValueRef::TimeStamp(_) => ValueType::Timestamp,
        ValueRef::Duration(_) => ValueType::Duration,
        ValueRef::StringMap(_) => ValueType::StringMap,
    }
}

/// An instance as it is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedInstance {
    name: Arc<str>,
    bytes: Vec<u8>,
}

impl EncodedInstance {
    /// The full name.
    #[must_use]
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// The message `InstanceMsg`.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Why an instance can't be encoded for a request. Displayed as Mixer reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EncodeError<X> {
    /// The fields, from the outermost to the one whose expression it is. An entry of a map is the
    /// map and then `value`.
    pub path: Vec<String>,
    /// What is wrong.
    pub problem: EncodeProblem<X>,
}

/// What is wrong with an expression whose value is to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeProblem<X> {
    /// It has no value.
    Expression(X),
    /// Its value can't be sent.
    Value(String),
}

impl<X: fmt::Display> fmt::Display for EncodeError<X> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for field in &self.path {
            write!(f, "fieldEncoder: {field} - ")?;
        }
        match &self.problem {
            EncodeProblem::Expression(cause) => cause.fmt(f),
            EncodeProblem::Value(problem) => f.write_str(problem),
        }
    }
}

impl<X: std::error::Error> std::error::Error for EncodeError<X> {}

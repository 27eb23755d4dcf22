//! The protobuf types of configuration fields.

use std::fmt;

/// The protobuf type of a field. Displayed as a `.proto` file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// A scalar, by its protobuf name.
    Scalar(&'static str),
    /// A message, by its full name or, where it is nested in `Params`, by its own.
    Message(&'static str),
    /// A `repeated` field.
    Repeated(Box<Kind>),
    /// A `map` from strings.
    Map(Box<Kind>),
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Kind::Scalar(name) | Kind::Message(name) => f.write_str(name),
            Kind::Repeated(element) => write!(f, "repeated {element}"),
            Kind::Map(value) => write!(f, "map<string, {value}>"),
        }
    }
}

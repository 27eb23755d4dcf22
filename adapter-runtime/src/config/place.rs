//! Where something is: on the wire, and in what the operator wrote.

use std::fmt;

use super::Scalar;
use crate::wire::Depth;

/// How whole numbers are written on the wire, where it is not the usual way of their type.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    /// `int32`, `int64`, `uint32`, `uint64`.
    #[default]
    Plain,
    /// `sint32`, `sint64`.
    Zigzag,
    /// `fixed32`, `fixed64`, `sfixed32`, `sfixed64`.
    Fixed,
}

/// Where a field goes on the wire.
#[derive(Clone, Copy, Debug)]
pub struct Slot {
    pub(crate) tag: u32,
    pub(crate) encoding: Encoding,
}

impl Slot {
    pub(crate) fn plain(tag: u32) -> Slot {
        let encoding = Encoding::Plain;
        Slot { tag, encoding }
    }
}

/// What is known when one occurrence of a field is decoded.
#[derive(Debug)]
pub struct At<'a> {
    pub(crate) depth: Depth,
    pub(crate) encoding: Encoding,
    pub(crate) arrived: &'a mut Arrived,
}

/// What arrived of a field so far. A message may come in pieces, and a later piece must know which
/// defaults the ones before it have replaced.
#[derive(Debug, Default)]
pub struct Arrived {
    /// Whether the field occurred.
    pub(crate) any: bool,
    /// The same of the fields of the message that it holds.
    pub(crate) fields: Vec<Arrived>,
    /// The number of the member of a oneof that occurred last.
    pub(crate) member: u32,
    /// The seconds and nanoseconds of a duration or time.
    pub(crate) parts: (i64, i32),
}

/// The path of a value as the operator writes it, e.g. `metrics[2].labels["a"]`.
#[derive(Clone, Copy, Debug)]
pub enum Path<'a> {
    /// The configuration itself.
    Root,
    /// A field of the message at a path.
    Field(&'a Path<'a>, &'static str),
    /// An element of the list at a path.
    Index(&'a Path<'a>, usize),
    /// A value of the map at a path.
    Key(&'a Path<'a>, &'a dyn fmt::Debug),
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Path::Root => Ok(()),
            Path::Field(Path::Root, name) => f.write_str(name),
            Path::Field(path, name) => write!(f, "{path}.{name}"),
            Path::Index(path, index) => write!(f, "{path}[{index}]"),
            Path::Key(path, key) => write!(f, "{path}[{key:?}]"),
        }
    }
}

impl Encoding {
    /// The protobuf type of a whole number.
    pub(super) fn of(self, plain: Scalar, zigzag: Scalar, fixed: Scalar) -> Scalar {
        match self {
            Encoding::Plain => plain,
            Encoding::Zigzag => zigzag,
            Encoding::Fixed => fixed,
        }
    }
}

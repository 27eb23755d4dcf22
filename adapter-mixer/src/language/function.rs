//! The functions of CEXL, operators among them.

use std::cmp::Ordering;

use adapter_runtime::value::ValueType::{
    self, Bool, DnsName, EmailAddress, Int64, IpAddress, String, StringMap, Timestamp, Unspecified,
    Uri,
};

use super::builtin;
use crate::attribute::ValueRef;
use crate::suggest;

/// A function: its types, and what it does.
#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: &'static str,
    /// The type of what a method is called on; `None` for a regular function.
    pub(super) target: Option<ValueType>,
    /// [`ANY`] stands for any type, but for the same one each time.
    pub(super) arguments: &'static [ValueType],
    pub(super) result: ValueType,
    pub(super) body: Body,
}

/// What a function does.
#[derive(Clone, Copy, Debug)]
pub(super) enum Body {
    Compare(Comparison),
    Add,
    /// `|`: the first of several that is present.
    Default,
    All,
    Any,
    Index,
    Conditional,
    /// Matching a regular expression, which is prepared where it is a literal.
    Matches,
    /// Computed of the values of the target and the arguments.
    Native(Native),
}

/// At most three values to one, or why there is none.
pub(super) type Native = for<'a> fn(&[ValueRef<'a>]) -> Result<ValueRef<'a>, std::string::String>;

/// An ordering or an equality, as the set of orders that it allows: less, equal and greater from
/// the lowest bit on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Comparison {
    Less = 0b001,
    Equal = 0b010,
    LessOrEqual = 0b011,
    Greater = 0b100,
    NotEqual = 0b101,
    GreaterOrEqual = 0b110,
}

impl Comparison {
    /// Whether two values in this order compare like this.
    #[inline]
    pub(super) fn holds(self, order: Ordering) -> bool {
        self as u8 & (1 << (order as i8 + 1)) != 0
    }
}

/// In a signature: any type.
pub(super) const ANY: ValueType = Unspecified;

use Body::Native as N;

#[rustfmt::skip]
static FUNCTIONS: [Function; 25] = [
    regular("EQ", &[ANY, ANY], Bool, Body::Compare(Comparison::Equal)),
    regular("NEQ", &[ANY, ANY], Bool, Body::Compare(Comparison::NotEqual)),
    regular("LT", &[ANY, ANY], Bool, Body::Compare(Comparison::Less)),
    regular("LEQ", &[ANY, ANY], Bool, Body::Compare(Comparison::LessOrEqual)),
    regular("GT", &[ANY, ANY], Bool, Body::Compare(Comparison::Greater)),
    regular("GEQ", &[ANY, ANY], Bool, Body::Compare(Comparison::GreaterOrEqual)),
    regular("ADD", &[ANY, ANY], ANY, Body::Add),
    regular("OR", &[ANY, ANY], ANY, Body::Default),
    regular("LAND", &[Bool, Bool], Bool, Body::All),
    regular("LOR", &[Bool, Bool], Bool, Body::Any),
    regular("INDEX", &[StringMap, String], String, Body::Index),
    regular("conditional", &[Bool, ANY, ANY], ANY, Body::Conditional),
    regular("conditionalString", &[Bool, String, String], String, N(builtin::conditional_string)),
    regular("size", &[String], Int64, N(builtin::size)),
    regular("ip", &[String], IpAddress, N(builtin::ip)),
    regular("timestamp", &[String], Timestamp, N(builtin::timestamp)),
    regular("dnsName", &[String], DnsName, N(builtin::dns_name)),
    regular("email", &[String], EmailAddress, N(builtin::email)),
    regular("uri", &[String], Uri, N(builtin::uri)),
    regular("match", &[String, String], Bool, N(builtin::match_wildcard)),
    regular("toLower", &[String], String, N(builtin::to_lower)),
    regular("emptyStringMap", &[], StringMap, N(builtin::empty_string_map)),
    method("matches", String, &[String], Bool, Body::Matches),
    method("startsWith", String, &[String], Bool, N(builtin::starts_with)),
    method("endsWith", String, &[String], Bool, N(builtin::ends_with)),
];

const fn regular(
    name: &'static str,
    arguments: &'static [ValueType],
    result: ValueType,
    body: Body,
) -> Function {
    Function {
        name,
        target: None,
        arguments,
        result,
        body,
    }
}

const fn method(
    name: &'static str,
    target: ValueType,
    arguments: &'static [ValueType],
    result: ValueType,
    body: Body,
) -> Function {
    Function {
        name,
        target: Some(target),
        arguments,
        result,
        body,
    }
}

/// The function of a name.
pub(super) fn find(name: &str) -> Option<&'static Function> {
    FUNCTIONS.iter().find(|function| function.name == name)
}

/// The function whose name is most like this one, unless none is. Operators have better names.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let names = FUNCTIONS.iter().map(|function| function.name);
    let is_operator = |name: &str| name.chars().all(|c| c.is_ascii_uppercase());
    suggest::nearest(name, names.filter(|name| !is_operator(name)))
}

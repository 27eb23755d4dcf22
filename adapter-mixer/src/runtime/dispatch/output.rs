//! What handlers answer as attributes.

use adapter_runtime::value::{IpAddress, Value};

use super::super::callee::Outputs;
use crate::attribute::{Attributes, Bag, Name, ValueRef};

/// A request, with a handler's output under names of its own.
pub(super) struct WithOutput<'a> {
    /// What stands before the names of the output's fields.
    pub(super) prefix: &'a str,
    pub(super) output: &'a Outputs,
    pub(super) request: &'a dyn Attributes,
}

impl WithOutput<'_> {
    /// `None` if the name is none of the output's.
    fn field(&self, name: &str) -> Option<Option<ValueRef<'_>>> {
        let field = name.strip_prefix(self.prefix)?;
        Some(self.output.get(field).and_then(|value| match value {
            Value::IpAddress(address) => Some(ValueRef::IpAddress(short(address))),
            value => ValueRef::of(value),
        }))
    }
}

impl Attributes for WithOutput<'_> {
    fn get<'a>(&'a self, name: &'a str) -> Option<ValueRef<'a>> {
        self.field(name).unwrap_or_else(|| self.request.get(name))
    }

    fn get_named<'a>(&'a self, name: &'a Name) -> Option<ValueRef<'a>> {
        let field = self.field(name.as_str());
        field.unwrap_or_else(|| self.request.get_named(name))
    }
}

/// An address of IPv4 in four bytes, which is how attributes hold it.
fn short(address: &IpAddress) -> IpAddress {
    address
        .to_ip()
        .map_or_else(|| address.clone(), IpAddress::from)
}

/// Adds the fields of a check's output to the attributes that header operations see; a name that is
/// there already keeps its value.
pub(super) fn add(to: &mut Bag<'_>, prefix: &str, output: &Outputs) {
    for (field, value) in output.fields() {
        let name = format!("{prefix}{field}");
        if !to.contains(&name) {
            to.insert(name, value);
        }
    }
}

//! As much of a language as the vectors' expressions need: literals, `ip("…")` and attributes.

use std::collections::BTreeMap;

use adapter_runtime::value::{IpAddress, Value, ValueType};

#[derive(Debug)]
pub(crate) enum Expression {
    Constant(Value),
    Attribute(String),
}

impl Expression {
    pub(crate) fn parse(text: &str) -> Result<Expression, String> {
        let quoted = |text: &str| {
            let text = text.strip_prefix('"')?.strip_suffix('"')?;
            Some(text.to_owned())
        };
        if text.is_empty() {
            return Err("expected operand".into());
        }
        if let Some(text) = quoted(text) {
            return Ok(Expression::Constant(Value::from(text)));
        }
        if let Some(address) = text.strip_prefix("ip(").and_then(|t| t.strip_suffix(')')) {
            let address = quoted(address).expect("a literal");
            let address: std::net::Ipv4Addr = address.parse().expect("an address");
            // As Mixer makes it, in 16 bytes.
            let address = IpAddress::from(&address.to_ipv6_mapped().octets()[..]);
            return Ok(Expression::Constant(Value::IpAddress(address)));
        }
        if let Ok(number) = text.parse::<i64>() {
            return Ok(Expression::Constant(Value::from(number)));
        }
        if let Ok(number) = text.parse::<f64>() {
            return Ok(Expression::Constant(Value::from(number)));
        }
        if let Ok(value) = text.parse::<bool>() {
            return Ok(Expression::Constant(Value::from(value)));
        }
        Ok(Expression::Attribute(text.to_owned()))
    }

    pub(crate) fn value_type(
        &self,
        attributes: &BTreeMap<String, ValueType>,
    ) -> Result<ValueType, String> {
        match self {
            Expression::Constant(value) => Ok(value.value_type()),
            Expression::Attribute(name) => attributes
                .get(name)
                .copied()
                .ok_or_else(|| format!("unknown attribute {name}")),
        }
    }

    pub(crate) fn evaluate(&self, bag: &BTreeMap<String, Value>) -> Result<Value, String> {
        match self {
            Expression::Constant(value) => Ok(value.clone()),
            Expression::Attribute(name) => bag
                .get(name)
                .cloned()
                .ok_or_else(|| format!("lookup failed: '{name}'")),
        }
    }
}

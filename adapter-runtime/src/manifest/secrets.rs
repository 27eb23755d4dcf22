//! The secrets of configurations, which are given to the program in its environment.

use std::collections::BTreeMap;

use super::Made;
use crate::config::{FieldInfo, Kind, MessageInfo};
use crate::definition::Registration;
use crate::server::Settings;

/// The environment variables that hold the secrets of the adapters, sorted by name, and whether
/// there must be a value.
pub(super) fn variables(made: &Made<'_>) -> BTreeMap<String, bool> {
    let of = |adapter: &Registration| {
        let schema = adapter.adapter.schema();
        let mut found = Vec::new();
        search(
            adapter.adapter.name(),
            schema.params(),
            &mut Vec::new(),
            &mut found,
        );
        found
    };
    let mut variables = BTreeMap::new();
    for (name, must) in made.adapters.iter().flat_map(of) {
        *variables.entry(name).or_default() |= must;
    }
    variables
}

/// The variable that holds a secret: that of its default, or one that is called as the adapter and
/// the field.
pub(super) fn variable(adapter: &str, field: &FieldInfo) -> String {
    reference(field).unwrap_or_else(|| {
        let name = format!("{adapter}_{}", field.name).to_ascii_uppercase();
        let letter = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
        let name: String = name.chars().map(letter).collect();
        // The server gives handlers no others.
        Settings::default().secret_env_prefix + &name
    })
}

/// The variable that the default refers to.
fn reference(field: &FieldInfo) -> Option<String> {
    let default = field.default.as_ref()?.as_str()?;
    let name = default.strip_prefix("${env:")?.strip_suffix('}')?;
    Some(name.to_owned())
}

/// Where the default is a file, there is no variable.
fn is_file(field: &FieldInfo) -> bool {
    let default = field.default.as_ref().and_then(|it| it.as_str());
    default.is_some_and(|it| it.starts_with("${file:"))
}

fn search(
    adapter: &str,
    info: &MessageInfo,
    seen: &mut Vec<*const MessageInfo>,
    found: &mut Vec<(String, bool)>,
) {
    if seen.contains(&(info as *const _)) {
        return;
    }
    seen.push(info);
    for field in info.wire_fields() {
        match field.kind.element() {
            Kind::Secret if !is_file(field) => {
                found.push((variable(adapter, field), field.is_required()));
            }
            Kind::Message(of) => search(adapter, of.info(), seen, found),
            _ => {}
        }
    }
}

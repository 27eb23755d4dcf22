//! What instances are that are sent over the network, where they are bytes.

use std::collections::BTreeMap;

use adapter_runtime::document::{Content, Node};

use super::text::shown;
use crate::attribute::{Attributes, Vocabulary};
use crate::config::{InstanceTemplate, Snapshot};
use crate::language::Expression;
use crate::runtime::Trace;

/// The fields of the instances that were built, by their names.
pub(super) fn of(
    trace: &Trace,
    snapshot: &Snapshot,
    attributes: &dyn Attributes,
) -> BTreeMap<String, String> {
    let built = trace.dispatches.iter().flat_map(|it| &it.instances);
    let built: Vec<&str> = built.map(|it| it.instance.as_str()).collect();
    let mut all = BTreeMap::new();
    for instance in snapshot.instances.values() {
        let name = instance.key.to_string();
        let is_remote = matches!(instance.template, InstanceTemplate::Remote { .. });
        if !is_remote || !built.contains(&name.as_str()) {
            continue;
        }
        let mut fields = Vec::new();
        if let Some(written) = instance.written_node() {
            collect(written, "", &snapshot.vocabulary, attributes, &mut fields);
        }
        all.insert(name, format!("{{{}}}", fields.join(", ")));
    }
    all
}

fn collect(
    node: &Node,
    path: &str,
    vocabulary: &Vocabulary,
    attributes: &dyn Attributes,
    fields: &mut Vec<String>,
) {
    let below = |name: &str| match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    match node.content() {
        Content::Mapping(mapping) => {
            for entry in mapping.iter() {
                let path = below(entry.key().name());
                collect(entry.value(), &path, vocabulary, attributes, fields);
            }
        }
        Content::Sequence(items) => {
            for (index, item) in items.iter().enumerate() {
                let path = below(&index.to_string());
                collect(item, &path, vocabulary, attributes, fields);
            }
        }
        Content::Text(text) => {
            let value = Expression::compile(text, vocabulary);
            let value = value.ok().and_then(|it| it.evaluate(attributes).ok());
            // An attribute may have been generated, which isn't known here.
            let value = value.map_or_else(|| format!("`{text}`"), |it| shown(&it));
            fields.push(format!("{path}: {value}"));
        }
        _ => fields.push(format!("{path}: {}", node.span().text())),
    }
}

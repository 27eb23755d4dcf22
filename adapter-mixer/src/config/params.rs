//! The `params` of an instance whose template is compiled in: Mixer's `InstanceParam`.

use adapter_runtime::document::{Content, Mapping, Node, Problem};
use adapter_runtime::in_process::HostedTemplate;
use adapter_runtime::template::{FieldType, MessageInfo, Param, Params, Variety};

use super::fields::{Text, is_named, mismatch, unknown};

/// The field with the bindings of an attribute generator, where the template's name is the kind.
const BINDINGS: &str = "attribute_bindings";

/// Reads the params; everything that the template has no place for is a problem, in Mixer's words.
pub(super) fn read(
    template: HostedTemplate,
    node: Option<&Node>,
    problems: &mut Vec<Problem>,
) -> Option<Params<Text>> {
    let info = template.info();
    let package = info.package.rsplit('.').next().unwrap_or_default();
    let mut reader = Reader {
        package: package.to_ascii_lowercase(),
        problems,
    };
    let before = reader.problems.len();
    let bindings = info.variety == Variety::AttributeGenerator;
    let written = reader.message(info.instance, "InstanceParam", node, bindings);
    if reader.problems.len() > before {
        return None;
    }
    match Params::new(info.instance, written) {
        Ok(params) => Some(params),
        Err(errors) => {
            // A field that is written under both of its names.
            let node = node?;
            let problem = |error: &dyn ToString| Problem::error(node.span(), error.to_string());
            problems.extend(errors.iter().map(|error| problem(error)));
            None
        }
    }
}

struct Reader<'a> {
    /// The last part of the template's package, as Go has it.
    package: String,
    problems: &'a mut Vec<Problem>,
}

type Written = Vec<(String, Param<Text>)>;

impl Reader<'_> {
    fn message(
        &mut self,
        message: &'static MessageInfo,
        go_name: &str,
        node: Option<&Node>,
        bindings: bool,
    ) -> Written {
        let mut written = Vec::new();
        let Some(mapping) = node.and_then(|node| self.mapping(node)) else {
            return written;
        };
        let fields = message.fields();
        for entry in mapping.iter() {
            let name = entry.key().name();
            if bindings && is_named(name, BINDINGS) {
                continue;
            }
            let Some(field) = fields.iter().find(|field| is_named(name, field.name)) else {
                let known = fields.iter().map(|field| field.name);
                let known = known.chain(bindings.then_some(BINDINGS));
                let message = format!("{}.{go_name}", self.package);
                self.problems.push(unknown(entry, &message, known));
                continue;
            };
            if let Some(param) = self.param(field.ty, entry.value()) {
                written.push((field.name.to_owned(), param));
            }
        }
        written
    }

    fn mapping<'n>(&mut self, node: &'n Node) -> Option<&'n Mapping> {
        match node.content() {
            Content::Mapping(mapping) => Some(mapping),
            Content::Null => None,
            _ => {
                self.problems
                    .push(mismatch(node, "map[string]json.RawMessage"));
                None
            }
        }
    }

    /// `None` for nothing, and for what is a problem.
    fn param(&mut self, ty: FieldType, node: &Node) -> Option<Param<Text>> {
        if node.is_null() {
            return None;
        }
        match ty {
            FieldType::Map(value) => {
                let mapping = self.mapping(node)?;
                let mut entries = Vec::with_capacity(mapping.len());
                for entry in mapping.iter() {
                    let key = entry.key().name().to_owned();
                    // An entry is there even if nothing is written behind its key.
                    let param = match entry.value() {
                        node if node.is_null() && value.message().is_none() => {
                            self.problems.push(mismatch(node, "string"));
                            None
                        }
                        node => self.param(*value, node),
                    };
                    entries.extend(param.map(|param| (key, param)));
                }
                Some(Param::Map(entries))
            }
            FieldType::Message(message) => {
                let go_name = format!("{}InstanceParam", message.name);
                self.mapping(node)?;
                let written = self.message(message, &go_name, Some(node), false);
                Some(Param::Map(written))
            }
            _ => match node.content() {
                Content::Text(text) => Some(Param::Expression(Text {
                    text: text.clone(),
                    place: node.span().clone(),
                })),
                _ => {
                    self.problems.push(mismatch(node, "string"));
                    None
                }
            },
        }
    }
}

/// Bytes that are equal for equal values, in whatever order the keys of mappings are written.
pub(super) fn encode(node: &Node, to: &mut Vec<u8>) {
    let text = |tag: u8, text: &str, to: &mut Vec<u8>| {
        to.push(tag);
        to.extend((text.len() as u64).to_le_bytes());
        to.extend(text.as_bytes());
    };
    match node.content() {
        Content::Null => to.push(0),
        Content::Bool(value) => to.extend([1, u8::from(*value)]),
        Content::Integer(value) => {
            to.push(2);
            to.extend(value.to_le_bytes());
        }
        Content::Float(value) => {
            to.push(3);
            to.extend(value.to_le_bytes());
        }
        Content::Text(value) => text(4, value, to),
        Content::Sequence(items) => {
            to.push(5);
            to.extend((items.len() as u64).to_le_bytes());
            items.iter().for_each(|item| encode(item, to));
        }
        Content::Mapping(mapping) => {
            // What is null is not there.
            let entries = mapping.iter().filter(|entry| !entry.value().is_null());
            let mut entries: Vec<_> = entries.collect();
            entries.sort_by_key(|entry| entry.key().name());
            to.push(6);
            to.extend((entries.len() as u64).to_le_bytes());
            for entry in entries {
                text(4, entry.key().name(), to);
                encode(entry.value(), to);
            }
        }
        // What there may be one day has its text.
        _ => text(7, node.span().text(), to),
    }
}

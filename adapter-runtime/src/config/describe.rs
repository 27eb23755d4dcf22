//! The fields of a configuration as a flat list, for `info` and for the reference.

use std::any::TypeId;

use serde::Serialize;

use super::{AdapterConfig, Constraint, FieldInfo, Kind, MessageInfo};

/// A field of a configuration, as `info` shows it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct FieldDescription {
    /// The name that the operator writes; of a field of a nested struct, the path to it.
    pub name: String,
    /// The type as protobuf writes it, e.g. `map<string, int64>`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The declared default as the operator would write it; `None` where none is declared and an
    /// absent field is empty, zero or false.
    pub default: Option<serde_json::Value>,
    /// What the value must be, e.g. `required` and `at least 1s`; the values of an enum; that it is
    /// a secret.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// The field's doc comment.
    pub description: String,
}

pub(super) fn describe<M: AdapterConfig>() -> Vec<FieldDescription> {
    let describe = |(name, info, one_of): (String, &FieldInfo, Option<String>)| {
        let mut rules = rules(info);
        rules.extend(one_of);
        FieldDescription {
            name,
            kind: info.kind.to_string(),
            default: info.default.clone(),
            rules,
            description: info.documentation.to_owned(),
        }
    };
    flat(M::info()).into_iter().map(describe).collect()
}

/// The fields with their paths, each followed by those of the struct that it holds; for the member
/// of a oneof what the operator must know of the others.
pub(super) fn flat(info: &MessageInfo) -> Vec<(String, &FieldInfo, Option<String>)> {
    let mut out = Vec::new();
    message(info, "", &[], &mut out);
    out
}

type Out<'a> = Vec<(String, &'a FieldInfo, Option<String>)>;

/// `within` are the structs that it is described within: one that holds itself ends there.
fn message<'a>(info: &'a MessageInfo, path: &str, within: &[TypeId], out: &mut Out<'a>) {
    for info in &info.fields {
        let Kind::OneOf(members) = &info.kind else {
            field(info, path, None, within, out);
            continue;
        };
        let names: Vec<_> = members
            .iter()
            .map(|member| format!("`{}`", member.name))
            .collect();
        let must = if info.is_required() {
            "required: one"
        } else {
            "at most one"
        };
        let rule = format!("{must} of {}", names.join(", "));
        for member in members {
            field(member, path, Some(&rule), within, out);
        }
    }
}

fn field<'a>(
    info: &'a FieldInfo,
    path: &str,
    rule: Option<&str>,
    within: &[TypeId],
    out: &mut Out<'a>,
) {
    let name = match path {
        "" => info.name.to_owned(),
        path => format!("{path}.{}", info.name),
    };
    out.push((name.clone(), info, rule.map(str::to_owned)));
    if let Kind::Message(nested) = info.kind.element()
        && !within.contains(&nested.id())
    {
        let step = match info.kind.present() {
            Kind::Repeated(_) => "[]",
            Kind::Map(..) => "[…]",
            _ => "",
        };
        let within = [within, &[nested.id()]].concat();
        message(nested.info(), &format!("{name}{step}"), &within, out);
    }
}

/// What a reference says of a field beside its type and its default.
pub(super) fn rules(info: &FieldInfo) -> Vec<String> {
    let mut rules = rules_in_words(info);
    match info.kind.element() {
        Kind::Secret => rules.push("secret".to_owned()),
        Kind::Enum(of) => {
            let names: Vec<_> = of.info().values.iter().map(|value| value.name).collect();
            rules.push(names.join(" | "));
        }
        _ => {}
    }
    rules
}

/// What the value must be.
pub(super) fn rules_in_words(info: &FieldInfo) -> Vec<String> {
    info.constraints.iter().map(Constraint::to_string).collect()
}

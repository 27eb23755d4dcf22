//! The way through the table of fields and the document at once.

use std::collections::HashMap;
use std::fmt;

use super::places::Places;
use super::{Encoder, MOST_PROBLEMS, scalar};
use crate::config::field::{ConfigField, encode_bytes};
use crate::config::place::{Path, Slot};
use crate::config::{FieldInfo, Kind, MessageInfo, Scalar};
use crate::descriptor::camel_case;
use crate::document::{Content, Key, Mapping, Node, Problem, Problems, quote};
use crate::suggest;

/// A message as Mixer encodes it, as far as it can be read; where its values are; what is wrong.
pub(super) fn message<'n>(
    info: &'static MessageInfo,
    params: &'n Node,
    encoder: Encoder,
) -> (Vec<u8>, Places<'n>, Problems) {
    let mut walk = Walk {
        encoder,
        places: Places::new(params),
        problems: Problems::new(),
    };
    let mut out = Vec::new();
    if !params.is_null() {
        walk.message(info, params, &Path::Root, &mut out);
    }
    (out, walk.places, walk.problems)
}

struct Walk<'n> {
    encoder: Encoder,
    places: Places<'n>,
    problems: Problems,
}

impl<'n> Walk<'n> {
    /// Returns whether it is a message at all.
    fn message(
        &mut self,
        info: &'static MessageInfo,
        node: &'n Node,
        path: &Path<'_>,
        out: &mut Vec<u8>,
    ) -> bool {
        let secret = || info.holds_secret();
        let Some(mapping) = self.mapping(node, secret, path) else {
            return false;
        };
        // By the number of the field, and by the name of the oneof.
        let mut written: HashMap<u32, &Key> = HashMap::new();
        let mut chosen: HashMap<&str, &Key> = HashMap::new();
        for entry in mapping.iter() {
            let (key, value) = (entry.key(), entry.value());
            let Some((field, oneof)) = find(info, key.name()) else {
                self.unknown(info, key, value, path);
                continue;
            };
            let (within, path) = (path, Path::Field(path, field.name));
            if let Some(first) = written.insert(field.tag, key) {
                let names = (quote(key.name()), quote(first.name()));
                let message = format!("{} is the same field as {}", names.0, names.1);
                self.twice(message, key, first, value, &path);
                continue;
            }
            if value.is_null() {
                // Mixer skips it.
                self.places.add(path.to_string(), value);
                continue;
            }
            if let Some(oneof) = oneof {
                let first = *chosen.entry(oneof).or_insert(key);
                if !std::ptr::eq(first, key) {
                    let names = (quote(first.name()), quote(key.name()));
                    let message = format!("only one of {} and {} can be written", names.0, names.1);
                    self.twice(message, key, first, value, &path);
                    continue;
                }
            }
            self.field(field, value, &path, out);
            if let Some(oneof) = oneof
                && self.places.is_wrong(&path.to_string())
            {
                self.places.wrong(Path::Field(within, oneof).to_string());
            }
        }
        true
    }

    /// A key that means what another one means already.
    fn twice(&mut self, message: String, key: &Key, first: &Key, value: &Node, path: &Path<'_>) {
        self.places.secret(value);
        self.places.wrong(path.to_string());
        let problem = Problem::error(key.span(), message)
            .related(first.span(), "the first one")
            .help("remove one of them")
            .show_place_only();
        self.push(problem.path(path.to_string()));
    }

    fn unknown(&mut self, info: &'static MessageInfo, key: &Key, value: &Node, path: &Path<'_>) {
        // Perhaps that of a field whose name is misspelt.
        self.places.secret(value);
        if let Some((name, members)) = oneof(info, key.name()) {
            let message = format!("{} is not written itself", quote(name));
            let problem = Problem::error(key.span(), message).show_place_only();
            let help = format!("write one of `{}` in its place", members.join("`, `"));
            self.places.wrong(Path::Field(path, name).to_string());
            return self.push(problem.help(help).path(path.to_string()));
        }
        let fields = info.wire_fields();
        let known: Vec<_> = fields.map(|field| field.name).collect();
        if let Some(nearest) = suggest::nearest(key.name(), &known)
            && let Some((field, oneof)) = find(info, nearest)
        {
            // It is not missing.
            let name = oneof.unwrap_or(field.name);
            self.places.wrong(Path::Field(path, name).to_string());
        }
        self.push(key.unknown(&known).path(path.to_string()));
    }

    fn field(
        &mut self,
        field: &'static FieldInfo,
        node: &'n Node,
        path: &Path<'_>,
        out: &mut Vec<u8>,
    ) {
        self.places.add(path.to_string(), node);
        match field.kind.present() {
            Kind::Repeated(element) => self.list(field, element.present(), node, path, out),
            Kind::Map(key, value) => self.map(field, *key, value.present(), node, path, out),
            kind => {
                self.value(kind, field.tag, node, path, out);
            }
        }
    }

    fn list(
        &mut self,
        field: &FieldInfo,
        element: &Kind,
        node: &'n Node,
        path: &Path<'_>,
        out: &mut Vec<u8>,
    ) {
        let secret = || element.holds_secret();
        let Some(items) = self.collection(node.as_sequence(), "a list", node, secret, path) else {
            return;
        };
        self.warn_if_empty(items.is_empty(), "list", field, node, path);
        for (index, item) in items.iter().enumerate() {
            let path = Path::Index(path, index);
            self.places.add(path.to_string(), item);
            if !self.value(element, field.tag, item, &path, out) {
                scalar::encode_empty(element, field.tag, out);
            }
        }
    }

    fn map(
        &mut self,
        field: &FieldInfo,
        key_kind: Scalar,
        kind: &Kind,
        node: &'n Node,
        path: &Path<'_>,
        out: &mut Vec<u8>,
    ) {
        let Some(mapping) = self.mapping(node, || kind.holds_secret(), path) else {
            return;
        };
        self.warn_if_empty(mapping.is_empty(), "map", field, node, path);
        for entry in mapping.iter() {
            let value = entry.value();
            let mut bytes = Vec::new();
            let key = match map_key(key_kind, entry.key()) {
                Ok(key) => key,
                Err(problem) => {
                    self.places.secret(value);
                    self.wrong(problem, path);
                    continue;
                }
            };
            match &key {
                MapKey::Text(text) => encode_bytes(1, text.as_bytes(), &mut bytes),
                MapKey::Integer(number) => number.encode(Slot::plain(1), &mut bytes),
            }
            let path = Path::Key(path, &key);
            self.places.add(path.to_string(), value);
            // Mixer skips a value that is nothing, and sends the key alone.
            if !value.is_null() {
                self.value(kind, 2, value, &path, &mut bytes);
            }
            encode_bytes(field.tag, &bytes, out);
        }
    }

    /// Returns whether it can be read.
    fn value(
        &mut self,
        kind: &Kind,
        tag: u32,
        node: &'n Node,
        path: &Path<'_>,
        out: &mut Vec<u8>,
    ) -> bool {
        if let Kind::Message(of) = kind {
            let mut bytes = Vec::new();
            let read = self.message(of.info(), node, path, &mut bytes);
            if read {
                encode_bytes(tag, &bytes, out);
            }
            return read;
        }
        if *kind == Kind::Secret {
            self.places.secret(node);
        }
        match scalar::encode(kind, tag, node, self.encoder, out) {
            Ok(()) => {
                self.warn_if_inexact(kind, node, path);
                self.warn_if_octal(node, path);
                true
            }
            Err(problem) => {
                self.wrong(problem, path);
                false
            }
        }
    }

    fn mapping(
        &mut self,
        node: &'n Node,
        secret: impl FnOnce() -> bool,
        path: &Path<'_>,
    ) -> Option<&'n Mapping> {
        self.collection(node.as_mapping(), "a mapping", node, secret, path)
    }

    /// What was taken for a list or a mapping. If it is none and there could be a secret in it, it
    /// may be that secret.
    fn collection<T>(
        &mut self,
        taken: Result<T, Problem>,
        expected: &str,
        node: &Node,
        secret: impl FnOnce() -> bool,
        path: &Path<'_>,
    ) -> Option<T> {
        let problem = match taken {
            Ok(collection) => return Some(collection),
            Err(problem) => problem,
        };
        let problem = if secret() {
            self.places.secret(node);
            let message = format!("expected {expected}, got {}", node.kind_name());
            let concealed = Problem::error(node.span(), message).hide_source();
            match problem.remedy() {
                Some(help) => concealed.help(help),
                None => concealed,
            }
        } else {
            problem
        };
        self.wrong(problem, path);
        None
    }

    fn wrong(&mut self, problem: Problem, path: &Path<'_>) {
        let path = path.to_string();
        self.push(problem.path(path.as_str()));
        self.places.wrong(path);
    }

    fn push(&mut self, problem: Problem) {
        if self.problems.len() < MOST_PROBLEMS {
            self.problems.push(problem);
        }
    }

    fn warn(&mut self, warning: Problem) {
        // However many there are, there is room for an error.
        if self.problems.len() < MOST_PROBLEMS / 2 {
            self.problems.push(warning);
        }
    }

    /// What is empty leaves no trace on the wire.
    fn warn_if_empty(
        &mut self,
        empty: bool,
        what: &str,
        field: &FieldInfo,
        node: &Node,
        path: &Path<'_>,
    ) {
        let default = field.default.as_ref().map(ToString::to_string);
        let Some(default) = default.filter(|it| empty && !matches!(&**it, "[]" | "{}" | "null"))
        else {
            return;
        };
        let default = quote(&default);
        let message =
            format!("Mixer doesn't send an empty {what}, so the default remains: {default}");
        let problem = Problem::warning(node.span(), message).path(path.to_string());
        self.warn(problem);
    }

    /// A leading zero changes what is meant.
    fn warn_if_octal(&mut self, node: &Node, path: &Path<'_>) {
        let written = node.span().text();
        let digits = written.trim_start_matches(['-', '+']).replace('_', "");
        let decimal = digits.trim_start_matches('0');
        if let Content::Integer(number) = *node.content()
            && digits.starts_with('0')
            && decimal.bytes().all(|digit| digit.is_ascii_digit())
            && decimal != number.unsigned_abs().to_string()
            && number != 0
        {
            let sign = if number < 0 { "-" } else { "" };
            let message = format!(
                "an unquoted {} is {number} for Mixer, which reads YAML 1.1 and takes a leading zero \
                 for the base 8",
                quote(written)
            );
            let problem = Problem::warning(node.span(), message)
                .help(format!(
                    "write `{number}`, or `{sign}{decimal}` if that is meant"
                ))
                .path(path.to_string());
            self.warn(problem);
        }
    }

    /// Mixer has all numbers as doubles.
    fn warn_if_inexact(&mut self, kind: &Kind, node: &Node, path: &Path<'_>) {
        if let Content::Integer(number) = *node.content()
            && !matches!(kind, Kind::Scalar(Scalar::Float | Scalar::Double))
            && number as f64 as i128 != number
        {
            let message = format!(
                "Mixer, which has numbers as doubles, sends {} for this",
                number as f64 as i128
            );
            let problem = Problem::warning(node.span(), message).path(path.to_string());
            self.warn(problem);
        }
    }
}

/// A key of a map, which is shown as in the path of an error.
enum MapKey {
    Text(String),
    Integer(i64),
}

impl fmt::Debug for MapKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MapKey::Text(text) => text.fmt(f),
            MapKey::Integer(number) => number.fmt(f),
        }
    }
}

fn map_key(kind: Scalar, key: &Key) -> Result<MapKey, Problem> {
    let (min, max) = match kind {
        Scalar::Int32 => (i32::MIN.into(), i32::MAX.into()),
        Scalar::Int64 => (i64::MIN, i64::MAX),
        _ => return Ok(MapKey::Text(key.as_str()?.to_owned())),
    };
    // `0x10` is 16 for Mixer too. What is in quotes must be as Mixer writes an integer.
    match key.name().parse::<i64>() {
        Ok(number) if (min..=max).contains(&number) && number.to_string() == key.name() => {
            Ok(MapKey::Integer(number))
        }
        _ => {
            let message = format!("expected an integer as key, got {}", quote(key.name()));
            let problem = Problem::error(key.span(), message).show_place_only();
            Err(problem.help(format!("write one from {min} to {max}")))
        }
    }
}

/// The field that the operator calls so, by its name or by that in protobuf's JSON; and the name of
/// the oneof that it is a member of.
fn find(
    info: &'static MessageInfo,
    name: &str,
) -> Option<(&'static FieldInfo, Option<&'static str>)> {
    let all = || {
        info.fields.iter().flat_map(|field| match &field.kind {
            Kind::OneOf(members) => {
                let member = |member| (member, Some(field.name));
                members.iter().map(member).collect()
            }
            _ => vec![(field, None)],
        })
    };
    let by_name = all().find(|(field, _)| field.name == name);
    by_name.or_else(|| all().find(|(field, _)| camel_case(field.name, false) == name))
}

/// The oneof of this name, and its members.
fn oneof(info: &'static MessageInfo, name: &str) -> Option<(&'static str, Vec<&'static str>)> {
    info.fields.iter().find_map(|field| match &field.kind {
        Kind::OneOf(members) if field.name == name => {
            let members = members.iter().map(|member| member.name);
            Some((field.name, members.collect()))
        }
        _ => None,
    })
}

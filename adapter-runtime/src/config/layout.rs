//! Where the messages and enums of a configuration are in its `.proto` file: each within the
//! innermost message that all of its uses are in. So two structs that don't know each other may
//! hold types of the same name.

use std::any::TypeId;
use std::collections::{BTreeMap, BTreeSet};

use super::{EnumInfo, EnumRef, FieldInfo, Kind, MessageInfo, MessageRef};
use crate::descriptor::{camel_case, map_entry};

/// The name of the configuration itself, which Mixer looks for.
pub(super) const ROOT: &str = "Params";

/// The messages and enums of a configuration.
pub(super) struct Layout {
    /// The configuration itself first, then in the order of their first use.
    nodes: Vec<Node>,
}

struct Node {
    id: TypeId,
    of: Type,
    /// The node that it is within; of the first node itself.
    within: usize,
}

#[derive(Clone, Copy)]
pub(super) enum Type {
    Message(&'static MessageInfo),
    Enum(&'static EnumInfo),
}

/// A message of a [`Layout`].
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    layout: &'a Layout,
    index: usize,
    pub(super) info: &'static MessageInfo,
}

impl Layout {
    pub(super) fn new(root: MessageRef) -> Layout {
        let mut nodes = vec![Node {
            id: root.id(),
            of: Type::Message(root.info()),
            within: 0,
        }];
        let mut users = vec![BTreeSet::new()];
        let mut index = 0;
        while index < nodes.len() {
            if let Type::Message(message) = nodes[index].of {
                for (id, of) in message.wire_fields().filter_map(used) {
                    let known = nodes.iter().position(|node| node.id == id);
                    let used = known.unwrap_or_else(|| {
                        nodes.push(Node { id, of, within: 0 });
                        users.push(BTreeSet::new());
                        nodes.len() - 1
                    });
                    users[used].insert(index);
                }
            }
            index += 1;
        }
        for (node, within) in nodes.iter_mut().zip(dominators(&users)) {
            node.within = within;
        }
        Layout { nodes }
    }

    pub(super) fn root(&self) -> Scope<'_> {
        self.scope(0).expect("the configuration is a message")
    }

    fn scope(&self, index: usize) -> Option<Scope<'_>> {
        let layout = self;
        match self.nodes[index].of {
            Type::Message(info) => Some(Scope {
                layout,
                index,
                info,
            }),
            Type::Enum(_) => None,
        }
    }

    /// All messages, each before those within it.
    pub(super) fn messages(&self) -> impl Iterator<Item = Scope<'_>> {
        (0..self.nodes.len()).filter_map(|index| self.scope(index))
    }

    /// All enums.
    pub(super) fn enums(&self) -> impl Iterator<Item = &'static EnumInfo> {
        self.nodes.iter().filter_map(|node| match node.of {
            Type::Enum(info) => Some(info),
            Type::Message(_) => None,
        })
    }

    fn name(&self, index: usize) -> &'static str {
        match self.nodes[index].of {
            _ if index == 0 => ROOT,
            Type::Message(info) => info.name,
            Type::Enum(info) => info.name,
        }
    }

    /// The path in the file, e.g. `Params.MetricInfo`.
    fn path(&self, index: usize) -> String {
        match index {
            0 => ROOT.to_owned(),
            _ => format!(
                "{}.{}",
                self.path(self.nodes[index].within),
                self.name(index)
            ),
        }
    }

    fn index(&self, id: TypeId) -> usize {
        let index = self.nodes.iter().position(|node| node.id == id);
        index.expect("all types that are used have a place")
    }

    /// The path of a message in the file, e.g. `Params.MetricInfo`.
    pub(super) fn message_path(&self, of: MessageRef) -> String {
        self.path(self.index(of.id()))
    }

    /// The path of an enum in the file.
    pub(super) fn enum_path(&self, of: EnumRef) -> String {
        self.path(self.index(of.id()))
    }

    /// What prevents the file from being compiled: a name that two things in a message have.
    pub(super) fn clash(&self) -> Option<String> {
        self.messages().find_map(|scope| scope.clash())
    }
}

impl<'a> Scope<'a> {
    /// The name of the message.
    pub(super) fn name(self) -> &'static str {
        self.layout.name(self.index)
    }

    /// The path of the message in the file, e.g. `Params.MetricInfo`.
    pub(super) fn path(self) -> String {
        self.layout.path(self.index)
    }

    /// The messages within this one.
    pub(super) fn messages(self) -> impl Iterator<Item = Scope<'a>> {
        let within = self.indices();
        within.filter_map(move |index| self.layout.scope(index))
    }

    /// The enums within this message.
    pub(super) fn enums(self) -> impl Iterator<Item = &'static EnumInfo> {
        self.indices()
            .filter_map(move |index| match self.layout.nodes[index].of {
                Type::Enum(info) => Some(info),
                Type::Message(_) => None,
            })
    }

    fn indices(self) -> impl Iterator<Item = usize> + use<'a> {
        (1..self.layout.nodes.len())
            .filter(move |index| self.layout.nodes[*index].within == self.index)
    }

    /// How fields of this message name a type: by its own name, unless another one is nearer.
    pub(super) fn reference(self, path: &str, package: &str) -> String {
        let name = path.rsplit('.').next().unwrap_or(path);
        let mut index = self.index;
        loop {
            let scope = self.layout.path(index);
            let mut within = (1..self.layout.nodes.len())
                .filter(|other| self.layout.nodes[*other].within == index);
            if within.any(|other| self.layout.name(other) == name) {
                if format!("{scope}.{name}") == path {
                    return name.to_owned();
                }
                break;
            }
            if index == 0 {
                if path == ROOT {
                    return ROOT.to_owned();
                }
                break;
            }
            index = self.layout.nodes[index].within;
        }
        format!(".{package}.{path}")
    }

    fn clash(self) -> Option<String> {
        let fields = self.info.wire_fields().map(|field| {
            let what = format!("the field `{}`", field.name);
            (field.name.to_owned(), what)
        });
        let oneofs = self.info.fields.iter().filter(|field| field.tag == 0);
        let oneofs = oneofs.map(|field| {
            let what = format!("the oneof `{}`", field.name);
            (field.name.to_owned(), what)
        });
        let maps = self.info.wire_fields().filter(|field| is_map(field));
        let entries = maps.map(|field| {
            let what = format!("the entry of the map `{}`", field.name);
            (map_entry(field.name), what)
        });
        let types = self.indices().map(|index| {
            let name = self.layout.name(index);
            (name.to_owned(), format!("the type `{name}`"))
        });
        let values = self.enums().flat_map(|info| {
            info.values.iter().map(|value| {
                let what = format!("the value `{}` of the enum `{}`", value.name, info.name);
                (value.name.to_owned(), what)
            })
        });
        let all = fields
            .chain(oneofs)
            .chain(entries)
            .chain(types)
            .chain(values);
        let json = self.info.wire_fields().map(|field| {
            let name = camel_case(field.name, false);
            let what = format!("the field `{}` (in JSON `{name}`)", field.name);
            (name, what)
        });
        twice(all).or_else(|| twice(json)).map(|(first, second)| {
            format!(
                "in the message `{}` {first} and {second} have the same name: give one of them \
                 another one, as `#[config(name = \"…\")]`",
                self.path()
            )
        })
    }
}

fn is_map(field: &FieldInfo) -> bool {
    matches!(field.kind.present(), Kind::Map(..))
}

fn twice(names: impl Iterator<Item = (String, String)>) -> Option<(String, String)> {
    let mut seen = BTreeMap::new();
    for (name, what) in names {
        if let Some(first) = seen.insert(name, what.clone()) {
            return Some((first, what));
        }
    }
    None
}

/// The message or enum that a field holds.
fn used(field: &FieldInfo) -> Option<(TypeId, Type)> {
    match field.kind.element() {
        Kind::Message(of) => Some((of.id(), Type::Message(of.info()))),
        Kind::Enum(of) => Some((of.id(), Type::Enum(of.info()))),
        _ => None,
    }
}

/// For each node the nearest other one that is on all ways to it from the first node, which `users`
/// lead to; for the first node itself.
fn dominators(users: &[BTreeSet<usize>]) -> Vec<usize> {
    let all: BTreeSet<usize> = (0..users.len()).collect();
    let mut sets = vec![all; users.len()];
    sets[0] = BTreeSet::from([0]);
    loop {
        let mut changed = false;
        for node in 1..users.len() {
            let mut on_all_ways: Option<BTreeSet<usize>> = None;
            for user in &users[node] {
                on_all_ways = Some(match on_all_ways {
                    None => sets[*user].clone(),
                    Some(ways) => &ways & &sets[*user],
                });
            }
            let mut set = on_all_ways.unwrap_or_default();
            set.insert(node);
            changed |= set != sets[node];
            sets[node] = set;
        }
        if !changed {
            break;
        }
    }
    // Of those on all ways the nearest is the one that has the most before it.
    let nearest = |(node, set): (usize, &BTreeSet<usize>)| {
        let before = set.iter().filter(|other| **other != node);
        before.copied().max_by_key(|other| sets[*other].len())
    };
    let nearest = sets.iter().enumerate().map(nearest);
    nearest.map(|nearest| nearest.unwrap_or(0)).collect()
}

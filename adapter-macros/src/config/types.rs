//! What can be known of a type from how it is written.

use syn::{GenericArgument, PathArguments, Type};

/// A type that the derive knows by its last segment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    Option,
    Vec,
    Map,
    String,
    Secret,
    Duration,
    /// A whole number, by its name.
    Integer(&'static str),
}

const NAMES: [(&str, Known); 11] = [
    ("Option", Known::Option),
    ("Vec", Known::Vec),
    ("BTreeMap", Known::Map),
    ("HashMap", Known::Map),
    ("String", Known::String),
    ("Secret", Known::Secret),
    ("Duration", Known::Duration),
    ("i32", Known::Integer("i32")),
    ("i64", Known::Integer("i64")),
    ("u32", Known::Integer("u32")),
    ("u64", Known::Integer("u64")),
];

/// The type, and of an `Option`, a `Vec` or a map what it holds.
pub(super) fn known(ty: &Type) -> Option<(Known, Option<&Type>)> {
    let path = match ty {
        Type::Group(group) => return known(&group.elem),
        Type::Paren(paren) => return known(&paren.elem),
        Type::Path(path) => &path.path,
        _ => return None,
    };
    let segment = path.segments.last()?;
    let (_, known) = NAMES.into_iter().find(|(name, _)| segment.ident == name)?;
    let types: Vec<_> = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => arguments
            .args
            .iter()
            .filter_map(|argument| match argument {
                GenericArgument::Type(ty) => Some(ty),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    };
    let held = match (known, types.as_slice()) {
        (Known::Option | Known::Vec, [held]) => Some(*held),
        (Known::Map, [_, held, ..]) => Some(*held),
        (Known::Option | Known::Vec | Known::Map, _) => return None,
        _ => None,
    };
    Some((known, held))
}

/// The type inside of all `Option`s, `Vec`s and maps.
pub(super) fn innermost(ty: &Type) -> &Type {
    match known(ty) {
        Some((_, Some(held))) => innermost(held),
        _ => ty,
    }
}

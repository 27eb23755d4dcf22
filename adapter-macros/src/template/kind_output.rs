//! Which types the fields of templates with an output can have, where that is less than others can.

use quote::ToTokens;
use syn::{Type, TypePath};

use super::kind::{Kind, Segment, bare, is_map, is_message, last, refuse, single};

const FLAT: &str = "an output has no messages, because each of its fields is an attribute: write \
                    their fields into it, each an `Option`";

/// What a field of the instance of an attribute generator holds.
pub(super) fn without_value(ty: &Type) -> syn::Result<Kind> {
    match Kind::of(ty)? {
        Kind::Value => refuse(
            ty,
            "an attribute generator has no `Value`: write the type that the expression is to \
             have, such as `Str`",
        ),
        Kind::Map(value) if matches!(*value, Kind::Value) => refuse(
            ty,
            "an attribute generator has no `Value`: write the type that the expressions are \
             to have, such as `Map<Str>`",
        ),
        kind => Ok(kind),
    }
}

/// What a field of an output holds: its fields are flat and may each be left out.
pub(super) fn of_output(ty: &Type) -> syn::Result<Kind> {
    let content = match bare(ty) {
        Type::Path(TypePath {
            qself: None, path, ..
        }) => match last(path)? {
            Segment { name, arguments } if name == "Option" && arguments.len() == 1 => arguments[0],
            segment if single(&segment).is_some() || is_map(&segment) => {
                let message = format!(
                    "each field of an output may be left out, which an empty one is not: \
                     write `Option<{}>`",
                    without_blanks(ty)
                );
                return refuse(ty, message);
            }
            _ => ty,
        },
        _ => ty,
    };
    match Kind::of(content) {
        Ok(Kind::Scalar) => Ok(Kind::Scalar),
        Ok(Kind::Map(value)) if matches!(*value, Kind::Scalar) && is_text(content) => {
            Ok(Kind::Map(value))
        }
        Ok(Kind::Map(_)) => refuse(
            content,
            "the maps of an output hold strings: write `Map<Str>`",
        ),
        Ok(Kind::Value) => refuse(
            content,
            "an output has no `Value`, because each of its attributes has one type: write \
             that, such as `Str`",
        ),
        Ok(Kind::Message(_)) => refuse(content, FLAT),
        Err(error) => match bare(content) {
            Type::Path(TypePath { path, .. }) if is_message(&last(path)?) => refuse(content, FLAT),
            _ => Err(error),
        },
    }
}

/// Whether the values of a map are strings.
fn is_text(map: &Type) -> bool {
    let Type::Path(TypePath { path, .. }) = bare(map) else {
        return false;
    };
    let value = last(path).map(|map| {
        let value = match map.name.as_str() {
            "Map" => map.arguments.first(),
            _ => map.arguments.get(1),
        };
        value.map(|value| bare(value).to_token_stream().to_string())
    });
    let value = value.ok().flatten().unwrap_or_default();
    matches!(
        value.rsplit("::").next().map(str::trim),
        Some("Str" | "String")
    )
}

/// A type as it is usually written.
fn without_blanks(ty: &Type) -> String {
    let text = ty.to_token_stream().to_string().replace(' ', "");
    text.replace(',', ", ")
}

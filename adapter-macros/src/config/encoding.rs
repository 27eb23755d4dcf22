//! The ways in which protobuf writes whole numbers.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{LitStr, Type};

use super::types::{Known, innermost, known};
use crate::diagnostics::{list, unknown};

/// The protobuf type, the Rust type that it is for, and the method of the row of the table.
const ENCODINGS: [(&str, &str, &str); 10] = [
    ("int32", "i32", ""),
    ("int64", "i64", ""),
    ("uint32", "u32", ""),
    ("uint64", "u64", ""),
    ("sint32", "i32", "zigzag"),
    ("sint64", "i64", "zigzag"),
    ("fixed32", "u32", "fixed"),
    ("fixed64", "u64", "fixed"),
    ("sfixed32", "i32", "fixed"),
    ("sfixed64", "i64", "fixed"),
];

/// The method for an `encoding` on a field of this type.
pub(super) fn expand(encoding: &LitStr, ty: &Type) -> syn::Result<TokenStream> {
    let error = |message: String| Err(syn::Error::new(encoding.span(), message));
    let name = encoding.value();
    let names = ENCODINGS.map(|(name, ..)| name);
    let Some((_, rust, method)) = ENCODINGS.iter().find(|(known, ..)| *known == name) else {
        let valid = format!("there are {}", list(&names));
        return error(unknown("encoding", &name, &names, valid));
    };
    match known(innermost(ty)) {
        Some((Known::Integer(found), _)) if found == *rust => {}
        Some((Known::Integer(found), _)) => {
            let of_found = ENCODINGS.iter().filter(|(_, rust, _)| *rust == found);
            let of_found: Vec<_> = of_found.map(|(name, ..)| *name).collect();
            return error(format!(
                "`{name}` is for `{rust}`, and the field holds `{found}`: write one of {}",
                list(&of_found)
            ));
        }
        _ => {
            return error(format!(
                "`{name}` is for `{rust}`, which this field doesn't hold: remove it, or write \
                 `{rust}`"
            ));
        }
    }
    Ok(match *method {
        "zigzag" => quote!(.zigzag()),
        "fixed" => quote!(.fixed()),
        _ => TokenStream::new(),
    })
}

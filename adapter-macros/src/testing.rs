//! Expansions without the compiler.

use std::path::Path;

use proc_macro2::TokenStream;
use syn::{Item, Lit};

/// Compares an expansion with the file of this name in `snapshots`; with `UPDATE_SNAPSHOTS` set,
/// writes it.
pub(crate) fn assert_snapshot(name: &str, expansion: TokenStream) {
    let text = prettyplease::unparse(&syn::parse2(expansion).expect("the expansion is Rust"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("snapshots")
        .join(name);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &text).expect("the snapshot is written");
    }
    let expected = std::fs::read_to_string(&path).expect("a snapshot");
    assert!(
        text == expected,
        "the expansion is not {}; to accept it, set UPDATE_SNAPSHOTS:\n{text}",
        path.display()
    );
}

/// The texts of an expansion's errors.
pub(crate) fn errors(expansion: TokenStream) -> Vec<String> {
    let file: syn::File = syn::parse2(expansion).expect("the expansion is Rust");
    let text = |item: &Item| match item {
        Item::Macro(item) if item.mac.path.segments.last()?.ident == "compile_error" => {
            match syn::parse2(item.mac.tokens.clone()) {
                Ok(Lit::Str(text)) => Some(text.value()),
                _ => None,
            }
        }
        _ => None,
    };
    file.items.iter().filter_map(text).collect()
}

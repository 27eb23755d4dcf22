//! `#[derive(AdapterConfig)]`: a struct becomes an adapter's configuration.

mod default;
mod duration;
mod expand;
mod fallback;
mod field;
mod item;

use proc_macro2::TokenStream;
use quote::quote;

use crate::diagnostics::Diagnostics;

/// The table of the struct's fields; or the errors, and what lets the code that uses the
/// configuration compile.
pub(crate) fn expand(input: syn::DeriveInput) -> TokenStream {
    let errors = Diagnostics::new();
    let item = item::Item::parse(&input, &errors);
    match errors.finish() {
        Ok(()) => expand::expand(&item),
        Err(errors) => {
            let fallback = fallback::expand(&item, &input.generics);
            quote!(#errors #fallback)
        }
    }
}

#[cfg(test)]
mod tests;

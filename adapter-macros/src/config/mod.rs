//! `#[derive(AdapterConfig)]`: a struct becomes an adapter's configuration, or a part of one; an
//! enum, one of its values.

mod attributes;
mod choice;
mod default;
mod duration;
mod encoding;
mod expand;
mod fallback;
mod field;
mod item;
mod rules;
mod types;

use proc_macro2::TokenStream;
use quote::quote;
use syn::Data;

use crate::diagnostics::Diagnostics;

/// The table of the fields or of the values; or the errors, and what lets the code that uses the
/// type compile.
pub(crate) fn expand(input: syn::DeriveInput) -> TokenStream {
    let errors = Diagnostics::new();
    let attributes = attributes::TypeAttributes::parse(&input, &errors);
    let runtime = attributes.runtime.clone();
    if !input.generics.params.is_empty() {
        let message = "a configuration can't be generic, because it is one message on the wire: \
                       remove the parameters";
        errors.error_at(&input.generics, message);
    }
    let expansion = match &input.data {
        Data::Struct(data) => {
            let item = item::Item::parse(&input, data, attributes, &errors);
            expand::expand(&item)
        }
        Data::Enum(data) => choice::Choice::parse(&input, data, attributes, &errors).expand(),
        Data::Union(data) => {
            let message = "a configuration is a struct with named fields: write `struct`";
            errors.error(data.union_token.span, message);
            TokenStream::new()
        }
    };
    match errors.finish() {
        Ok(()) => expansion,
        Err(errors) => {
            let fallback = fallback::expand(&input, &runtime);
            quote!(#errors #fallback)
        }
    }
}

#[cfg(test)]
mod tests;

//! `#[mixer_adapter]`: a struct becomes an adapter that registers itself.

mod args;
mod built_in;
mod expand;
mod fallback;
mod item;

use proc_macro2::TokenStream;
use quote::quote;

use crate::diagnostics::Diagnostics;

/// The struct as it was, and its registration; or the errors, and what lets the rest of the
/// author's code compile.
pub(crate) fn expand(args: TokenStream, input: TokenStream) -> TokenStream {
    let errors = Diagnostics::new();
    let args = args::Args::parse(args, &errors);
    let item = item::Item::parse(input.clone(), &errors);
    let adapter = item.as_ref().and_then(|item| item.adapter(&args, &errors));
    let expansion = match (errors.finish(), adapter) {
        (Ok(()), Some(adapter)) => expand::registration(&adapter, &args.runtime),
        (errors, _) => {
            let errors = errors.err();
            let fallback = item.map(|item| fallback::impls(&item, &args.runtime));
            quote!(#errors #fallback)
        }
    };
    quote!(#input #expansion)
}

#[cfg(test)]
mod tests;

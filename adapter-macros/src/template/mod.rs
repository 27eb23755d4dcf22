//! `#[mixer_template]`: a struct becomes a template of Mixer's, or a message of one.

mod args;
mod expand;
mod fallback;
mod field;
mod handler;
mod in_process;
mod item;
mod kind;
mod kind_output;
mod output;

use proc_macro2::TokenStream;
use quote::quote;

use crate::diagnostics::Diagnostics;

/// The struct, completed, and what makes it a template; or the errors, and what lets the code
/// that uses the template compile.
pub(crate) fn expand(args: TokenStream, input: TokenStream) -> TokenStream {
    let errors = Diagnostics::new();
    let args = args::Args::parse(args, &errors);
    let Some(item) = item::Item::parse(input.clone(), &args, &errors) else {
        let errors = errors.finish().err();
        return quote!(#input #errors);
    };
    match errors.finish() {
        Ok(()) => expand::expand(&args, &item),
        Err(errors) => {
            let fallback = fallback::expand(&args, item);
            quote!(#errors #fallback)
        }
    }
}

#[cfg(test)]
mod tests;

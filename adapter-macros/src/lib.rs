//! The macros of `adapter-runtime`, which re-exports them.
mod adapter;
mod config;
mod diagnostics;
mod docs;
mod keys;
mod names;
mod numbers;
mod runtime;
mod template;

use proc_macro::TokenStream;

/// x
#[proc_macro_attribute]
pub fn mixer_adapter(args: TokenStream, item: TokenStream) -> TokenStream {
    adapter::expand(args.into(), item.into()).into()
}
/// x
#[proc_macro_attribute]
pub fn mixer_template(args: TokenStream, item: TokenStream) -> TokenStream {
    template::expand(args.into(), item.into()).into()
}
/// x
#[proc_macro_derive(AdapterConfig, attributes(config))]
pub fn adapter_config(item: TokenStream) -> TokenStream {
    config::expand(syn::parse_macro_input!(item)).into()
}

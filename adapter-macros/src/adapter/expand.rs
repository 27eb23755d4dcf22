//! What `#[mixer_adapter]` adds to a struct.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;

use super::args::{Listed, Template};
use super::item::Adapter;
use crate::runtime::{Runtime, located_at};

/// The constants of the adapter, one impl for each template, and the entry in the registry.
pub(super) fn registration(adapter: &Adapter<'_>, runtime: &Runtime) -> TokenStream {
    let Adapter {
        item,
        name,
        description,
        implementation,
        package,
        idle_close,
        templates,
    } = adapter;
    let p = runtime.private();
    let ident = &item.ident;
    let conditions = item.conditions();
    let markers: Vec<_> = templates
        .iter()
        .map(|listed| marker(listed, runtime))
        .collect();
    let rows = templates
        .iter()
        .zip(&markers)
        .map(|(listed, marker)| row(listed, marker, runtime));
    let (impl_generics, type_generics, where_clause) = item.generics.split_for_impl();

    // The registry shows where the call is: at the struct's name.
    let place = ident.span();
    let p_there = runtime.private_at(place);
    let registration = quote_spanned!(place=> #p_there::Registration::new::<#ident>());

    quote! {
        #(#conditions)*
        const _: () = {
            #[automatically_derived]
            impl #impl_generics #p::Registered for #ident #type_generics #where_clause {
                const NAME: &'static ::core::primitive::str = #name;
                const DESCRIPTION: &'static ::core::primitive::str = #description;
                const IMPLEMENTATION: &'static ::core::primitive::str = #implementation;
                const PACKAGE: &'static ::core::primitive::str = #package;
                const VERSION: &'static ::core::primitive::str =
                    ::core::env!("CARGO_PKG_VERSION");
                const IDLE_CLOSE: ::core::primitive::bool = #idle_close;
                const TEMPLATES: &'static [#p::Row<Self>] = &[#(#rows),*];
            }
            #(
                #[automatically_derived]
                impl #impl_generics #p::Lists<#markers> for #ident #type_generics #where_clause {}
            )*
            #p::inventory::submit! { #registration }
        };
    }
}

/// The marker type of a template. Compiler errors about it are shown where the author listed it.
fn marker(listed: &Listed, runtime: &Runtime) -> TokenStream {
    match &listed.template {
        Template::BuiltIn(name) => {
            let p = runtime.private_at(name.span());
            let module = Ident::new(&name.value(), name.span());
            quote_spanned!(name.span()=> #p::template::#module::Template)
        }
        Template::Module(path) => {
            let span = path
                .segments
                .last()
                .map_or_else(Span::call_site, |last| last.ident.span());
            let template = located_at(quote!(::Template), span);
            quote!(#path #template)
        }
    }
}

fn row(listed: &Listed, marker: &TokenStream, runtime: &Runtime) -> TokenStream {
    let p = runtime.private();
    let renamed = listed.renamed.iter();
    quote!(#p::Row::of::<#marker>() #(.renamed(#renamed))*)
}

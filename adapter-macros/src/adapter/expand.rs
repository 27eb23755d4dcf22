//! What `#[mixer_adapter]` adds to a struct.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;

use super::args::{Listed, Template};
use super::item::{Adapter, Item};
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
        fail_policy,
        templates,
    } = adapter;
    let p = runtime.private();
    let ident = &item.ident;
    let conditions = item.conditions();
    let rows = templates.iter().map(|listed| row(listed, runtime));
    let lists = templates.iter().map(|listed| lists(listed, item, runtime));
    let (impl_generics, type_generics, where_clause) = item.generics.split_for_impl();

    // The registry shows where the call is: at the struct's name, if no token of it is elsewhere.
    let registration = quote_spanned!(ident.span()=> __Registration::new::<#ident>());

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
                    match ::core::option_env!("CARGO_PKG_VERSION") {
                        ::core::option::Option::Some(version) => version,
                        ::core::option::Option::None => "unknown",
                    };
                const IDLE_CLOSE: ::core::primitive::bool = #idle_close;
                const FAIL_POLICY: #p::FailPolicy = #p::FailPolicy::#fail_policy;
                const TEMPLATES: &'static [#p::Row<Self>] = &[#(#rows),*];
            }
            #(#lists)*
            use #p::Registration as __Registration;
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
            let template = located_at(quote!(::Template), listed.template.span());
            quote!(#path #template)
        }
    }
}

/// What lets the adapter implement the template's `Handler`.
fn lists(listed: &Listed, item: &Item, runtime: &Runtime) -> TokenStream {
    let span = Span::call_site().located_at(listed.template.span());
    let p = runtime.private_at(span);
    let marker = marker(listed, runtime);
    let ident = &item.ident;
    let (impl_generics, type_generics, where_clause) = item.generics.split_for_impl();
    quote_spanned! {span=>
        #[automatically_derived]
        impl #impl_generics #p::Lists<#marker> for #ident #type_generics #where_clause {}
    }
}

fn row(listed: &Listed, runtime: &Runtime) -> TokenStream {
    let p = runtime.private();
    let marker = marker(listed, runtime);
    let renamed = listed.renamed.iter();
    quote!(#p::Row::of::<#marker>() #(.renamed(#renamed))*)
}

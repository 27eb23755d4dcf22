//! What stands in for the registration when there was an error.

use proc_macro2::TokenStream;
use quote::quote;

use super::item::Item;
use crate::runtime::Runtime;

/// Impls that list every template, so that the author's handlers compile, and register nothing.
pub(super) fn impls(item: &Item, runtime: &Runtime) -> TokenStream {
    let p = runtime.private();
    let ident = &item.ident;
    let conditions = item.conditions();
    let (impl_generics, type_generics, where_clause) = item.generics.split_for_impl();
    let lists = {
        let mut generics = item.generics.clone();
        generics.params.push(syn::parse_quote!(__Template));
        let (impl_generics, _, _) = generics.split_for_impl();
        quote! {
            impl #impl_generics #p::Lists<__Template> for #ident #type_generics #where_clause {}
        }
    };
    let mut bounded = item.generics.clone();
    bounded
        .make_where_clause()
        .predicates
        .push(syn::parse_quote!(Self: 'static));
    let where_static = &bounded.where_clause;
    quote! {
        #(#conditions)*
        const _: () = {
            #lists
            impl #impl_generics #p::Registered for #ident #type_generics #where_static {
                const NAME: &'static ::core::primitive::str = "";
                const DESCRIPTION: &'static ::core::primitive::str = "";
                const IMPLEMENTATION: &'static ::core::primitive::str = "";
                const PACKAGE: &'static ::core::primitive::str = "";
                const VERSION: &'static ::core::primitive::str = "";
                const IDLE_CLOSE: ::core::primitive::bool = true;
                const FAIL_POLICY: #p::FailPolicy = #p::FailPolicy::Closed;
                const TEMPLATES: &'static [#p::Row<Self>] = &[];
            }
        };
    }
}

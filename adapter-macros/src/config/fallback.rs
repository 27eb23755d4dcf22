//! What stands in for the table when there was an error.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Data, DeriveInput};

use crate::runtime::Runtime;

/// Impls of everything that a configuration, an enum or a oneof implements, which nothing runs.
pub(super) fn expand(input: &DeriveInput, runtime: &Runtime) -> TokenStream {
    let p = runtime.private();
    let ident = &input.ident;
    let mut generics = input.generics.clone();
    // What the traits demand, which a parameter doesn't promise.
    let bounds = syn::parse_quote! {
        Self: ::core::marker::Send + ::core::marker::Sync + 'static
    };
    generics.make_where_clause().predicates.push(bounds);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let stub = quote!({ ::core::unimplemented!() });
    let impl_for = |trait_: TokenStream, content: TokenStream| {
        quote! {
            impl #impl_generics #p::#trait_ for #ident #type_generics #where_clause { #content }
        }
    };
    let config = impl_for(
        quote!(AdapterConfig),
        quote!(fn message() -> &'static #p::ConfigMessage<Self> #stub),
    );
    let field = quote! {
        #p::derived_field!(
            MessageShape,
            [#impl_generics] #ident #type_generics,
            [#where_clause]
        );
    };
    let one_of = matches!(input.data, Data::Enum(_)).then(|| {
        impl_for(
            quote!(ConfigOneOf),
            quote! {
                const MEMBERS: &'static [(
                    &'static ::core::primitive::str,
                    ::core::primitive::u32,
                )] = &[];

                fn members() -> &'static #p::OneOf<Self> #stub
            },
        )
    });
    quote! {
        const _: () = {
            #config
            #field
            #one_of
        };
    }
}

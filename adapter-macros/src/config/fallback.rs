//! What stands in for the table when there was an error.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Generics;

use super::item::Item;

/// Impls of everything that a configuration implements, which nothing runs.
pub(super) fn expand(item: &Item, generics: &Generics) -> TokenStream {
    let Item { runtime, ident, .. } = item;
    let p = runtime.private();
    let mut generics = generics.clone();
    // What the traits demand, which a parameter doesn't promise.
    let bounds = syn::parse_quote! {
        Self: ::core::marker::Send + ::core::marker::Sync + 'static
    };
    generics.make_where_clause().predicates.push(bounds);
    let (impl_generics, type_generics, where_clause) = generics.split_for_impl();
    let stub = quote!({ ::core::unimplemented!() });
    let impl_for = |trait_: TokenStream, content: TokenStream| {
        quote! {
            impl #impl_generics #trait_ for #ident #type_generics #where_clause { #content }
        }
    };
    let config = impl_for(
        quote!(#p::AdapterConfig),
        quote!(fn message() -> &'static #p::ConfigMessage<Self> #stub),
    );
    let merge = impl_for(
        quote!(#p::Merge),
        quote! {
            fn empty() -> Self #stub
            fn merge<'__input>(
                &mut self,
                _: #p::WireType,
                _: &'__input [::core::primitive::u8],
                _: #p::Depth,
            ) -> #p::Rest<'__input> #stub
        },
    );
    let field = impl_for(
        quote!(#p::ConfigField),
        quote! {
            fn kind() -> #p::Kind #stub
            fn encode(
                &self,
                _: ::core::primitive::u32,
                _: &mut #p::Vec<::core::primitive::u8>,
            ) #stub
            fn show(&self) -> #p::Json #stub
        },
    );
    let element = impl_for(quote!(#p::ConfigElement), TokenStream::new());
    quote! {
        const _: () = {
            #config
            #merge
            #field
            #element
        };
    }
}

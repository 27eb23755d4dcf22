//! What stands in for a template when there was an error: everything that other code names, and
//! nothing that runs.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Data, Lifetime, Type};

use super::args::{Args, Role};
use super::item::Item;
use super::{expand as complete, handler};

pub(super) fn expand(args: &Args, mut item: Item) -> TokenStream {
    name_lifetimes(&mut item);
    let p = args.runtime.private();
    let input = &item.input;
    let ident = &input.ident;
    let (impl_generics, type_generics, where_clause) = input.generics.split_for_impl();
    let stub = quote!({ ::core::unimplemented!() });
    let impl_for = |trait_: TokenStream, content: TokenStream| {
        quote! {
            impl #impl_generics #trait_ for #ident #type_generics #where_clause { #content }
        }
    };
    // Not derived: a field may have a type that has not all of them.
    let derives = item.derives.iter().map(|name| match *name {
        "Clone" => impl_for(
            quote!(::core::clone::Clone),
            quote!(fn clone(&self) -> Self #stub),
        ),
        "Debug" => impl_for(
            quote!(::core::fmt::Debug),
            quote!(fn fmt(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result #stub),
        ),
        "Default" => impl_for(
            quote!(::core::default::Default),
            quote!(fn default() -> Self #stub),
        ),
        "PartialEq" => impl_for(
            quote!(::core::cmp::PartialEq),
            quote!(fn eq(&self, _: &Self) -> ::core::primitive::bool #stub),
        ),
        other => unreachable!("`{other}` is not derived"),
    });
    let merge = quote! {
        _: #p::WireType,
        _: &'__input [::core::primitive::u8],
        _: #p::Depth,
    };
    let type_ident = complete::type_ident(args, &item);
    let message = impl_for(
        quote!(#p::Message),
        quote! {
            type Type = #type_ident;
            fn merge_field<'__input>(
                &mut self, _: ::core::primitive::u32, #merge
            ) -> #p::Rest<'__input> #stub
            fn settle_fields(&mut self) #stub
        },
    );
    let role = match &args.role {
        Role::Instance(variety, names) => {
            let instance = impl_for(
                quote!(#p::Instance),
                quote!(fn name(&self) -> &::core::primitive::str #stub),
            );
            let handler = handler::expand(*variety, names, &item, &args.runtime);
            quote!(#instance #handler)
        }
        Role::Message => {
            let merge = impl_for(
                quote!(#p::Merge),
                quote! {
                    fn empty() -> Self #stub
                    fn merge<'__input>(&mut self, #merge) -> #p::Rest<'__input> #stub
                },
            );
            let field = impl_for(quote!(#p::Field), TokenStream::new());
            quote!(#merge #field)
        }
    };
    let types = complete::types(args, &item);
    quote! {
        #input
        #types
        #(#derives)*
        #message
        #role
    }
}

/// Gives references a lifetime: that they have none would be one more error of the compiler's.
fn name_lifetimes(item: &mut Item) {
    if let Data::Struct(data) = &mut item.input.data {
        for field in &mut data.fields {
            if let Type::Reference(reference) = &mut field.ty {
                let lifetime = || Lifetime::new("'static", Span::call_site());
                reference.lifetime.get_or_insert_with(lifetime);
            }
        }
    }
}

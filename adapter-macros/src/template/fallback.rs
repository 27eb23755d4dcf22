//! What stands in for a template when there was an error: everything that other code names, and
//! nothing that runs.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Data, Lifetime, Type};

use super::args::{Args, Role};
use super::expand as complete;
use super::handler::Handled;
use super::item::Item;

pub(super) fn expand(args: &Args, mut item: Item) -> TokenStream {
    name_lifetimes(&mut item);
    let input = &item.input;
    let types = complete::types(args, &item);
    let impls = impls(args, &item);
    let template = match &args.role {
        Role::Instance(variety, names) => Handled::new(*variety, names, &item, &args.runtime)
            .stub()
            .expand(),
        Role::Message => TokenStream::new(),
    };
    quote! {
        #input
        #types
        const _: () = { #impls };
        #template
    }
}

/// The traits that every instance and message has. None is derived: a field may have a type that
/// lacks some of them.
fn impls(args: &Args, item: &Item) -> TokenStream {
    let p = args.runtime.private();
    let type_ident = complete::type_ident(args, item);
    let ident = &item.input.ident;
    let (impl_generics, type_generics, where_clause) = item.input.generics.split_for_impl();
    let stub = quote!({ ::core::unimplemented!() });
    let mut impls = TokenStream::new();
    let mut add = |trait_: TokenStream, content: TokenStream| {
        impls.extend(quote! {
            impl #impl_generics #trait_ for #ident #type_generics #where_clause { #content }
        });
    };
    for name in &item.derives {
        match *name {
            "Clone" => add(
                quote!(::core::clone::Clone),
                quote!(fn clone(&self) -> Self #stub),
            ),
            "Debug" => add(
                quote!(::core::fmt::Debug),
                quote!(fn fmt(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result #stub),
            ),
            "Default" => add(
                quote!(::core::default::Default),
                quote!(fn default() -> Self #stub),
            ),
            "PartialEq" => add(
                quote!(::core::cmp::PartialEq),
                quote!(fn eq(&self, _: &Self) -> ::core::primitive::bool #stub),
            ),
            other => unreachable!("`{other}` is not derived"),
        }
    }
    let arguments = quote! {
        _: #p::WireType,
        _: &'__input [::core::primitive::u8],
        _: #p::Depth,
    };
    add(
        quote!(#p::Message),
        quote! {
            type Type = #type_ident;
            fn merge_field<'__input>(
                &mut self,
                _: ::core::primitive::u32,
                #arguments
            ) -> #p::Rest<'__input> #stub
            fn settle_fields(&mut self) #stub
        },
    );
    add(
        quote!(#p::Merge),
        quote! {
            fn empty() -> Self #stub
            fn merge<'__input>(&mut self, #arguments) -> #p::Rest<'__input> #stub
        },
    );
    if let Role::Message = args.role {
        add(quote!(#p::Field), TokenStream::new());
    }
    impls
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

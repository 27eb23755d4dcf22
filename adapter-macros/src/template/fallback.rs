//! What stands in for a template when there was an error: everything that other code names, and
//! nothing that runs.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Data, Lifetime, Type};

use super::args::{Args, Role};
use super::expand as complete;
use super::handler::Handled;
use super::in_process;
use super::item::Item;

pub(super) fn expand(args: &Args, mut item: Item) -> TokenStream {
    name_lifetimes(&mut item);
    let input = &item.input;
    if let Role::Output(_) = args.role {
        let impls = output_impls(args, &item);
        return quote! {
            #input
            const _: () = { #impls };
        };
    }
    let types = complete::types(args, &item);
    let impls = impls(args, &item);
    let template = match &args.role {
        Role::Instance(variety, names) => Handled::new(*variety, names, &item, &args.runtime)
            .stub()
            .expand(),
        Role::Message | Role::Output(_) => TokenStream::new(),
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
    let ident = item.input.ident.to_string();
    let stub = stub();
    let mut impls = derived(item);
    let mut add = |trait_, content| impls.extend(implement(item, trait_, content));
    let arguments = quote! {
        _: #p::WireType,
        _: &'__input [::core::primitive::u8],
        _: #p::Depth,
    };
    let build_fields = in_process::build_fields(&p, &stub);
    let info = quote!(&#p::MessageInfo::new(#ident, "", || &[]));
    add(
        quote!(#p::Message),
        quote! {
            type Type = #type_ident;
            const INFO: &'static #p::MessageInfo = #info;
            fn merge_field<'__input>(
                &mut self,
                _: ::core::primitive::u32,
                #arguments
            ) -> #p::Rest<'__input> #stub
            fn settle_fields(&mut self) #stub
            #build_fields
        },
    );
    add(
        quote!(#p::Merge),
        quote! {
            fn empty() -> Self #stub
            fn merge<'__input>(&mut self, #arguments) -> #p::Rest<'__input> #stub
        },
    );
    impls.extend(in_process::infer_fields(&p, &type_ident, &stub));
    let mut add = |trait_, content| impls.extend(implement(item, trait_, content));
    if let Role::Message = args.role {
        add(quote!(#p::Typed<()>), TokenStream::new());
        add(quote!(#p::Field), in_process::field(&p, &info));
    }
    impls
}

/// The traits that every output has.
fn output_impls(args: &Args, item: &Item) -> TokenStream {
    let p = args.runtime.private();
    let stub = stub();
    let mut impls = derived(item);
    impls.extend(implement(
        item,
        quote!(#p::Output),
        quote! {
            const INFO: ::core::option::Option<&'static #p::MessageInfo> =
                ::core::option::Option::None;
            fn encode(&self, _: &mut #p::Vec<::core::primitive::u8>) #stub
            fn values(&self, _: &mut #p::Vec<::core::option::Option<#p::Value>>) #stub
        },
    ));
    impls
}

fn stub() -> TokenStream {
    quote!({ ::core::unimplemented!() })
}

fn implement(item: &Item, trait_: TokenStream, content: TokenStream) -> TokenStream {
    let ident = &item.input.ident;
    let (impl_generics, type_generics, where_clause) = item.input.generics.split_for_impl();
    quote! {
        impl #impl_generics #trait_ for #ident #type_generics #where_clause { #content }
    }
}

/// What would otherwise be derived.
fn derived(item: &Item) -> TokenStream {
    let stub = stub();
    let mut impls = TokenStream::new();
    let mut add = |trait_, content| impls.extend(implement(item, trait_, content));
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

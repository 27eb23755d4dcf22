//! The table of a configuration's fields, and what lets the struct be a field itself.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::Type;

use super::field::Field;
use super::item::Item;
use crate::runtime::{Runtime, located_at};

pub(super) fn expand(item: &Item) -> TokenStream {
    let Item {
        attributes,
        ident,
        documentation,
        fields,
    } = item;
    let p = item.private();
    let name = &attributes.name;
    let defaults = fields.iter().map(|field| default(field, item));
    let entries = fields.iter().map(|field| entry(field, item));
    let checks = distinct(item);
    quote! {
        const _: () = {
            #[automatically_derived]
            impl #p::AdapterConfig for #ident {
                fn message() -> &'static #p::ConfigMessage<Self> {
                    // Made outside of the block, where the author's defaults don't see its names.
                    let make = || #p::ConfigMessage::new(
                        #name,
                        #documentation,
                        || #ident { #(#defaults,)* },
                        [#(#entries,)*],
                    );
                    {
                        static MESSAGE: #p::OnceLock<#p::ConfigMessage<#ident>> =
                            #p::OnceLock::new();
                        MESSAGE.get_or_init(make)
                    }
                }
            }

            #p::derived_field!(MessageShape, [] #ident, []);

            #checks
        };
    }
}

/// The field's value where nothing arrived.
fn default(field: &Field, item: &Item) -> TokenStream {
    let Field { ident, ty, .. } = field;
    match (&field.default, field.one_of()) {
        (Some(value), _) => quote!(#ident: #value),
        (None, Some(_)) => quote!(#ident: ::core::option::Option::None),
        (None, None) => {
            let span = type_span(ty);
            let p = item.attributes.runtime.private_at(span);
            quote_spanned!(span=> #ident: #p::empty::<#ty>())
        }
    }
}

/// The field's row in the table. Compiler errors about its type are shown at the type.
fn entry(field: &Field, item: &Item) -> TokenStream {
    let Field {
        ident,
        ty,
        name,
        documentation,
        methods,
        ..
    } = field;
    let config = &item.ident;
    let span = type_span(ty);
    let p = item.attributes.runtime.private_at(span);
    let with_default = field.default.is_some().then(|| quote!(.with_default()));
    let (entry, spec) = match (field.tag, field.one_of()) {
        (None, Some(held)) => {
            let required = field.required.then(|| quote!(.required()));
            (
                one_of(held, &item.attributes.runtime, &quote!(entry::<#config>)),
                quote_spanned!(span=> #p::OneOfSpec::new(#name, #documentation) #required),
            )
        }
        (tag, _) => (
            quote_spanned!(span=> #p::entry::<#config, #ty>),
            quote_spanned!(span=> #p::field::<#ty>(#name, #tag, #documentation) #(#methods)*),
        ),
    };
    quote_spanned! {span=>
        #entry(
            #spec #with_default,
            |message: &#config| &message.#ident,
            |message: &mut #config| &mut message.#ident,
        )
    }
}

/// That no member of a oneof has the name or number of another field.
fn distinct(item: &Item) -> TokenStream {
    let plain = item.fields.iter().filter_map(|field| {
        let (name, tag) = (&field.name, field.tag?);
        Some(quote!((#name, #tag)))
    });
    let plain = quote!(&[#(#plain),*]);
    let oneofs: Vec<_> = item.fields.iter().filter_map(Field::one_of).collect();
    let members = |held: &Type| one_of(held, &item.attributes.runtime, &quote!(MEMBERS));
    let check = |(index, held): (usize, &&Type)| {
        let span = type_span(held);
        let before = oneofs[..index].iter().map(|held| members(held));
        let this = members(held);
        let p = item.attributes.runtime.private_at(span);
        quote_spanned!(span=> const _: () = #p::assert_distinct(#plain, &[#(#before),*], #this);)
    };
    oneofs.iter().enumerate().map(check).collect()
}

/// What a oneof has by its trait. Always written like this, so that the compiler says once that
/// a type is none.
fn one_of(held: &Type, runtime: &Runtime, what: &TokenStream) -> TokenStream {
    let span = type_span(held);
    let p = runtime.private_at(span);
    let what = located_at(what.clone(), span);
    quote_spanned!(span=> <#held as #p::ConfigOneOf>::#what)
}

pub(super) fn type_span(ty: &Type) -> Span {
    let first = ty.to_token_stream().into_iter().next();
    let place = first.as_ref().map_or_else(Span::call_site, TokenTree::span);
    Span::call_site().located_at(place)
}

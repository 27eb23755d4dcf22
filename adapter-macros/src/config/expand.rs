//! The table of a configuration's fields, and the impls that let the struct be a field itself.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;

use super::field::Field;
use super::item::Item;
use crate::runtime::Runtime;

pub(super) fn expand(item: &Item) -> TokenStream {
    let Item {
        runtime,
        ident,
        fields,
    } = item;
    let p = runtime.private();
    let defaults = fields.iter().map(|field| default(field, runtime));
    let entries = fields.iter().map(|field| entry(field, item));
    let name = ident.unraw().to_string();
    quote! {
        const _: () = {
            #[automatically_derived]
            impl #p::AdapterConfig for #ident {
                fn message() -> &'static #p::ConfigMessage<Self> {
                    // Made outside of the block, where the author's defaults don't see its names.
                    let make = || #p::ConfigMessage::new(
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

            #[automatically_derived]
            impl #p::Merge for #ident {
                fn empty() -> Self {
                    <Self as #p::AdapterConfig>::defaults()
                }

                fn merge<'a>(
                    &mut self,
                    wire: #p::WireType,
                    input: &'a [::core::primitive::u8],
                    depth: #p::Depth,
                ) -> #p::Rest<'a> {
                    #p::merge_config(self, wire, input, depth)
                }
            }

            #[automatically_derived]
            impl #p::ConfigField for #ident {
                const REPLACES_DEFAULT: ::core::primitive::bool = false;

                fn kind() -> #p::Kind {
                    #p::Kind::Message(#name)
                }

                fn encode(
                    &self,
                    tag: ::core::primitive::u32,
                    out: &mut #p::Vec<::core::primitive::u8>,
                ) {
                    #p::encode_config(self, tag, out);
                }

                fn show(&self) -> #p::Json {
                    #p::show_config(self)
                }

                fn fields(
                    within: &[::core::any::TypeId],
                ) -> #p::Vec<#p::FieldDescription> {
                    #p::describe_config::<Self>(within)
                }
            }

            #[automatically_derived]
            impl #p::ConfigElement for #ident {}
        };
    }
}

/// The field's value where nothing arrived.
fn default(field: &Field, runtime: &Runtime) -> TokenStream {
    let Field { ident, ty, .. } = field;
    match &field.default {
        Some(value) => quote!(#ident: #value),
        None => {
            let span = type_span(field);
            let p = runtime.private_at(span);
            quote_spanned!(span=> #ident: #p::empty::<#ty>())
        }
    }
}

/// The field's row in the table. Compiler errors about its type are shown at the type.
fn entry(field: &Field, item: &Item) -> TokenStream {
    let Field {
        ident,
        ty,
        tag,
        name,
        default,
        documentation,
    } = field;
    let config = &item.ident;
    let has_default = default.is_some();
    let span = type_span(field);
    let p = item.runtime.private_at(span);
    quote_spanned! {span=>
        #p::entry::<#config, #ty>(
            #name,
            #tag,
            #documentation,
            #has_default,
            |message: &#config| &message.#ident,
            |message: &mut #config| &mut message.#ident,
        )
    }
}

fn type_span(field: &Field) -> Span {
    let first = field.ty.to_token_stream().into_iter().next();
    let place = first.as_ref().map_or_else(Span::call_site, TokenTree::span);
    Span::call_site().located_at(place)
}

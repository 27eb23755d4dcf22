//! The struct, its counterpart `Type`, and how it is decoded.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote, quote_spanned};
use syn::ext::IdentExt;

use super::args::{Args, Role, Variety};
use super::field::{Field, NAME};
use super::handler::Handled;
use super::item::Item;
use super::{in_process, output};
use crate::docs;

pub(super) fn expand(args: &Args, item: &Item) -> TokenStream {
    let input = &item.input;
    let derives = item.derives.iter().map(|name| match *name {
        "Clone" => quote!(::core::clone::Clone),
        "Debug" => quote!(::core::fmt::Debug),
        "Default" => quote!(::core::default::Default),
        "PartialEq" => quote!(::core::cmp::PartialEq),
        other => unreachable!("`{other}` is not derived"),
    });
    if let Role::Output(place) = args.role {
        let output = output::expand(args, item, place);
        return quote! {
            #(#[derive(#derives)])*
            #input
            #output
        };
    }
    let types = types(args, item);
    let message = message(args, item);
    let p = args.runtime.private();
    let ident = &input.ident;
    let typed = typed(args, item);
    let role = match &args.role {
        Role::Instance(variety, names) => {
            let template = Handled::new(*variety, names, item, &args.runtime).expand();
            quote! {
                #[automatically_derived]
                impl #p::Instance for #ident {
                    fn name(&self) -> &::core::primitive::str {
                        &self.name
                    }

                    fn name_mut(&mut self) -> &mut #p::Str {
                        &mut self.name
                    }
                }
                #template
                #typed
            }
        }
        Role::Message => {
            let field = in_process::field(&p, &quote!(<#ident as #p::Message>::INFO));
            quote! {
                #typed

                #[automatically_derived]
                impl #p::Field for #ident { #field }
            }
        }
        Role::Output(_) => unreachable!("an output is no message of an instance"),
    };
    quote! {
        #(#[derive(#derives)])*
        #input
        #types
        #message
        #role
    }
}

/// That nothing in a message is a `Value`, which is for messages to know and for attribute
/// generators to demand.
fn typed(args: &Args, item: &Item) -> TokenStream {
    let p = args.runtime.private();
    let ident = &item.input.ident;
    let parts = item.fields.iter().filter_map(|field| field.kind.message());
    match &args.role {
        Role::Instance(Variety::AttributeGenerator, _) => parts
            .map(|part| quote!(const _: () = #p::assert_typed::<#part>();))
            .collect(),
        Role::Message if !item.fields.iter().any(|field| field.kind.is_value()) => quote! {
            // Generic, so that a part with a `Value` is no error here.
            #[automatically_derived]
            impl<T> #p::Typed<T> for #ident where #(#parts: #p::Typed<T>,)* {}
        },
        _ => TokenStream::new(),
    }
}

/// `Type` of an instance, `SubjectType` of a message `Subject`.
pub(super) fn type_ident(args: &Args, item: &Item) -> Ident {
    match args.role {
        Role::Instance(..) => Ident::new("Type", Span::call_site()),
        Role::Message | Role::Output(_) => format_ident!("{}Type", item.input.ident),
    }
}

/// The struct of the types that expressions decide.
pub(super) fn types(args: &Args, item: &Item) -> TokenStream {
    let visibility = &item.input.vis;
    let ident = type_ident(args, item);
    let of = &item.input.ident;
    let documentation =
        format!("The types of the fields of [`{of}`] that the operator's expressions decide.");
    let fields = item.fields.iter().filter_map(|field| {
        let Field {
            ident,
            visibility,
            conditions,
            kind,
            ..
        } = field;
        let ty = kind.type_of(&args.runtime)?;
        let documentation = format!("The type of `{ident}`.");
        Some(quote! {
            #(#conditions)*
            #[doc = #documentation]
            #visibility #ident: #ty
        })
    });
    quote! {
        #[doc = #documentation]
        #[derive(
            ::core::clone::Clone,
            ::core::fmt::Debug,
            ::core::default::Default,
            ::core::cmp::PartialEq,
        )]
        #visibility struct #ident {
            #(#fields,)*
        }
    }
}

/// Decoding.
fn message(args: &Args, item: &Item) -> TokenStream {
    let p = args.runtime.private();
    let ident = &item.input.ident;
    let types = type_ident(args, item);
    let name = matches!(args.role, Role::Instance(..)).then(|| {
        quote! {
            #NAME => #p::Field::merge_named(&mut message.name, "name", wire, input, depth),
        }
    });
    let arms = item.fields.iter().map(|field| {
        let Field {
            number,
            name,
            conditions,
            ..
        } = field;
        let merge = call(
            args,
            "merge_named",
            field,
            quote!(#name, wire, input, depth),
        );
        quote! {
            #(#conditions)*
            #number => #merge,
        }
    });
    let settle = item.fields.iter().map(|field| {
        let conditions = &field.conditions;
        let settle = call(args, "complete", field, TokenStream::new());
        quote! {
            #(#conditions)*
            #settle;
        }
    });
    let info = info(args, item, "Field");
    let build = in_process::build(args, item);
    let infer = in_process::types(args, item, &types);
    quote! {
        const _: () = {
            #[automatically_derived]
            impl #p::Message for #ident {
                type Type = #types;
                const INFO: &'static #p::MessageInfo = &#info;

                #[inline]
                fn merge_field<'a>(
                    &mut self,
                    number: ::core::primitive::u32,
                    wire: #p::WireType,
                    input: &'a [::core::primitive::u8],
                    depth: #p::Depth,
                ) -> #p::Rest<'a> {
                    let message = self;
                    let _ = depth;
                    match number {
                        #name
                        #(#arms)*
                        _ => #p::skip(number, wire, input),
                    }
                }

                #[inline]
                fn settle_fields(&mut self) {
                    let message = self;
                    let _ = &message;
                    #(#settle)*
                }

                #build
            }

            #infer

            #[automatically_derived]
            impl #p::Merge for #ident {
                fn empty() -> Self {
                    ::core::default::Default::default()
                }

                fn merge<'a>(
                    &mut self,
                    wire: #p::WireType,
                    input: &'a [::core::primitive::u8],
                    depth: #p::Depth,
                ) -> #p::Rest<'a> {
                    #p::merge_message(self, wire, input, depth)
                }

                fn settle(&mut self) {
                    #p::Message::settle_fields(self);
                }
            }
        };
    }
}

/// The message as data. `field_trait` is the trait that knows the type of a field.
pub(super) fn info(args: &Args, item: &Item, field_trait: &str) -> TokenStream {
    let p = args.runtime.private();
    let message = item.input.ident.unraw().to_string();
    let documentation = docs::text(&item.input.attrs);
    let fields = item.fields.iter().map(|field| {
        let Field {
            name,
            number,
            conditions,
            documentation,
            ..
        } = field;
        let ty = method(args, field_trait, "TYPE", field);
        quote! {
            #(#conditions)*
            #p::FieldInfo::new(#name, #number, #ty, #documentation),
        }
    });
    quote! {
        #p::MessageInfo::new(#message, #documentation, || const { &[#(#fields)*] })
    }
}

/// A call of one of `Field`'s methods with a field.
fn call(args: &Args, name: &str, field: &Field, arguments: TokenStream) -> TokenStream {
    let method = method(args, "Field", name, field);
    let ident = &field.ident;
    quote!(#method(&mut message.#ident, #arguments))
}

/// Something that a trait has for the type of a field. Compiler errors about the type are shown
/// at the type, and are the same wherever this stands: so each is shown once.
pub(super) fn method(args: &Args, of: &str, name: &str, field: &Field) -> TokenStream {
    let ty = &field.ty;
    let span = at_type(field);
    let p = args.runtime.private_at(span);
    let (of, name) = (Ident::new(of, span), Ident::new(name, span));
    quote_spanned!(span=> <#ty as #p::#of>::#name)
}

/// Where errors about the type of a field are shown.
pub(super) fn at_type(field: &Field) -> Span {
    let first = field.ty.to_token_stream().into_iter().next();
    let place = first.map_or_else(|| field.ident.span(), |token| token.span());
    Span::call_site().located_at(place)
}

//! The struct, its counterpart `Type`, and how it is decoded.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, format_ident, quote, quote_spanned};

use super::args::{Args, Role};
use super::field::{Field, NAME};
use super::handler::Handled;
use super::item::Item;

pub(super) fn expand(args: &Args, item: &Item) -> TokenStream {
    let input = &item.input;
    let derives = item.derives.iter().map(|name| match *name {
        "Clone" => quote!(::core::clone::Clone),
        "Debug" => quote!(::core::fmt::Debug),
        "Default" => quote!(::core::default::Default),
        "PartialEq" => quote!(::core::cmp::PartialEq),
        other => unreachable!("`{other}` is not derived"),
    });
    let types = types(args, item);
    let message = message(args, item);
    let p = args.runtime.private();
    let ident = &input.ident;
    let role = match &args.role {
        Role::Instance(variety, names) => {
            let template = Handled::new(*variety, names, item, &args.runtime).expand();
            quote! {
                #[automatically_derived]
                impl #p::Instance for #ident {
                    fn name(&self) -> &::core::primitive::str {
                        &self.name
                    }
                }
                #template
            }
        }
        Role::Message => quote! {
            #[automatically_derived]
            impl #p::Field for #ident {}
        },
    };
    quote! {
        #(#[derive(#derives)])*
        #input
        #types
        #message
        #role
    }
}

/// `Type` of an instance, `SubjectType` of a message `Subject`.
pub(super) fn type_ident(args: &Args, item: &Item) -> Ident {
    match args.role {
        Role::Instance(..) => Ident::new("Type", Span::call_site()),
        Role::Message => format_ident!("{}Type", item.input.ident),
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
    let name = matches!(args.role, Role::Instance(..))
        .then(|| quote!(#NAME => #p::merge_field(&mut message.name, "name", wire, input, depth),));
    let arms = item.fields.iter().map(|field| {
        let Field {
            number,
            name,
            conditions,
            ..
        } = field;
        let merge = call(
            args,
            "merge_field",
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
        let settle = call(args, "settle_field", field, TokenStream::new());
        quote! {
            #(#conditions)*
            #settle;
        }
    });
    quote! {
        const _: () = {
            // Decodes a field, or completes all of them. One function, because the compiler
            // reports a type that can't be a field once in each.
            #[inline]
            fn step<'a>(
                message: &mut #ident,
                field: ::core::option::Option<(
                    ::core::primitive::u32,
                    #p::WireType,
                    &'a [::core::primitive::u8],
                    #p::Depth,
                )>,
            ) -> #p::Rest<'a> {
                let ::core::option::Option::Some((number, wire, input, depth)) = field else {
                    #(#settle)*
                    return ::core::result::Result::Ok(&[]);
                };
                let _ = depth;
                match number {
                    #name
                    #(#arms)*
                    _ => #p::skip(number, wire, input),
                }
            }

            #[automatically_derived]
            impl #p::Message for #ident {
                type Type = #types;

                #[inline]
                fn merge_field<'a>(
                    &mut self,
                    number: ::core::primitive::u32,
                    wire: #p::WireType,
                    input: &'a [::core::primitive::u8],
                    depth: #p::Depth,
                ) -> #p::Rest<'a> {
                    step(self, ::core::option::Option::Some((number, wire, input, depth)))
                }

                #[inline]
                fn settle_fields(&mut self) {
                    let _ = step(self, ::core::option::Option::None);
                }
            }

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

/// A call of the runtime's function with a field. Compiler errors about the field's type are shown
/// at the type.
fn call(args: &Args, function: &str, field: &Field, arguments: TokenStream) -> TokenStream {
    let tokens: Vec<_> = field.ty.to_token_stream().into_iter().collect();
    let span = |token: Option<&TokenTree>| {
        let place = token.map_or_else(|| field.ident.span(), TokenTree::span);
        Span::call_site().located_at(place)
    };
    let (begin, end) = (span(tokens.first()), span(tokens.last()));
    let p = args.runtime.private_at(begin);
    let function = Ident::new(function, begin);
    let mut ident = field.ident.clone();
    ident.set_span(end);
    quote_spanned!(begin=> #p::#function(&mut message.#ident, #arguments))
}

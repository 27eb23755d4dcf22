//! The enum under `#[derive(AdapterConfig)]`: names to choose from, or a oneof.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::{DataEnum, DeriveInput, Expr, ExprLit, Fields, Ident, Lit, LitInt, Type, Variant};

use super::attributes::{Above, Attributes, TypeAttributes};
use super::expand::type_span;
use super::field::{methods, name, same_name, same_tag};
use crate::diagnostics::Diagnostics;
use crate::runtime::Runtime;
use crate::{docs, names, numbers};

pub(super) struct Choice {
    attributes: TypeAttributes,
    ident: Ident,
    documentation: String,
    variants: Variants,
}

enum Variants {
    Values(Vec<Value>),
    Members(Vec<Member>),
}

/// A variant without data.
struct Value {
    ident: Ident,
    name: String,
    number: i32,
    documentation: String,
}

/// A variant with data.
struct Member {
    ident: Ident,
    ty: Type,
    name: String,
    tag: u32,
    documentation: String,
    methods: Vec<TokenStream>,
}

impl Choice {
    pub(super) fn parse(
        input: &DeriveInput,
        data: &DataEnum,
        attributes: TypeAttributes,
        errors: &Diagnostics,
    ) -> Choice {
        let variants = match data.variants.first() {
            None => {
                let message = "an enum of a configuration has variants: the operator chooses one";
                errors.error(input.ident.span(), message);
                Variants::Values(Vec::new())
            }
            Some(first) if matches!(first.fields, Fields::Unit) => {
                Variants::Values(values(data, errors))
            }
            Some(_) => Variants::Members(members(data, &attributes.runtime, errors)),
        };
        Choice {
            attributes,
            ident: input.ident.clone(),
            documentation: docs::text(&input.attrs),
            variants,
        }
    }

    pub(super) fn expand(&self) -> TokenStream {
        match &self.variants {
            Variants::Values(values) => self.expand_values(values),
            Variants::Members(members) => self.expand_members(members),
        }
    }

    fn expand_values(&self, values: &[Value]) -> TokenStream {
        let p = self.attributes.runtime.private();
        let (ident, documentation) = (&self.ident, &self.documentation);
        let name = &self.attributes.name;
        let infos = values.iter().map(|value| {
            let (name, number) = (&value.name, value.number);
            let documentation = &value.documentation;
            quote!(#p::EnumValue::new(#name, #number, #documentation))
        });
        let idents: Vec<_> = values.iter().map(|value| &value.ident).collect();
        let numbers: Vec<_> = values.iter().map(|value| value.number).collect();
        quote! {
            const _: () = {
                #[automatically_derived]
                impl #p::ConfigEnum for #ident {
                    const INFO: &'static #p::EnumInfo =
                        &#p::EnumInfo::new(#name, #documentation, &[#(#infos,)*]);

                    fn number(&self) -> ::core::primitive::i32 {
                        match self { #(#ident::#idents => #numbers,)* }
                    }

                    fn from_number(
                        number: ::core::primitive::i32,
                    ) -> ::core::option::Option<Self> {
                        match number {
                            #(#numbers => ::core::option::Option::Some(#ident::#idents),)*
                            _ => ::core::option::Option::None,
                        }
                    }
                }

                #p::derived_field!(EnumShape, [] #ident, []);
            };
        }
    }

    fn expand_members(&self, members: &[Member]) -> TokenStream {
        let p = self.attributes.runtime.private();
        let ident = &self.ident;
        let used = members.iter().map(|member| {
            let (name, tag) = (&member.name, member.tag);
            quote!((#name, #tag))
        });
        let rows = members.iter().map(|member| self.row(member, members));
        quote! {
            const _: () = {
                #[automatically_derived]
                impl #p::ConfigOneOf for #ident {
                    const MEMBERS: &'static [(
                        &'static ::core::primitive::str,
                        ::core::primitive::u32,
                    )] = &[#(#used,)*];

                    fn members() -> &'static #p::OneOf<Self> {
                        static MEMBERS: #p::OnceLock<#p::OneOf<#ident>> = #p::OnceLock::new();
                        MEMBERS.get_or_init(|| #p::OneOf::new([#(#rows,)*]))
                    }
                }
            };
        }
    }

    /// The row of a member in the table. Compiler errors about its type are shown at the type.
    fn row(&self, member: &Member, members: &[Member]) -> TokenStream {
        let Member {
            ident: variant,
            ty,
            name,
            tag,
            documentation,
            methods,
        } = member;
        let ident = &self.ident;
        let span = type_span(ty);
        let p = self.attributes.runtime.private_at(span);
        // An arm that nothing can reach would be a warning.
        let other = (members.len() > 1).then(|| quote!(_ => ::core::option::Option::None,));
        quote_spanned! {span=>
            #p::member::<#ident, #ty>(
                #p::field::<#ty>(#name, #tag, #documentation) #(#methods)*,
                |content: #ty| #ident::#variant(content),
                |value: &#ident| match value {
                    #ident::#variant(content) => ::core::option::Option::Some(content),
                    #other
                },
                |value: &mut #ident| match value {
                    #ident::#variant(content) => ::core::option::Option::Some(content),
                    #other
                },
            )
        }
    }
}

fn values(data: &DataEnum, errors: &Diagnostics) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::new();
    let mut next = 0;
    for (index, variant) in data.variants.iter().enumerate() {
        if !matches!(variant.fields, Fields::Unit) {
            let message = "the first variant has no data, so this is an enum of names: remove the \
                           data, or give all variants data";
            errors.error_at(&variant.fields, message);
            continue;
        }
        let Some(value) = value(variant, index, next, &values, errors) else {
            // One error is enough.
            next = next.saturating_add(1);
            continue;
        };
        next = value.number.saturating_add(1);
        values.push(value);
    }
    values
}

fn value(
    variant: &Variant,
    index: usize,
    next: i32,
    before: &[Value],
    errors: &Diagnostics,
) -> Option<Value> {
    let ident = variant.ident.clone();
    let attributes = Attributes::parse(&variant.attrs, Above::Value, errors);
    let implied = names::screaming_snake_case(&ident.unraw().to_string());
    let name = name(attributes.name.as_ref(), &ident, &implied, errors);
    let literal = match (&attributes.tag, &variant.discriminant) {
        (Some(_), Some((_, discriminant))) => {
            let message = "the number is given twice: remove one of them";
            errors.error_at(discriminant, message);
            return None;
        }
        (Some(tag), None) => Some(tag.clone()),
        (None, Some((_, discriminant))) => Some(errors.take(integer(discriminant))?),
        (None, None) => None,
    };
    let (number, span) = match &literal {
        Some(literal) => (errors.take(enum_number(literal))?, literal.span()),
        None => (next, ident.span()),
    };
    if index == 0 && number != 0 {
        let message = format!(
            "the first value of an enum has the number 0, which is what a field holds that the \
             operator didn't write, and this is {number}: write `tag = 0`"
        );
        errors.error(span, message);
        return None;
    }
    if let Some(other) = before.iter().find(|other| other.number == number) {
        let free = before.iter().map(|value| value.number).max().unwrap_or(0);
        let free = free.saturating_add(1).unsigned_abs();
        errors.error(span, same_tag(number, &other.ident, free));
        return None;
    }
    let name = name?;
    if let Some(other) = before.iter().find(|other| other.name == name) {
        let span = attributes.name.map_or(ident.span(), |name| name.span());
        errors.error(span, same_name(&name, &other.ident));
        return None;
    }
    Some(Value {
        ident,
        name,
        number,
        documentation: docs::text(&variant.attrs),
    })
}

fn integer(discriminant: &Expr) -> syn::Result<LitInt> {
    match discriminant {
        Expr::Lit(ExprLit {
            lit: Lit::Int(literal),
            ..
        }) => Ok(literal.clone()),
        other => {
            let message = "the number on the wire must be known here: write it, as `= 1`";
            Err(syn::Error::new_spanned(other, message))
        }
    }
}

fn enum_number(literal: &LitInt) -> syn::Result<i32> {
    literal.base10_parse().map_err(|_| {
        let message = format!(
            "the number of an enum's value is between 0 and {}, not {literal}: write another one",
            i32::MAX
        );
        syn::Error::new(literal.span(), message)
    })
}

fn members(data: &DataEnum, runtime: &Runtime, errors: &Diagnostics) -> Vec<Member> {
    let mut members: Vec<Member> = Vec::new();
    for variant in &data.variants {
        members.extend(member(variant, &members, runtime, errors));
    }
    members
}

fn member(
    variant: &Variant,
    before: &[Member],
    runtime: &Runtime,
    errors: &Diagnostics,
) -> Option<Member> {
    let ident = variant.ident.clone();
    let attributes = Attributes::parse(&variant.attrs, Above::Member, errors);
    let ty = match &variant.fields {
        Fields::Unnamed(fields) if fields.unnamed.len() == 1 => fields.unnamed[0].ty.clone(),
        fields => {
            let message = format!(
                "a variant of a oneof holds one value: write `{ident}(String)`, or \
                 `{ident}({ident})` with a struct that derives `AdapterConfig`"
            );
            match fields {
                Fields::Unit => errors.error(ident.span(), message),
                fields => errors.error_at(fields, message),
            }
            return None;
        }
    };
    let implied = names::snake_case(&ident.unraw().to_string());
    let name = name(attributes.name.as_ref(), &ident, &implied, errors);
    let Some(literal) = &attributes.tag else {
        let message = "a variant of a oneof has a number of the struct that holds the oneof: write \
                       one that is free there, as `#[config(tag = 1)]`";
        errors.error(ident.span(), message);
        return None;
    };
    let tag = errors.take(numbers::check_literal(literal))?;
    if let Some(other) = before.iter().find(|other| other.tag == tag) {
        let free = before.iter().map(|member| member.tag).max().unwrap_or(0) + 1;
        errors.error(literal.span(), same_tag(tag, &other.ident, free));
        return None;
    }
    let methods = methods(&attributes, &ty, runtime, errors)?;
    let name = name?;
    if let Some(other) = before.iter().find(|other| other.name == name) {
        let span = attributes.name.map_or(ident.span(), |name| name.span());
        errors.error(span, same_name(&name, &other.ident));
        return None;
    }
    Some(Member {
        ident,
        ty,
        name,
        tag,
        documentation: docs::text(&variant.attrs),
        methods,
    })
}

//! The struct under `#[mixer_template]`.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::{Data, DeriveInput, Fields, FieldsNamed, GenericParam, Path, Token};

use super::args::{Args, Role};
use super::field::{Field, is_field};
use crate::diagnostics::Diagnostics;
use crate::runtime::Runtime;

/// What every instance and message implements.
const DERIVES: [&str; 4] = ["Clone", "Debug", "Default", "PartialEq"];

pub(super) struct Item {
    /// As it is emitted: without `#[field]`, with `name`.
    pub(super) input: DeriveInput,
    /// The fields that are without error.
    pub(super) fields: Vec<Field>,
    /// Those of the traits that every instance implements which the author doesn't derive.
    pub(super) derives: Vec<&'static str>,
}

impl Item {
    pub(super) fn parse(input: TokenStream, args: &Args, errors: &Diagnostics) -> Option<Item> {
        let Ok(mut input) = syn::parse2::<DeriveInput>(input) else {
            let message =
                "a template is a struct with named fields: write `#[mixer_template]` above it";
            errors.error(Span::call_site(), message);
            return None;
        };
        let generic = !input.generics.params.is_empty();
        if generic {
            let message = "a template can't be generic, because it is one message on the wire: \
                           remove the parameters";
            errors.error_at(&input.generics, message);
        }
        let mut fields = Vec::new();
        match &input.data {
            Data::Struct(data) => match &data.fields {
                // Their types are checked when they name no parameters any more.
                Fields::Named(_) if generic => {}
                Fields::Named(named) => {
                    for field in &named.named {
                        fields.extend(Field::parse(field, &args.role, &fields, errors));
                    }
                }
                Fields::Unnamed(unnamed) => errors.error_at(
                    unnamed,
                    "the fields of a template have names: write `{ value: Value }`",
                ),
                Fields::Unit => {}
            },
            Data::Enum(data) => errors.error(
                data.enum_token.span,
                "a template is a struct, because Mixer has no enums: write `struct`",
            ),
            Data::Union(data) => {
                errors.error(
                    data.union_token.span,
                    "a template is a struct: write `struct`",
                );
            }
        }
        if let Some((expected, parts)) = match args.role {
            Role::Instance(..) => Some(("Instance", "a struct `Instance`")),
            Role::Output(_) => Some(("Output", "an `Instance` and an `Output`")),
            Role::Message => None,
        } && input.ident != expected
        {
            let message = format!(
                "a template is a module with {parts}, so that all are used alike: write \
                 `{expected}` instead of `{0}`, in a module that says what it is",
                input.ident
            );
            errors.error(input.ident.span(), message);
        }
        complete(&mut input, args);
        let derives = missing_derives(&input);
        Some(Item {
            input,
            fields,
            derives,
        })
    }

    /// The type of the struct; where it is generic, which is an error, one of its types.
    pub(super) fn instance_type(&self, runtime: &Runtime) -> TokenStream {
        let ident = &self.input.ident;
        let p = runtime.private();
        let arguments = self
            .input
            .generics
            .params
            .iter()
            .map(|parameter| match parameter {
                GenericParam::Lifetime(_) => quote!('static),
                GenericParam::Type(_) => quote!(#p::Str),
                GenericParam::Const(_) => quote!(0),
            });
        match self.input.generics.params.is_empty() {
            true => quote!(#ident),
            false => quote!(#ident<#(#arguments),*>),
        }
    }
}

/// Removes the attributes that only this macro knows and adds the name.
fn complete(input: &mut DeriveInput, args: &Args) {
    let strip = |fields: &mut Fields| {
        fields
            .iter_mut()
            .for_each(|field| field.attrs.retain(|attribute| !is_field(attribute)));
    };
    match &mut input.data {
        Data::Struct(data) => {
            strip(&mut data.fields);
            if let Role::Instance(..) = args.role {
                if matches!(data.fields, Fields::Unit) {
                    let named = Punctuated::new();
                    data.fields = Fields::Named(FieldsNamed {
                        brace_token: Default::default(),
                        named,
                    });
                    data.semi_token = None;
                }
                if let Fields::Named(fields) = &mut data.fields
                    // One with an error may be called so.
                    && !fields.named.iter().any(|f| f.ident.as_ref().is_some_and(|i| i == "name"))
                {
                    fields.named.insert(0, name_field(&args.runtime));
                }
            }
        }
        Data::Enum(data) => data
            .variants
            .iter_mut()
            .for_each(|variant| strip(&mut variant.fields)),
        Data::Union(data) => {
            let fields = data.fields.named.iter_mut();
            fields.for_each(|field| field.attrs.retain(|attribute| !is_field(attribute)));
        }
    }
}

fn name_field(runtime: &Runtime) -> syn::Field {
    let p = runtime.private();
    let field = quote! {
        /// The full name of the instance, `<name>.instance.<namespace>` of the operator's resource.
        pub name: #p::Str
    };
    syn::Field::parse_named
        .parse2(field)
        .expect("this is a field")
}

fn missing_derives(input: &DeriveInput) -> Vec<&'static str> {
    let derived: Vec<Path> = input
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"))
        .filter_map(|attribute| {
            attribute
                .parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated)
                .ok()
        })
        .flatten()
        .collect();
    let is_derived = |name: &str| {
        derived.iter().any(|path| {
            path.segments
                .last()
                .is_some_and(|segment| segment.ident == name)
        })
    };
    DERIVES
        .into_iter()
        .filter(|name| !is_derived(name))
        .collect()
}

//! The struct under `#[mixer_adapter]`, and what it says together with the arguments.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Attribute, Data, DeriveInput, Generics, Ident};

use super::args::{Args, Listed, illegal_name};
use crate::diagnostics::Diagnostics;
use crate::{docs, names};

/// A struct, or, with an error about it, an enum or a union.
pub(super) struct Item {
    pub(super) ident: Ident,
    pub(super) generics: Generics,
    attributes: Vec<Attribute>,
}

/// All that is known of an adapter.
pub(super) struct Adapter<'a> {
    pub(super) item: &'a Item,
    pub(super) name: String,
    pub(super) description: String,
    pub(super) implementation: TokenStream,
    pub(super) package: String,
    pub(super) idle_close: bool,
    /// The variant of the runtime's `FailPolicy`.
    pub(super) fail_policy: Ident,
    pub(super) templates: &'a [Listed],
}

impl Item {
    pub(super) fn parse(input: TokenStream, errors: &Diagnostics) -> Option<Item> {
        const PLACE: &str = "an adapter is a struct, whose values are the handlers";
        let Ok(item) = syn::parse2::<DeriveInput>(input) else {
            let message = format!("{PLACE}: write `#[mixer_adapter]` above the `struct`");
            errors.error(Span::call_site(), message);
            return None;
        };
        let wrong = match &item.data {
            Data::Struct(_) => None,
            Data::Enum(data) => Some(data.enum_token.span),
            Data::Union(data) => Some(data.union_token.span),
        };
        if let Some(keyword) = wrong {
            errors.error(keyword, format!("{PLACE}: write `struct`"));
        }
        if !item.generics.params.is_empty() {
            let message = "an adapter can't be generic, because it is registered as one type: \
                           remove the parameters, or annotate a struct that holds the generic one";
            errors.error_at(&item.generics, message);
        }
        Some(Item {
            ident: item.ident,
            generics: item.generics,
            attributes: item.attrs,
        })
    }

    /// The arguments with their defaults; `None`, and an error, where a default is not legal.
    pub(super) fn adapter<'a>(
        &'a self,
        args: &'a Args,
        errors: &Diagnostics,
    ) -> Option<Adapter<'a>> {
        let name = match &args.name {
            Some(name) => name.value(),
            None => {
                let name = names::kebab_case(&self.ident.unraw().to_string());
                if illegal_name(&name).is_some() {
                    let message = format!(
                        "the struct's name gives the adapter the name `{name}`, which Kubernetes \
                         doesn't take: write `name = \"my-adapter\"` in `#[mixer_adapter]`"
                    );
                    errors.error(self.ident.span(), message);
                    return None;
                }
                name
            }
        };
        let description = match &args.description {
            Some(description) => description.value(),
            None => docs::first_paragraph(&self.attributes),
        };
        let implementation = match &args.implementation {
            Some(implementation) => implementation.to_token_stream(),
            None => quote::quote!(::core::module_path!()),
        };
        let package = match &args.package {
            Some(package) => package.value(),
            None => format!("{}.config", name.replace('-', "_")),
        };
        let fail_policy = if args.fail_open { "Open" } else { "Closed" };
        Some(Adapter {
            item: self,
            name,
            description,
            implementation,
            package,
            idle_close: !args.never_idle,
            fail_policy: Ident::new(fail_policy, Span::call_site()),
            templates: &args.templates,
        })
    }

    /// The conditions under which the struct exists, for what is generated beside it.
    pub(super) fn conditions(&self) -> impl Iterator<Item = &Attribute> {
        self.attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("cfg"))
    }
}

//! The fields of a configuration.

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::{Ident, LitInt, LitStr, Type};

use super::attributes::{Above, Attributes, not_a_name};
use super::types::{Known, known};
use super::{default, encoding};
use crate::diagnostics::{Diagnostics, list};
use crate::runtime::Runtime;
use crate::{docs, names, numbers};

pub(super) struct Field {
    pub(super) ident: Ident,
    pub(super) ty: Type,
    /// The name in the `.proto` file and for the operator.
    pub(super) name: String,
    /// `None` of a oneof, whose members have tags.
    pub(super) tag: Option<u32>,
    pub(super) default: Option<TokenStream>,
    pub(super) documentation: String,
    /// The calls that complete the row of the table.
    pub(super) methods: Vec<TokenStream>,
    /// Whether one member of the oneof must be written.
    pub(super) required: bool,
}

impl Field {
    /// `None`, and at least one error, if anything about the field is wrong.
    pub(super) fn parse(
        field: &syn::Field,
        before: &[Field],
        runtime: &Runtime,
        errors: &Diagnostics,
    ) -> Option<Field> {
        let ident = field.ident.clone()?;
        let attributes = Attributes::parse(&field.attrs, Above::Field, errors);
        let name = name(
            attributes.name.as_ref(),
            &ident,
            &ident.unraw().to_string(),
            errors,
        );
        if let Some(span) = attributes.oneof {
            one_of(&attributes, field, span, errors)?;
        }
        let required = attributes.rules.iter().find(|rule| rule.key == "required");
        if let (Some(rule), Some(_)) = (required, &attributes.default) {
            let message = "what is `required` needs no `default`: remove one of them";
            errors.error(rule.key.span(), message);
        }
        let default = match &attributes.default {
            Some(value) => Some(errors.take(default::convert(value, &field.ty, runtime))?),
            None => None,
        };
        let methods = methods(&attributes, &field.ty, runtime, errors)?;
        let tag = match attributes.oneof {
            Some(_) => None,
            None => Some(tag(attributes.tag.as_ref(), &ident, before, errors)?),
        };
        let name = name?;
        if let Some(other) = before.iter().find(|other| other.name == name) {
            let span = attributes.name.map_or(ident.span(), |name| name.span());
            errors.error(span, same_name(&name, &other.ident));
            return None;
        }
        Some(Field {
            ident,
            ty: field.ty.clone(),
            name,
            tag,
            default,
            documentation: docs::text(&field.attrs),
            methods,
            required: required.is_some(),
        })
    }

    /// What is in the `Option` of a oneof.
    pub(super) fn one_of(&self) -> Option<&Type> {
        match (self.tag, known(&self.ty)) {
            (None, Some((Known::Option, held))) => held,
            _ => None,
        }
    }
}

/// The encoding and the rules as calls.
pub(super) fn methods(
    attributes: &Attributes,
    ty: &Type,
    runtime: &Runtime,
    errors: &Diagnostics,
) -> Option<Vec<TokenStream>> {
    let encoding = attributes
        .encoding
        .iter()
        .map(|name| encoding::expand(name, ty));
    let rules = attributes.rules.iter().map(|rule| rule.expand(ty, runtime));
    let methods: Vec<_> = encoding.chain(rules).map(|it| errors.take(it)).collect();
    methods.into_iter().collect()
}

/// The declared name, or `implied` by that of the Rust item.
pub(super) fn name(
    declared: Option<&LitStr>,
    ident: &Ident,
    implied: &str,
    errors: &Diagnostics,
) -> Option<String> {
    let (name, span, example) = match declared {
        Some(name) => (name.value(), name.span(), ""),
        None => (implied.to_owned(), ident.span(), "#[config(name = \"…\")]"),
    };
    if !names::is_proto_ident(&name) {
        errors.error(span, not_a_name(&name, example));
        return None;
    }
    Some(name)
}

pub(super) fn same_name(name: &str, other: &Ident) -> String {
    format!("the name `{name}` is already that of `{other}`: write another one")
}

/// The keys of a oneof, and its type.
fn one_of(
    attributes: &Attributes,
    field: &syn::Field,
    span: Span,
    errors: &Diagnostics,
) -> Option<()> {
    if let Some(tag) = &attributes.tag {
        let message = "a oneof has no tag, its variants have: remove it";
        errors.error(tag.span(), message);
        return None;
    }
    if let Some(encoding) = &attributes.encoding {
        let message = "a oneof has no encoding, its variants may have: write it there";
        errors.error(encoding.span(), message);
        return None;
    }
    if let Some(rule) = attributes.rules.iter().find(|rule| rule.key != "required") {
        let message = format!(
            "`{}` is not for a oneof: write it above the variant that it is for; a oneof takes {}",
            rule.key,
            list(&["name", "default", "required"])
        );
        errors.error(rule.key.span(), message);
        return None;
    }
    if !matches!(known(&field.ty), Some((Known::Option, _))) {
        let message = "a oneof may be absent: the field's type is an `Option` of the enum";
        errors.error(span, message);
        return None;
    }
    Some(())
}

/// The declared tag, or, as with the values of an enum, one more than the last.
fn tag(
    declared: Option<&LitInt>,
    ident: &Ident,
    before: &[Field],
    errors: &Diagnostics,
) -> Option<u32> {
    let numbered = || before.iter().filter_map(|field| field.tag);
    let (tag, span) = match declared {
        Some(literal) => (
            errors.take(numbers::check_literal(literal))?,
            literal.span(),
        ),
        None => {
            let next = numbered().next_back().map_or(1, |last| u64::from(last) + 1);
            match numbers::check(next) {
                Ok(tag) => (tag, ident.span()),
                Err(problem) => {
                    let message = format!("{problem}, as `#[config(tag = …)]`");
                    errors.error(ident.span(), message);
                    return None;
                }
            }
        }
    };
    if let Some(other) = before.iter().find(|other| other.tag == Some(tag)) {
        let other = &other.ident;
        let free = numbered().max().unwrap_or(0) + 1;
        let message = match declared {
            Some(_) => same_tag(tag, other, free),
            None => format!(
                "`{ident}` gets the tag {tag}, one more than the field before it, but that is \
                 the tag of `{other}`: write one, such as `#[config(tag = {free})]`"
            ),
        };
        errors.error(span, message);
        return None;
    }
    Some(tag)
}

pub(super) fn same_tag(tag: impl std::fmt::Display, other: &Ident, free: u32) -> String {
    format!("the tag {tag} is already that of `{other}`: write another one, such as `tag = {free}`")
}

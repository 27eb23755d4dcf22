//! The fields of a configuration.

use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::{Attribute, Expr, Ident, LitInt, LitStr, Type};

use super::default;
use crate::diagnostics::Diagnostics;
use crate::keys::{self, Keys, parse_all, string};
use crate::runtime::Runtime;
use crate::{docs, names, numbers};

pub(super) struct Field {
    pub(super) ident: Ident,
    pub(super) ty: Type,
    pub(super) tag: u32,
    /// The name in the `.proto` file and for the operator.
    pub(super) name: String,
    pub(super) default: Option<TokenStream>,
    pub(super) documentation: String,
}

/// What the `#[config(…)]` of a field say.
#[derive(Default)]
struct Attributes {
    tag: Option<(u32, Span)>,
    name: Option<LitStr>,
    default: Option<Expr>,
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
        let attributes = Attributes::parse(field, errors);
        let default = match &attributes.default {
            Some(value) => Some(errors.take(default::convert(value, &field.ty, runtime))?),
            None => None,
        };
        let (name, name_span) = match &attributes.name {
            Some(name) => (name.value(), name.span()),
            None => (ident.unraw().to_string(), ident.span()),
        };
        let tag = attributes.tag(&ident, before, errors);
        if !names::is_proto_ident(&name) {
            let message = format!(
                "`{name}` is not a name that protobuf takes: write letters, digits and \
                 underscores, first no digit{}",
                if attributes.name.is_some() {
                    ""
                } else {
                    ", as `#[config(name = \"…\")]`"
                }
            );
            errors.error(name_span, message);
            return None;
        }
        if let Some(other) = before.iter().find(|other| other.name == name) {
            let message = format!(
                "the name `{name}` is already that of `{}`: write another one",
                other.ident
            );
            errors.error(name_span, message);
            return None;
        }
        let documentation = docs::text(&field.attrs);
        Some(Field {
            ident,
            ty: field.ty.clone(),
            tag: tag?,
            name,
            default,
            documentation,
        })
    }
}

impl Attributes {
    // #[config(tag = 3, name = "protoName", default = "an expression")]
    fn parse(field: &syn::Field, errors: &Diagnostics) -> Attributes {
        let mut attributes = Attributes::default();
        let mut keys = Keys::new("`#[config]` of a field", &["tag", "name", "default"]);
        for tokens in config_attributes(&field.attrs, "#[config(tag = 1)]", errors) {
            parse_all(tokens, errors, |input| {
                keys.parse(input, errors, |key, input| {
                    match key {
                        "tag" if !input.peek(LitInt) => {
                            let message = "`tag` is the field's number: write `tag = 1`";
                            return Err(syn::Error::new(keys::value_span(input), message));
                        }
                        "tag" => {
                            let literal: LitInt = input.parse()?;
                            let tag = numbers::check_literal(&literal)?;
                            attributes.tag = Some((tag, literal.span()));
                        }
                        "name" => attributes.name = Some(string(input, key, "filePath")?),
                        "default" => attributes.default = Some(input.parse()?),
                        _ => unreachable!("`{key}` is not one of the keys"),
                    }
                    Ok(())
                });
            });
        }
        attributes
    }

    /// The declared tag, or, as with the values of an enum, one more than the last.
    fn tag(&self, ident: &Ident, before: &[Field], errors: &Diagnostics) -> Option<u32> {
        let (tag, span) = match self.tag {
            Some(declared) => declared,
            None => {
                let next = before.last().map_or(1, |last| u64::from(last.tag) + 1);
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
        if let Some(other) = before.iter().find(|other| other.tag == tag) {
            let other = &other.ident;
            let free = before.iter().map(|field| field.tag).max().unwrap_or(0) + 1;
            let message = match self.tag {
                Some(_) => format!(
                    "the tag {tag} is already that of `{other}`: write another one, such as \
                     `tag = {free}`"
                ),
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
}

/// What stands in the parentheses of each `#[config(…)]`; `example` is one to write.
pub(super) fn config_attributes<'a>(
    attributes: &'a [Attribute],
    example: &'a str,
    errors: &'a Diagnostics,
) -> impl Iterator<Item = TokenStream> + 'a {
    let attributes = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("config"));
    attributes.filter_map(move |attribute| match attribute.meta.require_list() {
        Ok(list) => Some(list.tokens.clone()),
        Err(_) => {
            let message = format!("`#[config]` has its keys in parentheses: write `{example}`");
            errors.error_at(&attribute.meta, message);
            None
        }
    })
}

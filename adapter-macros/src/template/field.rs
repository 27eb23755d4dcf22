//! The fields of a template.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Attribute, Ident, LitInt, LitStr, Token, Type, Visibility};

use super::args::{Role, Variety};
use super::kind::Kind;
use super::kind_output;
use crate::diagnostics::Diagnostics;
use crate::keys::{Keys, parse_all, string};
use crate::{docs, names, numbers};

/// The number of `name` in every instance.
pub(super) const NAME: u32 = 72_295_727;
/// The number that Mixer keeps for the bindings of attribute generators.
const ATTRIBUTE_BINDINGS: u32 = 72_295_728;

/// A field without errors.
pub(super) struct Field {
    pub(super) ident: Ident,
    pub(super) visibility: Visibility,
    pub(super) ty: Type,
    pub(super) kind: Kind,
    pub(super) number: u32,
    /// The name in the `.proto` file.
    pub(super) name: String,
    /// The conditions under which the field exists.
    pub(super) conditions: Vec<Attribute>,
    /// Its documentation.
    pub(super) documentation: String,
}

impl Field {
    /// `None`, and at least one error, if anything about the field is wrong.
    pub(super) fn parse(
        field: &syn::Field,
        role: &Role,
        before: &[Field],
        errors: &Diagnostics,
    ) -> Option<Field> {
        let ident = field.ident.clone()?;
        let attribute = FieldAttribute::parse(field, &ident, before, errors);
        let (name, name_span) = match attribute.as_ref().and_then(|a| a.name.as_ref()) {
            Some(name) => (name.value(), name.span()),
            None => (ident.unraw().to_string(), ident.span()),
        };
        let name = check_name(name, name_span, before, errors);
        let kind = errors.take(match role {
            Role::Output(_) => kind_output::of_output(&field.ty),
            Role::Instance(Variety::AttributeGenerator, _) => kind_output::without_value(&field.ty),
            Role::Instance(..) | Role::Message => Kind::of(&field.ty),
        });
        let FieldAttribute {
            number,
            number_span,
            ..
        } = attribute?;
        let same = |other: &&Field| other.number == number;
        if let Some(other) = before.iter().find(same) {
            let message = format!(
                "the number {number} is already that of `{}`: write another one, such as {}",
                other.ident,
                next_number(before)
            );
            errors.error(number_span, message);
            return None;
        }
        let conditions = field
            .attrs
            .iter()
            .filter(|attribute| attribute.path().is_ident("cfg"));
        Some(Field {
            ident,
            visibility: field.vis.clone(),
            ty: field.ty.clone(),
            kind: kind?,
            number,
            name: name?,
            conditions: conditions.cloned().collect(),
            documentation: docs::text(&field.attrs),
        })
    }
}

/// What `#[field(…)]` says.
struct FieldAttribute {
    number: u32,
    number_span: Span,
    name: Option<LitStr>,
}

impl FieldAttribute {
    // #[field(8)]
    // #[field(8, name = "httpStatusCode")]
    fn parse(
        field: &syn::Field,
        ident: &Ident,
        before: &[Field],
        errors: &Diagnostics,
    ) -> Option<FieldAttribute> {
        let mut attributes = field.attrs.iter().filter(|a| is_field(a));
        let Some(attribute) = attributes.next() else {
            let message = format!(
                "`{ident}` has no number, by which Mixer sends it: write `#[field({})]` above it",
                next_number(before)
            );
            errors.error(ident.span(), message);
            return None;
        };
        if let Some(second) = attributes.next() {
            errors.error_at(
                second,
                format!("`{ident}` has two `#[field]`: remove one of them"),
            );
        }
        let tokens = match attribute.meta.require_list() {
            Ok(list) => list.tokens.clone(),
            Err(_) => {
                let message = format!(
                    "`#[field]` has no number: write `#[field({})]`",
                    next_number(before)
                );
                errors.error_at(&attribute.meta, message);
                return None;
            }
        };
        let mut number = None;
        let mut name = None;
        parse_all(tokens, errors, |input| {
            number = parse_number(input, errors);
            Keys::new("`#[field]`", &["name"]).parse(input, errors, |key, input| {
                let literal = string(input, key, "httpStatusCode")?;
                if !names::is_proto_ident(&literal.value()) {
                    return Err(illegal_name(&literal.value(), literal.span()));
                }
                name = Some(literal);
                Ok(())
            });
        });
        let (number, number_span) = number?;
        Some(FieldAttribute {
            number,
            number_span,
            name,
        })
    }
}

pub(super) fn is_field(attribute: &Attribute) -> bool {
    attribute.path().is_ident("field")
}

fn parse_number(input: ParseStream<'_>, errors: &Diagnostics) -> Option<(u32, Span)> {
    let number = if input.peek(LitInt) {
        let literal: LitInt = errors.take(input.parse())?;
        errors
            .take(check_number(&literal))
            .map(|number| (number, literal.span()))
    } else {
        let message = "the first argument is the field's number: write `#[field(1)]`";
        errors.error(input.span(), message);
        // Whatever stands here is part of the same mistake.
        if !input.peek2(Token![=]) {
            while !input.is_empty() && !input.peek(Token![,]) {
                let _ = input.parse::<proc_macro2::TokenTree>();
            }
        }
        None
    };
    if input.peek(Token![,]) {
        let _ = input.parse::<Token![,]>();
    }
    number
}

fn check_number(literal: &LitInt) -> syn::Result<u32> {
    let number = numbers::check_literal(literal)?;
    if matches!(number, NAME | ATTRIBUTE_BINDINGS) {
        let message = format!("Mixer keeps the number {number} for itself: write another one");
        return Err(syn::Error::new(literal.span(), message));
    }
    Ok(number)
}

fn next_number(before: &[Field]) -> u32 {
    before.iter().map(|field| field.number).max().unwrap_or(0) + 1
}

fn check_name(name: String, span: Span, before: &[Field], errors: &Diagnostics) -> Option<String> {
    if name.eq_ignore_ascii_case("name") {
        errors.error(
            span,
            "a field can't be called `name`, in small or capital letters: it is the instance's own \
             name, which the macro adds; write another name",
        );
        return None;
    }
    if !names::is_proto_ident(&name) {
        errors.push(illegal_name(&name, span));
        return None;
    }
    if let Some(other) = before.iter().find(|other| other.name == name) {
        let message = format!(
            "the name `{name}` is already that of `{}`: write another one",
            other.ident
        );
        errors.error(span, message);
        return None;
    }
    Some(name)
}

fn illegal_name(name: &str, span: Span) -> syn::Error {
    let message = format!(
        "`{name}` is not a name that protobuf takes: write letters, digits and underscores, first \
         no digit"
    );
    syn::Error::new(span, message)
}

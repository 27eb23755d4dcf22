//! The rules on fields: `required`, `min = 1`, `format = "url"` and the others.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::parse::ParseStream;
use syn::{Expr, LitStr, Type};

use super::default;
use super::types::{Known, innermost, known};
use crate::diagnostics::{list, unknown};
use crate::keys::string;
use crate::runtime::Runtime;

/// A rule as the author wrote it.
pub(super) struct Rule {
    pub(super) key: Ident,
    value: Value,
}

enum Value {
    None,
    Bound(Expr),
    Format(LitStr),
}

/// The forms of texts, and what the runtime calls them.
const FORMATS: [(&str, &str); 3] = [
    ("url", "Url"),
    ("host:port", "HostPort"),
    ("regex", "Regex"),
];

impl Rule {
    pub(super) fn parse(key: &Ident, input: ParseStream<'_>) -> syn::Result<Rule> {
        let value = match key.to_string().as_str() {
            "min" | "max" => Value::Bound(input.parse()?),
            "format" => Value::Format(string(input, "format", "url")?),
            _ => Value::None,
        };
        let key = key.clone();
        Ok(Rule { key, value })
    }

    /// The call on the row of the table that adds the rule, for a field of this type.
    pub(super) fn expand(&self, ty: &Type, runtime: &Runtime) -> syn::Result<TokenStream> {
        let Rule { key, value } = self;
        let span = Span::call_site().located_at(key.span());
        let p = runtime.private_at(span);
        let argument = match value {
            Value::None => None,
            Value::Bound(bound) => {
                let held = innermost(ty);
                // The compiler would find fault with the type and with the bound.
                if let Some((Known::String | Known::Secret, _)) = known(held) {
                    let message = format!(
                        "`{key}` is for numbers and durations, and this field holds text: remove it"
                    );
                    return Err(syn::Error::new(key.span(), message));
                }
                Some(default::convert(bound, held, runtime)?)
            }
            Value::Format(text) => {
                let format = format(text)?;
                Some(quote_spanned!(span=> #p::Format::#format))
            }
        };
        Ok(quote_spanned!(span=> .rule(#p::rule::#key::<#ty>(#argument))))
    }
}

fn format(text: &LitStr) -> syn::Result<Ident> {
    let name = text.value();
    let names = FORMATS.map(|(name, _)| name);
    match FORMATS.iter().find(|(known, _)| *known == name) {
        Some((_, variant)) => Ok(Ident::new(
            variant,
            Span::call_site().located_at(text.span()),
        )),
        None => {
            let valid = format!("there are {}", list(&names));
            let message = unknown("format", &name, &names, valid);
            Err(syn::Error::new(text.span(), message))
        }
    }
}

//! Defaults of configuration fields: what the author wrote, as an expression of the field's type.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, ExprLit, Lit, LitStr, Type};

use super::duration;
use super::types::{Known, known};
use crate::runtime::Runtime;

/// Literals become what the type holds; any other expression stays as it is, and the compiler
/// checks it.
pub(super) fn convert(value: &Expr, ty: &Type, runtime: &Runtime) -> syn::Result<TokenStream> {
    let p = runtime.private();
    let value = bare_expression(value);
    match (known(ty), value) {
        (Some((Known::Option, _)), Expr::Path(path)) if path.path.is_ident("None") => {
            Ok(value.to_token_stream())
        }
        (Some((Known::Option, _)), Expr::Call(call)) if is_some(&call.func) => {
            Ok(value.to_token_stream())
        }
        (Some((Known::Option, Some(content))), _) => {
            let value = convert(value, content, runtime)?;
            Ok(quote!(::core::option::Option::Some(#value)))
        }
        (Some((Known::Vec, Some(element))), Expr::Array(array)) => {
            let elements: Vec<_> = array
                .elems
                .iter()
                .map(|value| convert(value, element, runtime))
                .collect::<syn::Result<_>>()?;
            Ok(quote!(<#p::Vec<_> as ::core::convert::From<_>>::from([#(#elements),*])))
        }
        (Some((known, None)), Expr::Lit(ExprLit { lit, .. })) => match (known, lit) {
            (Known::String, Lit::Str(text)) => {
                let p = runtime.private_at(text.span());
                Ok(quote_spanned!(text.span()=>
                    <#p::String as ::core::convert::From<_>>::from(#text)
                ))
            }
            (Known::Secret, Lit::Str(text)) => secret(text, runtime),
            (Known::Duration, Lit::Str(text)) => duration_of(text),
            _ => Ok(value.to_token_stream()),
        },
        _ => Ok(value.to_token_stream()),
    }
}

fn secret(text: &LitStr, runtime: &Runtime) -> syn::Result<TokenStream> {
    let p = runtime.private_at(text.span());
    let value = text.value();
    let reference = (value.strip_prefix("${")).and_then(|rest| rest.strip_suffix('}'));
    if let Some(reference) = reference {
        let is_variable = |name: &str| {
            name.starts_with(|c: char| c == '_' || c.is_ascii_alphabetic())
                && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
        };
        let message = match reference.split_once(':') {
            Some(("env", name)) if is_variable(name) => {
                return Ok(quote_spanned!(text.span()=> #p::Secret::written(#text)));
            }
            Some(("file", path)) if path.starts_with('/') => {
                return Ok(quote_spanned!(text.span()=> #p::Secret::written(#text)));
            }
            Some(("env", name)) => format!(
                "`{name}` is not the name of an environment variable: write one such as \
                 `${{env:TOKEN}}`"
            ),
            Some(("file", path)) => format!(
                "the path `{path}` is not absolute: write one such as \
                 `${{file:/var/run/secrets/adapter/token}}`"
            ),
            _ => format!(
                "`{value}` refers to nothing: write `${{env:TOKEN}}` or \
                 `${{file:/var/run/secrets/adapter/token}}`"
            ),
        };
        return Err(syn::Error::new(text.span(), message));
    }
    let message = "a secret is no part of a program: write a reference such as `${env:TOKEN}` or \
                   `${file:/var/run/secrets/adapter/token}`";
    Err(syn::Error::new(text.span(), message))
}

fn duration_of(text: &LitStr) -> syn::Result<TokenStream> {
    let duration = duration::parse(&text.value()).map_err(|problem| {
        let message = format!(
            "`{}` is not a duration: {problem}; write one such as `1m30s` or `250ms`",
            text.value()
        );
        syn::Error::new(text.span(), message)
    })?;
    let (seconds, nanos) = (duration.as_secs(), duration.subsec_nanos());
    Ok(quote_spanned!(text.span()=> ::core::time::Duration::new(#seconds, #nanos)))
}

fn bare_expression(mut value: &Expr) -> &Expr {
    while let Expr::Group(group) = value {
        value = &group.expr;
    }
    value
}

fn is_some(function: &Expr) -> bool {
    matches!(function, Expr::Path(path)
        if path.path.segments.last().is_some_and(|segment| segment.ident == "Some"))
}

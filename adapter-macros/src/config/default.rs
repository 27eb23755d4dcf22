//! Defaults of configuration fields: what the author wrote, as an expression of the field's type.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, ExprLit, GenericArgument, Lit, LitStr, PathArguments, Type};

use super::duration;
use crate::runtime::Runtime;

/// Literals become what the type holds; any other expression stays as it is, and the compiler
/// checks it.
pub(super) fn convert(value: &Expr, ty: &Type, runtime: &Runtime) -> syn::Result<TokenStream> {
    let p = runtime.private();
    let value = bare_expression(value);
    match (generic(ty), value) {
        (Some(("Option", _)), Expr::Path(path)) if path.path.is_ident("None") => {
            Ok(value.to_token_stream())
        }
        (Some(("Option", _)), Expr::Call(call)) if is_some(&call.func) => {
            Ok(value.to_token_stream())
        }
        (Some(("Option", Some(content))), _) => {
            let value = convert(value, content, runtime)?;
            Ok(quote!(::core::option::Option::Some(#value)))
        }
        (Some(("Vec", Some(element))), Expr::Array(array)) => {
            let elements: Vec<_> = array
                .elems
                .iter()
                .map(|value| convert(value, element, runtime))
                .collect::<syn::Result<_>>()?;
            Ok(quote!(<#p::Vec<_> as ::core::convert::From<_>>::from([#(#elements),*])))
        }
        (
            Some(("String", None)),
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }),
        ) => {
            let p = runtime.private_at(text.span());
            Ok(quote_spanned!(text.span()=> <#p::String as ::core::convert::From<_>>::from(#text)))
        }
        (
            Some(("Duration", None)),
            Expr::Lit(ExprLit {
                lit: Lit::Str(text),
                ..
            }),
        ) => duration_of(text),
        _ => Ok(value.to_token_stream()),
    }
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

/// The last segment of a type's path and its only argument.
fn generic(ty: &Type) -> Option<(&'static str, Option<&Type>)> {
    let path = match ty {
        Type::Group(group) => return generic(&group.elem),
        Type::Paren(paren) => return generic(&paren.elem),
        Type::Path(path) => &path.path,
        _ => return None,
    };
    let segment = path.segments.last()?;
    let name = ["Option", "Vec", "String", "Duration"]
        .into_iter()
        .find(|n| segment.ident == n)?;
    let argument = match &segment.arguments {
        PathArguments::AngleBracketed(arguments) => match arguments.args.first() {
            Some(GenericArgument::Type(ty)) if arguments.args.len() == 1 => Some(ty),
            _ => return None,
        },
        _ => None,
    };
    Some((name, argument))
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

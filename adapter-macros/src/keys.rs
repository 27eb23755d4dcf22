//! The `key = value, …` lists of the attributes.

use proc_macro2::{Span, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::{Ident, LitStr, Path, Token};

use crate::diagnostics::{Diagnostics, list, unknown};
use crate::runtime::Runtime;

/// The keys that an attribute takes, and those that it was given so far.
pub(crate) struct Keys {
    attribute: &'static str,
    known: &'static [&'static str],
    /// Those among them that have no value.
    flags: &'static [&'static str],
    seen: Vec<String>,
}

impl Keys {
    /// For an attribute, as errors call it: `#[config]`.
    pub(crate) fn new(attribute: &'static str, known: &'static [&'static str]) -> Keys {
        Keys {
            attribute,
            known,
            flags: &[],
            seen: Vec::new(),
        }
    }

    /// The known keys that have no value.
    pub(crate) fn with_flags(self, flags: &'static [&'static str]) -> Keys {
        Keys { flags, ..self }
    }

    /// Parses a list to its end; `value` takes what follows a known key's `=`.
    pub(crate) fn parse(
        &mut self,
        input: ParseStream<'_>,
        errors: &Diagnostics,
        mut value: impl FnMut(&str, ParseStream<'_>) -> syn::Result<()>,
    ) {
        self.parse_idents(input, errors, |key, input| value(&key.to_string(), input));
    }

    /// The same, with the keys as they stand there.
    pub(crate) fn parse_idents(
        &mut self,
        input: ParseStream<'_>,
        errors: &Diagnostics,
        mut value: impl FnMut(&Ident, ParseStream<'_>) -> syn::Result<()>,
    ) {
        separated(input, errors, |input| {
            let key = self.key(input)?;
            value(&key, input)
        });
    }

    fn key(&mut self, input: ParseStream<'_>) -> syn::Result<Ident> {
        let lookahead = input.lookahead1();
        if !lookahead.peek(Ident::peek_any) {
            return Err(lookahead.error());
        }
        let key = input.call(Ident::parse_any)?;
        let name = key.to_string();
        let error = |message| Err(syn::Error::new(key.span(), message));
        if !self.known.contains(&name.as_str()) {
            let valid = format!("{} takes {}", self.attribute, list(self.known));
            return error(unknown("key", &name, self.known, valid));
        }
        if self.seen.contains(&name) {
            return error(format!("`{name}` is given twice: remove one of them"));
        }
        self.seen.push(name.clone());
        let has_value = input.peek(Token![=]);
        if self.flags.contains(&name.as_str()) {
            return match has_value {
                true => error(format!("`{name}` has no value: write `{name}` alone")),
                false => Ok(key),
            };
        }
        if !has_value {
            return error(format!("`{name}` has no value: write `{name} = …`"));
        }
        input.parse::<Token![=]>()?;
        Ok(key)
    }
}

/// Parses the tokens of an attribute with a parser that reports its errors itself.
pub(crate) fn parse_all(
    tokens: proc_macro2::TokenStream,
    errors: &Diagnostics,
    parser: impl FnOnce(ParseStream<'_>),
) {
    let parse = |input: ParseStream<'_>| {
        parser(input);
        Ok(())
    };
    errors.take(parse.parse2(tokens));
}

/// Parses what stands between commas. After an error the next one is tried, so that one list can
/// have several; all tokens are consumed.
pub(crate) fn separated(
    input: ParseStream<'_>,
    errors: &Diagnostics,
    mut each: impl FnMut(ParseStream<'_>) -> syn::Result<()>,
) {
    while !input.is_empty() {
        if errors.take(each(input)).is_none() {
            skip_to_comma(input);
        }
        if !input.is_empty() && errors.take(input.parse::<Token![,]>()).is_none() {
            skip_to_comma(input);
            let _ = input.parse::<Token![,]>();
        }
    }
}

fn skip_to_comma(input: ParseStream<'_>) {
    while !input.is_empty() && !input.peek(Token![,]) {
        let _ = input.parse::<TokenTree>();
    }
}

/// The string that is the value of a key; `example` is one to write.
pub(crate) fn string(input: ParseStream<'_>, key: &str, example: &str) -> syn::Result<LitStr> {
    if input.peek(LitStr) {
        return input.parse();
    }
    Err(syn::Error::new(
        value_span(input),
        format!("`{key}` is a string: write `{key} = \"{example}\"`"),
    ))
}

/// The value of `crate`.
pub(crate) fn runtime(input: ParseStream<'_>) -> syn::Result<Runtime> {
    let span = value_span(input);
    let path = input.call(Path::parse_mod_style);
    path.map(Runtime::new).map_err(|_| {
        syn::Error::new(
            span,
            "`crate` is the path of the runtime crate: write `crate = ::adapter_runtime`",
        )
    })
}

/// Where the value of a key begins, for an error about it.
pub(crate) fn value_span(input: ParseStream<'_>) -> Span {
    // At the end this is the closing parenthesis, or the attribute as a whole.
    input.span()
}

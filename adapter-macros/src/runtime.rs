//! The path of the runtime crate in expansions.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote;
use syn::Path;

/// `::adapter_runtime`, or what `crate = …` says instead.
#[derive(Clone, Default)]
pub(crate) struct Runtime(Option<Path>);

impl Runtime {
    pub(crate) fn new(path: Path) -> Runtime {
        Runtime(Some(path))
    }

    /// The module that holds what expansions need.
    pub(crate) fn private(&self) -> TokenStream {
        match &self.0 {
            Some(path) => quote!(#path::__private),
            None => quote!(::adapter_runtime::__private),
        }
    }

    /// The same, so that compiler errors about what follows are shown at `span`.
    pub(crate) fn private_at(&self, span: Span) -> TokenStream {
        located_at(self.private(), span)
    }
}

/// The tokens, shown at `span` in errors; they resolve as they did.
pub(crate) fn located_at(tokens: TokenStream, span: Span) -> TokenStream {
    let locate = |mut token: TokenTree| {
        token.set_span(token.span().located_at(span));
        token
    };
    tokens.into_iter().map(locate).collect()
}

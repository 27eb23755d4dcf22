//! The arguments of `#[mixer_adapter]`.

use proc_macro2::{Span, TokenStream};
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Path, Token, bracketed};

use super::built_in::BUILT_IN;
use crate::diagnostics::{Diagnostics, list, unknown};
use crate::keys::{self, Keys, parse_all, separated, string};
use crate::names;
use crate::runtime::Runtime;

const KEYS: [&str; 8] = [
    "templates",
    "name",
    "description",
    "impl",
    "package",
    "idle_close",
    "fail_policy",
    "crate",
];

/// What the author wrote, each value legal by itself.
#[derive(Default)]
pub(super) struct Args {
    pub(super) runtime: Runtime,
    pub(super) name: Option<LitStr>,
    pub(super) description: Option<LitStr>,
    pub(super) implementation: Option<LitStr>,
    pub(super) package: Option<LitStr>,
    pub(super) never_idle: bool,
    pub(super) fail_open: bool,
    pub(super) templates: Vec<Listed>,
}

/// A template of the list.
pub(super) struct Listed {
    pub(super) template: Template,
    /// The name of the operator's template resource, where it is not the template's.
    pub(super) renamed: Option<LitStr>,
}

pub(super) enum Template {
    BuiltIn(LitStr),
    /// The module of a template.
    Module(Path),
}

impl Args {
    // templates = ["metric", crate::keyval, "authorization" as "my-authorization"]
    // name = "my-adapter", description = "…", impl = "…", package = "adapter.my.config"
    // idle_close = "never"
    // fail_policy = "open"
    // crate = ::path
    pub(super) fn parse(tokens: TokenStream, errors: &Diagnostics) -> Args {
        let mut args = Args::default();
        let mut listed = false;
        parse_all(tokens, errors, |input| {
            Keys::new("`#[mixer_adapter]`", &KEYS).parse(input, errors, |key, input| {
                match key {
                    "templates" => {
                        listed = true;
                        args.templates = templates(input, errors)?;
                    }
                    "name" => args.name = Some(adapter_name(input, key)?),
                    "description" => {
                        args.description = Some(string(input, key, "What it does.")?);
                    }
                    "impl" => args.implementation = Some(string(input, key, "my_crate::adapter")?),
                    "package" => args.package = Some(package(input, key)?),
                    "idle_close" => args.never_idle = never_idle(input, key)?,
                    "fail_policy" => args.fail_open = fail_open(input, key)?,
                    "crate" => args.runtime = keys::runtime(input)?,
                    _ => unreachable!("`{key}` is not one of the keys"),
                }
                Ok(())
            });
        });
        if !listed {
            errors.error(
                Span::call_site(),
                "`templates` is missing: an adapter without a template is never called; \
                 write `templates = [\"metric\"]`",
            );
        }
        args
    }
}

fn adapter_name(input: ParseStream<'_>, key: &str) -> syn::Result<LitStr> {
    let name = string(input, key, "my-adapter")?;
    match illegal_name(&name.value()) {
        None => Ok(name),
        Some(problem) => Err(syn::Error::new(name.span(), problem)),
    }
}

/// Why this can't name an adapter or a template resource.
pub(super) fn illegal_name(name: &str) -> Option<String> {
    if names::is_adapter_name(name) {
        return None;
    }
    if name.len() > names::MAX_ADAPTER_NAME {
        let (length, most) = (name.len(), names::MAX_ADAPTER_NAME);
        return Some(format!(
            "the name `{name}` has {length} characters, and Kubernetes takes {most}: \
             write a shorter one"
        ));
    }
    Some(format!(
        "`{name}` is not a name that Kubernetes takes: write small letters, digits and hyphens, \
         first a letter and last no hyphen, such as `my-adapter`"
    ))
}

fn package(input: ParseStream<'_>, key: &str) -> syn::Result<LitStr> {
    let package = string(input, key, "adapter.my_adapter.config")?;
    if names::is_proto_package(&package.value()) {
        return Ok(package);
    }
    let message = format!(
        "`{}` is not a proto package: write identifiers joined by dots, such as \
         `adapter.my_adapter.config`",
        package.value()
    );
    Err(syn::Error::new(package.span(), message))
}

fn never_idle(input: ParseStream<'_>, key: &str) -> syn::Result<bool> {
    let value = string(input, key, "never")?;
    if value.value() == "never" {
        return Ok(true);
    }
    let message = format!(
        "`idle_close` can't be `{}`: write `\"never\"`, or leave it out to let handlers that \
         nobody calls be closed",
        value.value()
    );
    Err(syn::Error::new(value.span(), message))
}

fn fail_open(input: ParseStream<'_>, key: &str) -> syn::Result<bool> {
    let value = string(input, key, "open")?;
    match value.value().as_str() {
        "open" => Ok(true),
        "closed" => Ok(false),
        other => Err(syn::Error::new(
            value.span(),
            format!(
                "`fail_policy` can't be `{other}`: write `\"open\"` to let requests pass when the \
                 adapter fails, or `\"closed\"`, the default, to refuse them"
            ),
        )),
    }
}

// ["metric", crate::keyval, "authorization" as "my-authorization"]
fn templates(input: ParseStream<'_>, errors: &Diagnostics) -> syn::Result<Vec<Listed>> {
    if !input.peek(syn::token::Bracket) {
        return Err(syn::Error::new(
            keys::value_span(input),
            "`templates` is a list: write `templates = [\"metric\"]`",
        ));
    }
    let content;
    let brackets = bracketed!(content in input);
    if content.is_empty() {
        errors.error(
            brackets.span.join(),
            "`templates` is empty: an adapter without a template is never called; \
             write `[\"metric\"]`",
        );
    }
    let mut templates: Vec<Listed> = Vec::new();
    separated(&content, errors, |content| {
        let listed = Listed::parse(content)?;
        listed.check(&templates, errors);
        templates.push(listed);
        Ok(())
    });
    Ok(templates)
}

impl Listed {
    fn parse(input: ParseStream<'_>) -> syn::Result<Listed> {
        let lookahead = input.lookahead1();
        let template = if lookahead.peek(LitStr) {
            Template::BuiltIn(input.parse()?)
        } else if lookahead.peek(Ident)
            || lookahead.peek(Token![::])
            || input.peek(Token![crate])
            || input.peek(Token![self])
            || input.peek(Token![super])
        {
            Template::Module(input.call(Path::parse_mod_style)?)
        } else {
            let message = "this is not a template: write the name of a built-in one, such as \
                           `\"metric\"`, or the path of a template's module, such as `crate::keyval`";
            return Err(input.error(message));
        };
        let renamed = match input.parse::<Option<Token![as]>>()? {
            Some(_) => Some(string(input, "as", "my-template").map_err(|error| {
                let message =
                    "`as` gives the name of the operator's template resource: write `as \"my-template\"`";
                syn::Error::new(error.span(), message)
            })?),
            None => None,
        };
        Ok(Listed { template, renamed })
    }

    fn check(&self, before: &[Listed], errors: &Diagnostics) {
        match &self.template {
            Template::BuiltIn(name) if !BUILT_IN.contains(&name.value().as_str()) => {
                let valid = format!(
                    "the built-in templates are {}; a template of your own is given as the path \
                     of its module, such as `crate::keyval`",
                    list(&BUILT_IN)
                );
                errors.error(
                    name.span(),
                    unknown("template", &name.value(), &BUILT_IN, valid),
                );
            }
            Template::Module(path) => {
                if let Some(last) = path.segments.last().filter(|last| last.ident == "Template") {
                    let message =
                        "a template is listed by its module: write the path without `::Template`";
                    errors.error(last.ident.span(), message);
                }
            }
            Template::BuiltIn(_) => {}
        }
        if let Some(resource) = &self.renamed
            && let Some(problem) = illegal_name(&resource.value())
        {
            errors.error(resource.span(), problem);
        }
        if before
            .iter()
            .any(|listed| listed.template.text() == self.template.text())
        {
            let message = format!(
                "{} is listed twice, but an adapter handles a template once: remove one of them",
                self.template.text()
            );
            self.template.error(errors, message);
        } else if let Some(name) = self.resource()
            && before
                .iter()
                .any(|listed| listed.resource().as_ref() == Some(&name))
        {
            let message = format!(
                "two templates are called `{name}`, but operators tell them apart by that name: \
                 write `as` and another name"
            );
            self.template.error(errors, message);
        }
    }

    /// The name of the template resource, as far as it is known here.
    fn resource(&self) -> Option<String> {
        match (&self.renamed, &self.template) {
            (Some(name), _) | (None, Template::BuiltIn(name)) => Some(name.value()),
            (None, Template::Module(_)) => None,
        }
    }
}

impl Template {
    /// Where it is listed; for a path, its last segment.
    pub(super) fn span(&self) -> Span {
        match self {
            Template::BuiltIn(name) => name.span(),
            Template::Module(path) => {
                let last = path.segments.last();
                last.map_or_else(Span::call_site, |last| last.ident.span())
            }
        }
    }

    /// As the author wrote it, in code quotes.
    fn text(&self) -> String {
        match self {
            Template::BuiltIn(name) => format!("`\"{}\"`", name.value()),
            Template::Module(path) => {
                let colons = path.leading_colon.map_or("", |_| "::");
                let segments: Vec<_> = path
                    .segments
                    .iter()
                    .map(|segment| segment.ident.to_string())
                    .collect();
                format!("`{colons}{}`", segments.join("::"))
            }
        }
    }

    fn error(&self, errors: &Diagnostics, message: String) {
        match self {
            Template::BuiltIn(name) => errors.error(name.span(), message),
            Template::Module(path) => errors.error_at(path, message),
        }
    }
}

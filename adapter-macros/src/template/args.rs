//! The arguments of `#[mixer_template]`.

use proc_macro2::{Span, TokenStream};
use quote::format_ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Token};

use crate::diagnostics::{Diagnostics, did_you_mean, list, unknown};
use crate::keys::{self, Keys, parse_all, string};
use crate::names;
use crate::runtime::Runtime;

const ROLES: [&str; 7] = [
    "check",
    "report",
    "quota",
    "attribute_generator",
    "check_with_output",
    "message",
    "output",
];

pub(super) struct Args {
    pub(super) runtime: Runtime,
    pub(super) role: Role,
}

/// What the struct is.
pub(super) enum Role {
    /// The instance of a template.
    Instance(Variety, Names),
    /// A struct that is a field of an instance or of another message.
    Message,
    /// What adapters answer; the place is where that is written.
    Output(Span),
}

/// What a template asks of an adapter.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Variety {
    Check,
    Report,
    Quota,
    AttributeGenerator,
    CheckWithOutput,
}

impl Variety {
    /// Whether handlers answer with an output.
    pub(super) fn has_output(self) -> bool {
        matches!(self, Variety::AttributeGenerator | Variety::CheckWithOutput)
    }
}

/// What is derived from a template's package.
pub(super) struct Names {
    /// The name that operators and `#[mixer_adapter]` use.
    pub(super) template: String,
    /// The package as it was written.
    pub(super) package: String,
    /// The name that is part of other names: `ListEntry`.
    pub(super) interface: String,
    /// The path of the gRPC method.
    pub(super) path: String,
    /// The method of the `Handler`.
    pub(super) handle: Ident,
    /// The method that tells a builder the types.
    pub(super) set_types: Ident,
    /// Where the variety is written.
    pub(super) place: Span,
}

impl Args {
    // check | report | quota | attribute_generator | check_with_output,
    //     package = "listEntry" [, name = "…"] [, crate = ::path]
    // message | output [, crate = ::path]
    //
    // After an error the result is a guess, so that what uses the template finds what it expects.
    pub(super) fn parse(tokens: TokenStream, errors: &Diagnostics) -> Args {
        let mut runtime = Runtime::default();
        let mut role = None;
        let mut package: Option<LitStr> = None;
        let mut name: Option<LitStr> = None;
        parse_all(tokens, errors, |input| {
            role = parse_role(input, errors);
            let mut keys = match &role {
                Some(role) if role == "message" => {
                    Keys::new("`#[mixer_template(message)]`", &["crate"])
                }
                Some(role) if role == "output" => {
                    Keys::new("`#[mixer_template(output)]`", &["crate"])
                }
                _ => Keys::new("`#[mixer_template]`", &["package", "name", "crate"]),
            };
            keys.parse(input, errors, |key, input| {
                match key {
                    "package" => package = Some(string(input, key, "listEntry")?),
                    "name" => name = Some(string(input, key, "listEntry")?),
                    "crate" => runtime = keys::runtime(input)?,
                    _ => unreachable!("`{key}` is not one of the keys"),
                }
                Ok(())
            });
        });
        let place = role.as_ref().map_or_else(Span::call_site, Ident::span);
        let variety = match role.as_ref().map(Ident::to_string).as_deref() {
            Some("message") => {
                return Args {
                    runtime,
                    role: Role::Message,
                };
            }
            Some("output") => {
                return Args {
                    runtime,
                    role: Role::Output(place),
                };
            }
            Some("report") => Variety::Report,
            Some("quota") => Variety::Quota,
            Some("attribute_generator") => Variety::AttributeGenerator,
            Some("check_with_output") => Variety::CheckWithOutput,
            _ => Variety::Check,
        };
        if let (None, Some(role)) = (&package, &role) {
            let message = format!(
                "`package` is missing, and all names of the template derive from it: write \
                 `{role}, package = \"…\"` with the package of the template's `.proto` file"
            );
            errors.error(role.span(), message);
        }
        Args {
            runtime,
            role: Role::Instance(variety, Names::new(variety, place, package, name, errors)),
        }
    }
}

/// The first argument, or what it was probably meant to be.
fn parse_role(input: ParseStream<'_>, errors: &Diagnostics) -> Option<Ident> {
    const ASKED: &str = "write `check`, `report`, `quota`, `attribute_generator` or \
                         `check_with_output`, which is what the template asks of an adapter, \
                         `message` for a struct that is a field of a template, or `output` for \
                         what adapters answer";
    if !input.peek(Ident::peek_any) || input.peek2(Token![=]) {
        let span = if input.is_empty() {
            Span::call_site()
        } else {
            input.span()
        };
        errors.error(
            span,
            format!("the first argument says what the struct is: {ASKED}"),
        );
        return None;
    }
    let role = errors.take(input.call(Ident::parse_any))?;
    let text = role.to_string();
    let known = ROLES.contains(&text.as_str());
    if !known {
        let valid = format!("`#[mixer_template]` takes {}", list(&ROLES));
        errors.error(role.span(), unknown("variety", &text, &ROLES, valid));
    }
    if !input.is_empty() {
        errors.take(input.parse::<Token![,]>());
    }
    if known {
        return Some(role);
    }
    did_you_mean(&text, &ROLES).map(|meant| Ident::new(meant, role.span()))
}

impl Names {
    fn new(
        variety: Variety,
        place: Span,
        package: Option<LitStr>,
        name: Option<LitStr>,
        errors: &Diagnostics,
    ) -> Names {
        let text = |literal: &LitStr| literal.value();
        let full = package.as_ref().map(text).unwrap_or_default();
        let last = full.rsplit('.').next().unwrap_or_default().to_owned();
        let base = name.as_ref().map(text).unwrap_or_else(|| last.clone());
        if let Some(package) = &package {
            let message = if !names::is_proto_package(&full) {
                Some(format!(
                    "`{full}` is not a proto package: write identifiers joined by dots, such as \
                     `my.company.listEntry`"
                ))
            } else if name.is_none() && !names::is_template_segment(&last) {
                Some(format!(
                    "the template takes its name from `{last}`, and Mixer takes only letters: \
                     write another package, or a `name = \"…\"` beside it"
                ))
            } else {
                None
            };
            message
                .into_iter()
                .for_each(|message| errors.error(package.span(), message));
        }
        if let Some(name) = name.filter(|name| !names::is_template_segment(&name.value())) {
            let message = format!(
                "`{base}` can't name a template: Mixer takes only letters, such as `listEntry`"
            );
            errors.error(name.span(), message);
        }
        let interface = names::upper_first(&base);
        let ascii: String = interface
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .collect();
        let snake = names::snake_case(&ascii);
        Names {
            template: base.to_lowercase(),
            path: format!(
                "/{}.Handle{interface}Service/Handle{interface}",
                full.to_lowercase()
            ),
            handle: match variety {
                Variety::AttributeGenerator => format_ident!("generate_{snake}_attributes"),
                _ => format_ident!("handle_{snake}"),
            },
            set_types: format_ident!("set_{snake}_types"),
            package: full,
            interface,
            place,
        }
    }
}

//! What the `#[config(…)]` of a field or of a variant say.

use proc_macro2::{Span, TokenStream};
use syn::parse::ParseStream;
use syn::{Attribute, Expr, Ident, LitInt, LitStr};

use super::rules::Rule;
use crate::diagnostics::Diagnostics;
use crate::keys::{self, Keys, parse_all, string};
use crate::runtime::Runtime;

/// What an attribute stands above.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Above {
    /// A field of a struct.
    Field,
    /// A variant with data.
    Member,
    /// A variant without data.
    Value,
}

impl Above {
    fn keys(self) -> Keys {
        match self {
            Above::Field => Keys::new(
                "`#[config]` of a field",
                &[
                    "tag",
                    "name",
                    "default",
                    "oneof",
                    "required",
                    "non_empty",
                    "unique",
                    "positive",
                    "min",
                    "max",
                    "format",
                    "encoding",
                ],
            ),
            Above::Member => Keys::new(
                "`#[config]` of a variant with data",
                &[
                    "tag",
                    "name",
                    "non_empty",
                    "positive",
                    "min",
                    "max",
                    "format",
                    "encoding",
                ],
            ),
            Above::Value => Keys::new("`#[config]` of a variant without data", &["tag", "name"]),
        }
        .with_flags(&["oneof", "required", "non_empty", "unique", "positive"])
    }
}

#[derive(Default)]
pub(super) struct Attributes {
    /// Not yet checked, since the values of enums have other limits.
    pub(super) tag: Option<LitInt>,
    pub(super) name: Option<LitStr>,
    pub(super) default: Option<Expr>,
    /// Where `oneof` stands.
    pub(super) oneof: Option<Span>,
    pub(super) encoding: Option<LitStr>,
    pub(super) rules: Vec<Rule>,
}

impl Attributes {
    // #[config(tag = 3, name = "protoName", default = "an expression", encoding = "sint32", oneof)]
    // and the rules.
    pub(super) fn parse(
        attributes: &[Attribute],
        above: Above,
        errors: &Diagnostics,
    ) -> Attributes {
        let mut parsed = Attributes::default();
        let mut keys = above.keys();
        for tokens in config_attributes(attributes, "#[config(tag = 1)]", errors) {
            parse_all(tokens, errors, |input| {
                keys.parse_idents(input, errors, |key, input| parsed.key(key, input));
            });
        }
        parsed
    }

    fn key(&mut self, key: &Ident, input: ParseStream<'_>) -> syn::Result<()> {
        let name = key.to_string();
        match name.as_str() {
            "tag" if !input.peek(LitInt) => {
                let message = "`tag` is the field's number: write `tag = 1`";
                return Err(syn::Error::new(keys::value_span(input), message));
            }
            "tag" => self.tag = Some(input.parse()?),
            "name" => self.name = Some(string(input, &name, "filePath")?),
            "default" => self.default = Some(input.parse()?),
            "oneof" => self.oneof = Some(key.span()),
            "encoding" => self.encoding = Some(string(input, &name, "sint32")?),
            _ => self.rules.push(Rule::parse(key, input)?),
        }
        Ok(())
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

/// What the `#[config(…)]` above a struct or an enum say.
pub(super) struct TypeAttributes {
    pub(super) runtime: Runtime,
    /// The name in the `.proto` file.
    pub(super) name: String,
}

impl TypeAttributes {
    // #[config(crate = ::path, name = "MetricInfo")]
    pub(super) fn parse(input: &syn::DeriveInput, errors: &Diagnostics) -> TypeAttributes {
        use syn::ext::IdentExt;

        let mut parsed = TypeAttributes {
            runtime: Runtime::default(),
            name: input.ident.unraw().to_string(),
        };
        let mut name_span = input.ident.span();
        let mut keys = Keys::new("`#[config]` of a type", &["name", "crate"]);
        for tokens in config_attributes(&input.attrs, "#[config(name = \"…\")]", errors) {
            parse_all(tokens, errors, |input| {
                keys.parse(input, errors, |key, input| {
                    match key {
                        "name" => {
                            let name = string(input, key, "MetricInfo")?;
                            (parsed.name, name_span) = (name.value(), name.span());
                        }
                        _ => parsed.runtime = keys::runtime(input)?,
                    }
                    Ok(())
                });
            });
        }
        if !crate::names::is_proto_ident(&parsed.name) {
            errors.error(
                name_span,
                not_a_name(&parsed.name, "#[config(name = \"…\")]"),
            );
        }
        parsed
    }
}

/// What to write is `example` where the name is Rust's, and nothing where it is the author's.
pub(super) fn not_a_name(name: &str, example: &str) -> String {
    let example = match example {
        "" => String::new(),
        example => format!(", as `{example}`"),
    };
    format!(
        "`{name}` is not a name that protobuf takes: write letters, digits and underscores, \
         first no digit{example}"
    )
}

//! The struct under `#[derive(AdapterConfig)]`.

use syn::{Data, DeriveInput, Fields, Ident};

use super::field::{Field, config_attributes};
use crate::diagnostics::Diagnostics;
use crate::keys::{self, Keys, parse_all};
use crate::runtime::Runtime;

pub(super) struct Item {
    pub(super) runtime: Runtime,
    pub(super) ident: Ident,
    pub(super) fields: Vec<Field>,
}

impl Item {
    pub(super) fn parse(input: &DeriveInput, errors: &Diagnostics) -> Item {
        const STRUCT: &str = "a configuration is a struct with named fields";
        let runtime = runtime(input, errors);
        let mut fields: Vec<Field> = Vec::new();
        match &input.data {
            Data::Struct(data) => match &data.fields {
                Fields::Named(named) => {
                    for field in &named.named {
                        fields.extend(Field::parse(field, &fields, &runtime, errors));
                    }
                }
                Fields::Unnamed(unnamed) => {
                    let message =
                        format!("{STRUCT}, which operators write: write `{{ name: String }}`");
                    errors.error_at(unnamed, message);
                }
                Fields::Unit => {}
            },
            Data::Enum(data) => {
                errors.error(data.enum_token.span, format!("{STRUCT}: write `struct`"));
            }
            Data::Union(data) => {
                errors.error(data.union_token.span, format!("{STRUCT}: write `struct`"));
            }
        }
        if !input.generics.params.is_empty() {
            let message = "a configuration can't be generic, because it is one message on the \
                           wire: remove the parameters";
            errors.error_at(&input.generics, message);
        }
        Item {
            runtime,
            ident: input.ident.clone(),
            fields,
        }
    }
}

// #[config(crate = ::path)]
fn runtime(input: &DeriveInput, errors: &Diagnostics) -> Runtime {
    let mut runtime = Runtime::default();
    let mut keys = Keys::new("`#[config]` of a struct", &["crate"]);
    for tokens in config_attributes(&input.attrs, "#[config(crate = ::path)]", errors) {
        parse_all(tokens, errors, |input| {
            keys.parse(input, errors, |_, input| {
                runtime = keys::runtime(input)?;
                Ok(())
            });
        });
    }
    runtime
}

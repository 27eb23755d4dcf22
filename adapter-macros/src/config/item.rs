//! The struct under `#[derive(AdapterConfig)]`.

use proc_macro2::TokenStream;
use syn::{DataStruct, DeriveInput, Fields, Ident};

use super::attributes::TypeAttributes;
use super::field::Field;
use crate::diagnostics::Diagnostics;
use crate::docs;

pub(super) struct Item {
    pub(super) attributes: TypeAttributes,
    pub(super) ident: Ident,
    pub(super) documentation: String,
    pub(super) fields: Vec<Field>,
}

impl Item {
    pub(super) fn parse(
        input: &DeriveInput,
        data: &DataStruct,
        attributes: TypeAttributes,
        errors: &Diagnostics,
    ) -> Item {
        let mut fields: Vec<Field> = Vec::new();
        match &data.fields {
            Fields::Named(named) => {
                for field in &named.named {
                    fields.extend(Field::parse(field, &fields, &attributes.runtime, errors));
                }
            }
            Fields::Unnamed(unnamed) => {
                let message = "a configuration is a struct with named fields, which operators \
                               write: write `{ name: String }`";
                errors.error_at(unnamed, message);
            }
            Fields::Unit => {}
        }
        Item {
            attributes,
            ident: input.ident.clone(),
            documentation: docs::text(&input.attrs),
            fields,
        }
    }

    /// The path of the private module of the runtime.
    pub(super) fn private(&self) -> TokenStream {
        self.attributes.runtime.private()
    }
}

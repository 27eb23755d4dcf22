//! `#[mixer_template(output)]`: what adapters answer beside a verdict.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{quote, quote_spanned};

use super::args::Args;
use super::expand::{info, method};
use super::field::Field;
use super::item::Item;

/// How an output is encoded, and that its template has one; `place` is where `output` is written.
pub(super) fn expand(args: &Args, item: &Item, place: Span) -> TokenStream {
    let p = args.runtime.private();
    let ident = &item.input.ident;
    let info = info(args, item, "OutputField");
    let fields = item.fields.iter().map(|field| {
        let Field {
            ident,
            number,
            conditions,
            ..
        } = field;
        let encode = method(args, "OutputField", "encode_field", field);
        quote! {
            #(#conditions)*
            #encode(&self.#ident, #number, to);
        }
    });
    let values = item.fields.iter().map(|field| {
        let Field {
            ident, conditions, ..
        } = field;
        let value = method(args, "OutputField", "field_value", field);
        quote! {
            #(#conditions)*
            to.push(#value(&self.#ident));
        }
    });
    let belongs = belongs(args, place);
    quote! {
        #[automatically_derived]
        impl #p::Output for #ident {
            const INFO: ::core::option::Option<&'static #p::MessageInfo> =
                ::core::option::Option::Some(&#info);

            fn encode(&self, to: &mut #p::Vec<::core::primitive::u8>) {
                let _ = &to;
                #(#fields)*
            }

            fn values(&self, to: &mut #p::Vec<::core::option::Option<#p::Value>>) {
                let _ = &to;
                #(#values)*
            }
        }
        #belongs
    }
}

/// An error unless the module's template answers with an output.
fn belongs(args: &Args, place: Span) -> TokenStream {
    let span = Span::call_site().located_at(place);
    let p = args.runtime.private_at(span);
    let template = Ident::new("Template", span);
    let check = quote_spanned!(span=> #p::assert_with_output::<#template>());
    quote! {
        use #p::missing_template::*;
        const _: () = IMPORTED_TEMPLATE;
        const _: () = #check;
    }
}

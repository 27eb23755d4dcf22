//! How a Mixer in the same process infers the types of a template, and builds its instances.

use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};

use super::args::Args;
use super::expand::{at_type, method};
use super::field::Field;
use super::item::Item;

/// How instances are built: a method of `Message`.
pub(super) fn build(args: &Args, item: &Item) -> TokenStream {
    let build = item.fields.iter().map(|field| {
        let Field {
            ident, conditions, ..
        } = field;
        let build = method(args, "Field", "build_next", field);
        quote_spanned! {at_type(field)=>
            #(#conditions)*
            #build(&mut message.#ident, fields)?;
        }
    });
    let p = args.runtime.private();
    let body = quote! {{
        let (message, fields) = (self, &mut #p::Building::new(params, evaluate));
        let _ = (&message, &fields);
        #(#build)*
        ::core::result::Result::Ok(())
    }};
    build_fields(&p, &body)
}

/// The same with any body.
pub(super) fn build_fields(p: &TokenStream, body: &TokenStream) -> TokenStream {
    quote! {
        fn build_fields<E, X>(
            &mut self,
            params: &#p::Params<E>,
            evaluate: &mut impl ::core::ops::FnMut(&E) -> ::core::result::Result<#p::Value, X>,
        ) -> ::core::result::Result<(), #p::EvaluationError<X>> #body
    }
}

/// How the types of a message are inferred.
pub(super) fn types(args: &Args, item: &Item, types: &Ident) -> TokenStream {
    let p = args.runtime.private();
    let infer = item.fields.iter().map(|field| {
        let Field {
            ident, conditions, ..
        } = field;
        let next = match field.kind.type_of(&args.runtime) {
            Some(_) => quote!(fields.infer(&mut types.#ident)?;),
            None => quote!(fields.check()?;),
        };
        quote! {
            #(#conditions)*
            #next
        }
    });
    let body = quote! {{
        let fields = &mut #p::Inference::new(params, type_of);
        let types = &mut <Self as ::core::default::Default>::default();
        let _ = (&fields, &types);
        #(#infer)*
        ::core::result::Result::Ok(::core::mem::take(types))
    }};
    infer_fields(&p, types, &body)
}

/// The same with any body.
pub(super) fn infer_fields(p: &TokenStream, types: &Ident, body: &TokenStream) -> TokenStream {
    quote! {
        #[automatically_derived]
        impl #p::Types for #types {
            fn infer_fields<E, X>(
                params: &#p::Params<E>,
                type_of: &mut impl ::core::ops::FnMut(&E)
                    -> ::core::result::Result<#p::ValueType, X>,
            ) -> ::core::result::Result<Self, #p::InferError<X>> #body
        }
    }
}

/// `Field` for a message, which is the value of a map.
pub(super) fn field(p: &TokenStream, info: &TokenStream) -> TokenStream {
    quote! {
        const TYPE: #p::FieldType = #p::FieldType::Message(#info);
        fn build<E, X>(
            slot: &#p::Slot<E>,
            evaluate: &mut impl ::core::ops::FnMut(&E) -> ::core::result::Result<#p::Value, X>,
        ) -> ::core::result::Result<Self, #p::EvaluationError<X>> {
            #p::build_message(slot, evaluate)
        }
    }
}

//! What a template is to adapters: the marker, the trait to implement, and the call of it.

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

use super::args::{Names, Variety};
use super::item::Item;
use crate::runtime::Runtime;

/// How a variety's handler is called.
struct Signature {
    documentation: &'static str,
    errors: &'static str,
    /// The arguments after the call: name and type.
    arguments: Vec<(Ident, TokenStream)>,
    output: TokenStream,
    /// The variant of the runtime's `Variety`.
    variety: Ident,
    /// The function that decodes a request, calls the handler and encodes its answer.
    serve: Ident,
}

impl Signature {
    fn of(variety: Variety, instance: &impl ToTokens, runtime: &Runtime) -> Signature {
        let p = runtime.private();
        let ident = |name| Ident::new(name, proc_macro2::Span::call_site());
        match variety {
            Variety::Check => Signature {
                documentation: "Gives a verdict about an instance.",
                errors: "If there is no verdict; a denial is a result.",
                arguments: vec![(ident("instance"), quote!(#instance))],
                output: quote!(#p::CheckResult),
                variety: ident("Check"),
                serve: ident("check"),
            },
            Variety::Report => Signature {
                documentation: "Takes notice of what happened: one instance or several.",
                errors: "If not all instances were taken notice of.",
                arguments: vec![(ident("instances"), quote!(#p::Vec<#instance>))],
                output: quote!(()),
                variety: ident("Report"),
                serve: ident("report"),
            },
            Variety::Quota => Signature {
                documentation: "Grants an amount of the quota that the instance identifies.",
                errors: "If nothing is known of the quota; granting nothing is a result.",
                arguments: vec![
                    (ident("instance"), quote!(#instance)),
                    (ident("args"), quote!(#p::QuotaArgs)),
                ],
                output: quote!(#p::QuotaResult),
                variety: ident("Quota"),
                serve: ident("quota"),
            },
        }
    }
}

pub(super) fn expand(
    variety: Variety,
    names: &Names,
    item: &Item,
    runtime: &Runtime,
) -> TokenStream {
    let instance = item.instance_type(runtime);
    let signature = Signature::of(variety, &instance, runtime);
    let template = template(&signature, names, item, &instance, runtime);
    let handler = handler(&signature, names, item, runtime);
    let set_types = set_types(names, item, runtime);
    quote!(#template #handler #set_types)
}

/// The marker type.
fn template(
    signature: &Signature,
    names: &Names,
    item: &Item,
    instance: &TokenStream,
    runtime: &Runtime,
) -> TokenStream {
    let p = runtime.private();
    let visibility = &item.input.vis;
    let Names { template, path, .. } = names;
    let variety = &signature.variety;
    let documentation = format!("The template `{template}`, as a type.");
    quote! {
        #[doc = #documentation]
        #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
        #visibility struct Template;

        #[automatically_derived]
        impl #p::Template for Template {
            type Instance = #instance;
            type Type = Type;
            const INFO: #p::TemplateInfo =
                #p::TemplateInfo::new(#template, #p::Variety::#variety, #path);
        }
    }
}

/// The trait that an adapter implements, and how it is called with a request.
fn handler(signature: &Signature, names: &Names, item: &Item, runtime: &Runtime) -> TokenStream {
    let p = runtime.private();
    let visibility = &item.input.vis;
    let Names {
        template, handle, ..
    } = names;
    let Signature {
        documentation,
        errors,
        arguments,
        output,
        serve,
        ..
    } = signature;
    let (arguments, types): (Vec<_>, Vec<_>) = arguments.iter().map(|(a, t)| (a, t)).unzip();
    let summary = format!("What an adapter that lists the template `{template}` implements.");
    quote! {
        #[doc = #summary]
        #visibility trait Handler:
            #p::Lists<Template> + ::core::marker::Send + ::core::marker::Sync
        {
            #[doc = #documentation]
            ///
            /// # Errors
            #[doc = #errors]
            fn #handle(
                &self,
                call: &#p::Call,
                #(#arguments: #types,)*
            ) -> impl ::core::future::Future<
                Output = ::core::result::Result<#output, #p::HandlerError>,
            > + ::core::marker::Send;
        }

        #[automatically_derived]
        #[diagnostic::do_not_recommend]
        impl<A: Handler> #p::Serves<A> for Template {
            fn serve<'a>(
                adapter: &'a A,
                call: &'a #p::Call,
                request: &[::core::primitive::u8],
            ) -> ::core::result::Result<#p::Answer<'a>, #p::DecodeError> {
                #p::serve::#serve(request, |#(#arguments),*| {
                    Handler::#handle(adapter, call, #(#arguments),*)
                })
            }
        }
    }
}

/// The builder's method that is named like Mixer's.
fn set_types(names: &Names, item: &Item, runtime: &Runtime) -> TokenStream {
    let p = runtime.private();
    let visibility = &item.input.vis;
    let Names {
        template,
        set_types,
        ..
    } = names;
    let summary = format!("Tells a builder the types of the instances of `{template}`.");
    // The bounds are the method's, not the impl's: then an order that a builder doesn't allow is
    // an error about the order, not about a method that doesn't exist.
    let method = quote! {
        fn #set_types(
            self,
            types: impl ::core::iter::IntoIterator<Item = (#p::String, Type)>,
        ) -> Self
        where
            A: #p::Lists<Template>,
            S: #p::AcceptsTypes
    };
    quote! {
        #[doc = #summary]
        #visibility trait SetTypes<A, S>: ::core::marker::Sized {
            /// Sets the types by the full names of the instances, before the configuration.
            #[must_use]
            #method;
        }

        #[automatically_derived]
        impl<A: #p::Adapter, S> SetTypes<A, S> for #p::Builder<A, S> {
            #method
            {
                self.set_types::<Template>(types)
            }
        }
    }
}

//! What a template is to adapters: the marker, the trait to implement, and the call of it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};

use super::args::{Names, Variety};
use super::item::Item;
use crate::runtime::Runtime;

/// A template with what its variety means for its handlers.
pub(super) struct Handled<'a> {
    names: &'a Names,
    visibility: &'a syn::Visibility,
    /// The runtime's private module.
    p: TokenStream,
    /// What the template's `Instance` is.
    instance: TokenStream,
    signature: Signature,
    variety: Variety,
    /// Whether only the names matter, because there was an error.
    stub: bool,
}

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
    fn of(variety: Variety, instance: &TokenStream, p: &TokenStream) -> Signature {
        let ident = |name| Ident::new(name, Span::call_site());
        match variety {
            Variety::Check => Signature {
                documentation: "Gives a verdict about an instance.",
                errors: "If there is no verdict; a denial is a result.",
                arguments: vec![(ident("instance"), instance.clone())],
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
                    (ident("instance"), instance.clone()),
                    (ident("args"), quote!(#p::QuotaArgs)),
                ],
                output: quote!(#p::QuotaResult),
                variety: ident("Quota"),
                serve: ident("quota"),
            },
            Variety::CheckWithOutput => Signature {
                documentation: "Gives a verdict about an instance, and attributes.",
                errors: "If there is no verdict; a denial is a result.",
                arguments: vec![(ident("instance"), instance.clone())],
                output: quote!((#p::CheckResult, Output)),
                variety: ident("CheckWithOutput"),
                serve: ident("check_with_output"),
            },
            Variety::AttributeGenerator => Signature {
                documentation: "Generates the attributes that an instance asks for. A field that \
                                is `None` is an attribute that doesn't exist, which fails every \
                                request whose operator uses it without a default.",
                errors: "If there are no attributes; the request is then refused.",
                arguments: vec![(ident("instance"), instance.clone())],
                output: quote!(Output),
                variety: ident("AttributeGenerator"),
                serve: ident("attribute_generator"),
            },
        }
    }
}

impl<'a> Handled<'a> {
    pub(super) fn new(
        variety: Variety,
        names: &'a Names,
        item: &'a Item,
        runtime: &Runtime,
    ) -> Handled<'a> {
        let p = runtime.private();
        let instance = item.instance_type(runtime);
        let signature = Signature::of(variety, &instance, &p);
        Handled {
            names,
            visibility: &item.input.vis,
            p,
            instance,
            signature,
            variety,
            stub: false,
        }
    }

    /// Everything that other code names, without anything that the instance must be able to do.
    pub(super) fn stub(self) -> Handled<'a> {
        Handled { stub: true, ..self }
    }

    pub(super) fn expand(&self) -> TokenStream {
        let template = self.template();
        let handler = self.handler();
        let serves = self.serves();
        let set_types = self.set_types();
        let output = self.output();
        quote!(#template #handler #serves #set_types #output)
    }

    /// What lets an `Output` that is missing be one error, and that says which templates have one.
    fn output(&self) -> TokenStream {
        if !self.variety.has_output() {
            return TokenStream::new();
        }
        let p = &self.p;
        quote! {
            use #p::missing_output::*;
            const _: () = IMPORTED_OUTPUT;

            #[automatically_derived]
            impl #p::WithOutput for Template {}
        }
    }

    /// The marker type.
    fn template(&self) -> TokenStream {
        let Handled { p, visibility, .. } = self;
        let Names {
            template,
            package,
            interface,
            path,
            place,
            ..
        } = self.names;
        let output = match self.variety.has_output() && !self.stub {
            true => Ident::new("Output", Span::call_site().located_at(*place)).into_token_stream(),
            false => quote!(()),
        };
        let variety = &self.signature.variety;
        let documentation = format!("The template `{template}`, as a type.");
        // Any instance will do for a stub.
        let instance = match self.stub {
            false => self.instance.clone(),
            true => quote!(#p::template::listentry::Instance),
        };
        let arguments = self.signature.arguments.iter().map(|(_, ty)| ty);
        let arguments: Vec<_> = arguments.collect();
        let request = match (self.stub, arguments.as_slice()) {
            (true, _) => quote!(()),
            (false, [one]) => quote!(#one),
            (false, several) => quote!((#(#several),*)),
        };
        let answer = match self.stub {
            true => quote!(()),
            false => self.signature.output.clone(),
        };
        quote! {
            #[doc = #documentation]
            #[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
            #visibility struct Template;

            #[automatically_derived]
            impl #p::Template for Template {
                type Instance = #instance;
                type Type = Type;
                type Output = #output;
                type Request = #request;
                type Answer = #answer;
                const INFO: #p::TemplateInfo = #p::TemplateInfo::new::<Template>(
                    #template,
                    #package,
                    #interface,
                    #p::Variety::#variety,
                    #path,
                );
            }
        }
    }

    /// The trait that an adapter implements.
    fn handler(&self) -> TokenStream {
        let Handled { p, visibility, .. } = self;
        let Names {
            template, handle, ..
        } = self.names;
        let Signature {
            documentation,
            errors,
            arguments,
            output,
            ..
        } = &self.signature;
        let (arguments, types): (Vec<_>, Vec<_>) = arguments.iter().map(|(a, t)| (a, t)).unzip();
        let summary = format!("What an adapter that lists the template `{template}` implements.");
        quote! {
            #[doc = #summary]
            #visibility trait Handler:
                #p::Lists<Template>
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
        }
    }

    /// How an adapter is called with a request.
    fn serves(&self) -> TokenStream {
        let p = &self.p;
        let handle = &self.names.handle;
        let Signature {
            serve, arguments, ..
        } = &self.signature;
        let arguments: Vec<_> = arguments.iter().map(|(argument, _)| argument).collect();
        let of = self.variety.has_output().then(|| quote!(::<Template, _>));
        // Several arguments are one request.
        let request = match arguments.as_slice() {
            [one] => quote!(#one),
            several => quote!((#(#several),*)),
        };
        let in_process = match self.stub {
            false => quote!({
                let #request = request;
                #p::Box::pin(Handler::#handle(adapter, call, #(#arguments),*))
            }),
            true => quote!({
                let _ = (adapter, call, request);
                ::core::unimplemented!()
            }),
        };
        let host = match self.stub {
            false => quote! {
                #p::host::#serve #of(asked, |#(#arguments),*| {
                    Handler::#handle(adapter, call, #(#arguments),*)
                })
            },
            true => quote! {{
                let _ = (adapter, call, asked);
                ::core::unimplemented!()
            }},
        };
        let call = match self.stub {
            false => quote! {
                #p::serve::#serve #of(request, |#(#arguments),*| {
                    Handler::#handle(adapter, call, #(#arguments),*)
                })
            },
            true => quote! {{
                let _ = (adapter, call, request);
                ::core::unimplemented!()
            }},
        };
        quote! {
            #[automatically_derived]
            impl<A: Handler> #p::Dispatch<A> for Template {
                fn call<'a>(
                    adapter: &'a A,
                    call: &'a #p::Call,
                    request: <Template as #p::Template>::Request,
                ) -> #p::BoxFuture<
                    'a,
                    ::core::result::Result<<Template as #p::Template>::Answer, #p::HandlerError>,
                > #in_process

                fn host<'a>(
                    adapter: &'a A,
                    call: &'a #p::Call,
                    asked: #p::Asked,
                ) -> #p::Hosted<'a> {
                    #host
                }

                fn serve<'a>(
                    adapter: &'a A,
                    call: &'a #p::Call,
                    request: &[::core::primitive::u8],
                ) -> ::core::result::Result<#p::Answer<'a>, #p::DecodeError> {
                    #call
                }
            }
        }
    }

    /// The builder's method that is named like Mixer's.
    fn set_types(&self) -> TokenStream {
        // Mixer never tells attribute generators their types: none of them is for an expression
        // to decide.
        if self.variety == Variety::AttributeGenerator {
            return TokenStream::new();
        }
        let Handled { p, visibility, .. } = self;
        let Names {
            template,
            set_types,
            ..
        } = self.names;
        let summary = format!("Tells a builder the types of the instances of `{template}`.");
        // The bounds are the method's, not the impl's: then an order that a builder doesn't allow
        // is an error about the order, not about a method that doesn't exist.
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
}

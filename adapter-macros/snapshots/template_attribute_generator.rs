#[derive(::core::clone::Clone)]
#[derive(::core::fmt::Debug)]
#[derive(::core::default::Default)]
#[derive(::core::cmp::PartialEq)]
pub struct Instance {
    /// The full name of the instance, `<name>.instance.<namespace>` of the operator's resource.
    pub name: ::adapter_runtime::__private::Str,
    pub ip: IpAddress,
}
///The types of the fields of [`Instance`] that the operator's expressions decide.
#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::default::Default,
    ::core::cmp::PartialEq,
)]
pub struct Type {}
const _: () = {
    #[automatically_derived]
    impl ::adapter_runtime::__private::Message for Instance {
        type Type = Type;
        const INFO: &'static ::adapter_runtime::__private::MessageInfo = &::adapter_runtime::__private::MessageInfo::new(
            "Instance",
            "",
            || const {
                &[
                    ::adapter_runtime::__private::FieldInfo::new(
                        "ip",
                        2u32,
                        <IpAddress as ::adapter_runtime::__private::Field>::TYPE,
                        "",
                    ),
                ]
            },
        );
        #[inline]
        fn merge_field<'a>(
            &mut self,
            number: ::core::primitive::u32,
            wire: ::adapter_runtime::__private::WireType,
            input: &'a [::core::primitive::u8],
            depth: ::adapter_runtime::__private::Depth,
        ) -> ::adapter_runtime::__private::Rest<'a> {
            let message = self;
            let _ = depth;
            match number {
                72295727u32 => {
                    ::adapter_runtime::__private::Field::merge_named(
                        &mut message.name,
                        "name",
                        wire,
                        input,
                        depth,
                    )
                }
                2u32 => {
                    <IpAddress as ::adapter_runtime::__private::Field>::merge_named(
                        &mut message.ip,
                        "ip",
                        wire,
                        input,
                        depth,
                    )
                }
                _ => ::adapter_runtime::__private::skip(number, wire, input),
            }
        }
        #[inline]
        fn settle_fields(&mut self) {
            let message = self;
            let _ = &message;
            <IpAddress as ::adapter_runtime::__private::Field>::complete(
                &mut message.ip,
            );
        }
        fn build_fields<E, X>(
            &mut self,
            params: &::adapter_runtime::__private::Params<E>,
            evaluate: &mut impl ::core::ops::FnMut(
                &E,
            ) -> ::core::result::Result<::adapter_runtime::__private::Value, X>,
        ) -> ::core::result::Result<
            (),
            ::adapter_runtime::__private::EvaluationError<X>,
        > {
            let (message, fields) = (
                self,
                &mut ::adapter_runtime::__private::Building::new(params, evaluate),
            );
            let _ = (&message, &fields);
            <IpAddress as ::adapter_runtime::__private::Field>::build_next(
                &mut message.ip,
                fields,
            )?;
            ::core::result::Result::Ok(())
        }
    }
    #[automatically_derived]
    impl ::adapter_runtime::__private::Types for Type {
        fn infer_fields<E, X>(
            params: &::adapter_runtime::__private::Params<E>,
            type_of: &mut impl ::core::ops::FnMut(
                &E,
            ) -> ::core::result::Result<::adapter_runtime::__private::ValueType, X>,
        ) -> ::core::result::Result<Self, ::adapter_runtime::__private::InferError<X>> {
            let fields = &mut ::adapter_runtime::__private::Inference::new(
                params,
                type_of,
            );
            let types = &mut <Self as ::core::default::Default>::default();
            let _ = (&fields, &types);
            fields.check()?;
            ::core::result::Result::Ok(::core::mem::take(types))
        }
    }
    #[automatically_derived]
    impl ::adapter_runtime::__private::Merge for Instance {
        fn empty() -> Self {
            ::core::default::Default::default()
        }
        fn merge<'a>(
            &mut self,
            wire: ::adapter_runtime::__private::WireType,
            input: &'a [::core::primitive::u8],
            depth: ::adapter_runtime::__private::Depth,
        ) -> ::adapter_runtime::__private::Rest<'a> {
            ::adapter_runtime::__private::merge_message(self, wire, input, depth)
        }
        fn settle(&mut self) {
            ::adapter_runtime::__private::Message::settle_fields(self);
        }
    }
};
#[automatically_derived]
impl ::adapter_runtime::__private::Instance for Instance {
    fn name(&self) -> &::core::primitive::str {
        &self.name
    }
    fn name_mut(&mut self) -> &mut ::adapter_runtime::__private::Str {
        &mut self.name
    }
}
///The template `pods`, as a type.
#[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
pub struct Template;
#[automatically_derived]
impl ::adapter_runtime::__private::Template for Template {
    type Instance = Instance;
    type Type = Type;
    type Output = Output;
    type Request = Instance;
    type Answer = Output;
    const INFO: ::adapter_runtime::__private::TemplateInfo = ::adapter_runtime::__private::TemplateInfo::new::<
        Template,
    >(
        "pods",
        "my.pods",
        "Pods",
        ::adapter_runtime::__private::Variety::AttributeGenerator,
        "/my.pods.HandlePodsService/HandlePods",
    );
}
///What an adapter that lists the template `pods` implements.
pub trait Handler: ::adapter_runtime::__private::Lists<Template> {
    ///Generates the attributes that an instance asks for. A field that is `None` is an attribute that doesn't exist, which fails every request whose operator uses it without a default.
    ///
    /// # Errors
    ///If there are no attributes; the request is then refused.
    fn generate_pods_attributes(
        &self,
        call: &::adapter_runtime::__private::Call,
        instance: Instance,
    ) -> impl ::core::future::Future<
        Output = ::core::result::Result<
            Output,
            ::adapter_runtime::__private::HandlerError,
        >,
    > + ::core::marker::Send;
}
#[automatically_derived]
impl<A: Handler> ::adapter_runtime::__private::Dispatch<A> for Template {
    fn call<'a>(
        adapter: &'a A,
        call: &'a ::adapter_runtime::__private::Call,
        request: <Template as ::adapter_runtime::__private::Template>::Request,
    ) -> ::adapter_runtime::__private::BoxFuture<
        'a,
        ::core::result::Result<
            <Template as ::adapter_runtime::__private::Template>::Answer,
            ::adapter_runtime::__private::HandlerError,
        >,
    > {
        let instance = request;
        ::adapter_runtime::__private::Box::pin(
            Handler::generate_pods_attributes(adapter, call, instance),
        )
    }
    fn host<'a>(
        adapter: &'a A,
        call: &'a ::adapter_runtime::__private::Call,
        asked: ::adapter_runtime::__private::Asked,
    ) -> ::adapter_runtime::__private::Hosted<'a> {
        ::adapter_runtime::__private::host::attribute_generator::<
            Template,
            _,
        >(
            asked,
            |instance| { Handler::generate_pods_attributes(adapter, call, instance) },
        )
    }
    fn serve<'a>(
        adapter: &'a A,
        call: &'a ::adapter_runtime::__private::Call,
        request: &[::core::primitive::u8],
    ) -> ::core::result::Result<
        ::adapter_runtime::__private::Answer<'a>,
        ::adapter_runtime::__private::DecodeError,
    > {
        ::adapter_runtime::__private::serve::attribute_generator::<
            Template,
            _,
        >(
            request,
            |instance| { Handler::generate_pods_attributes(adapter, call, instance) },
        )
    }
}
use ::adapter_runtime::__private::missing_output::*;
const _: () = IMPORTED_OUTPUT;
#[automatically_derived]
impl ::adapter_runtime::__private::WithOutput for Template {}

#[derive(::core::clone::Clone)]
#[derive(::core::fmt::Debug)]
#[derive(::core::default::Default)]
#[derive(::core::cmp::PartialEq)]
struct Instance {
    /// The full name of the instance, `<name>.instance.<namespace>` of the operator's resource.
    pub name: ::adapter_runtime::__private::Str,
}
///The types of the fields of [`Instance`] that the operator's expressions decide.
#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::default::Default,
    ::core::cmp::PartialEq,
)]
struct Type {}
const _: () = {
    #[automatically_derived]
    impl ::adapter_runtime::__private::Message for Instance {
        type Type = Type;
        const INFO: &'static ::adapter_runtime::__private::MessageInfo = &::adapter_runtime::__private::MessageInfo::new(
            "Instance",
            "",
            || const { &[] },
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
                _ => ::adapter_runtime::__private::skip(number, wire, input),
            }
        }
        #[inline]
        fn settle_fields(&mut self) {
            let message = self;
            let _ = &message;
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
///The template `ratelimit`, as a type.
#[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
struct Template;
#[automatically_derived]
impl ::adapter_runtime::__private::Template for Template {
    type Instance = Instance;
    type Type = Type;
    type Output = ();
    type Request = (Instance, ::adapter_runtime::__private::QuotaArgs);
    type Answer = ::adapter_runtime::__private::QuotaResult;
    const INFO: ::adapter_runtime::__private::TemplateInfo = ::adapter_runtime::__private::TemplateInfo::new::<
        Template,
    >(
        "ratelimit",
        "v1.rate2",
        "RateLimit",
        ::adapter_runtime::__private::Variety::Quota,
        "/v1.rate2.HandleRateLimitService/HandleRateLimit",
    );
}
///What an adapter that lists the template `ratelimit` implements.
trait Handler: ::adapter_runtime::__private::Lists<Template> {
    ///Grants an amount of the quota that the instance identifies.
    ///
    /// # Errors
    ///If nothing is known of the quota; granting nothing is a result.
    fn handle_rate_limit(
        &self,
        call: &::adapter_runtime::__private::Call,
        instance: Instance,
        args: ::adapter_runtime::__private::QuotaArgs,
    ) -> impl ::core::future::Future<
        Output = ::core::result::Result<
            ::adapter_runtime::__private::QuotaResult,
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
        let (instance, args) = request;
        ::adapter_runtime::__private::Box::pin(
            Handler::handle_rate_limit(adapter, call, instance, args),
        )
    }
    fn host<'a>(
        adapter: &'a A,
        call: &'a ::adapter_runtime::__private::Call,
        asked: ::adapter_runtime::__private::Asked,
    ) -> ::adapter_runtime::__private::Hosted<'a> {
        ::adapter_runtime::__private::host::quota(
            asked,
            |instance, args| {
                Handler::handle_rate_limit(adapter, call, instance, args)
            },
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
        ::adapter_runtime::__private::serve::quota(
            request,
            |instance, args| {
                Handler::handle_rate_limit(adapter, call, instance, args)
            },
        )
    }
}
///Tells a builder the types of the instances of `ratelimit`.
trait SetTypes<A, S>: ::core::marker::Sized {
    /// Sets the types by the full names of the instances, before the configuration.
    #[must_use]
    fn set_rate_limit_types(
        self,
        types: impl ::core::iter::IntoIterator<
            Item = (::adapter_runtime::__private::String, Type),
        >,
    ) -> Self
    where
        A: ::adapter_runtime::__private::Lists<Template>,
        S: ::adapter_runtime::__private::AcceptsTypes;
}
#[automatically_derived]
impl<A: ::adapter_runtime::__private::Adapter, S> SetTypes<A, S>
for ::adapter_runtime::__private::Builder<A, S> {
    fn set_rate_limit_types(
        self,
        types: impl ::core::iter::IntoIterator<
            Item = (::adapter_runtime::__private::String, Type),
        >,
    ) -> Self
    where
        A: ::adapter_runtime::__private::Lists<Template>,
        S: ::adapter_runtime::__private::AcceptsTypes,
    {
        self.set_types::<Template>(types)
    }
}

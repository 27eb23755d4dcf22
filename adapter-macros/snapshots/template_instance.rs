#[derive(::core::default::Default)]
#[derive(::core::cmp::PartialEq)]
/// What is asked.
#[derive(Debug, Clone)]
pub struct Instance {
    /// The full name of the instance, `<name>.instance.<namespace>` of the operator's resource.
    pub name: ::adapter_runtime::__private::Str,
    /// Who.
    pub subject: Option<parts::Subject>,
    pub http_status_code: i64,
    #[cfg(feature = "more")]
    pub(crate) more: HashMap<String, value::Value>,
}
///The types of the fields of [`Instance`] that the operator's expressions decide.
#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::default::Default,
    ::core::cmp::PartialEq,
)]
pub struct Type {
    ///The type of `subject`.
    pub subject: ::core::option::Option<parts::SubjectType>,
    #[cfg(feature = "more")]
    ///The type of `more`.
    pub(crate) more: ::adapter_runtime::__private::Map<
        ::adapter_runtime::__private::ValueType,
    >,
}
const _: () = {
    #[automatically_derived]
    impl ::adapter_runtime::__private::Message for Instance {
        type Type = Type;
        const INFO: &'static ::adapter_runtime::__private::MessageInfo = &::adapter_runtime::__private::MessageInfo::new(
            "Instance",
            "What is asked.",
            || const {
                &[
                    ::adapter_runtime::__private::FieldInfo::new(
                        "subject",
                        1u32,
                        <Option<
                            parts::Subject,
                        > as ::adapter_runtime::__private::Field>::TYPE,
                        "Who.",
                    ),
                    ::adapter_runtime::__private::FieldInfo::new(
                        "httpStatusCode",
                        8u32,
                        <i64 as ::adapter_runtime::__private::Field>::TYPE,
                        "",
                    ),
                    #[cfg(feature = "more")]
                    ::adapter_runtime::__private::FieldInfo::new(
                        "more",
                        3u32,
                        <HashMap<
                            String,
                            value::Value,
                        > as ::adapter_runtime::__private::Field>::TYPE,
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
                1u32 => {
                    <Option<
                        parts::Subject,
                    > as ::adapter_runtime::__private::Field>::merge_named(
                        &mut message.subject,
                        "subject",
                        wire,
                        input,
                        depth,
                    )
                }
                8u32 => {
                    <i64 as ::adapter_runtime::__private::Field>::merge_named(
                        &mut message.http_status_code,
                        "httpStatusCode",
                        wire,
                        input,
                        depth,
                    )
                }
                #[cfg(feature = "more")]
                3u32 => {
                    <HashMap<
                        String,
                        value::Value,
                    > as ::adapter_runtime::__private::Field>::merge_named(
                        &mut message.more,
                        "more",
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
            <Option<
                parts::Subject,
            > as ::adapter_runtime::__private::Field>::complete(&mut message.subject);
            <i64 as ::adapter_runtime::__private::Field>::complete(
                &mut message.http_status_code,
            );
            #[cfg(feature = "more")]
            <HashMap<
                String,
                value::Value,
            > as ::adapter_runtime::__private::Field>::complete(&mut message.more);
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
            <Option<
                parts::Subject,
            > as ::adapter_runtime::__private::Field>::build_next(
                &mut message.subject,
                fields,
            )?;
            <i64 as ::adapter_runtime::__private::Field>::build_next(
                &mut message.http_status_code,
                fields,
            )?;
            #[cfg(feature = "more")]
            <HashMap<
                String,
                value::Value,
            > as ::adapter_runtime::__private::Field>::build_next(
                &mut message.more,
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
            fields.infer(&mut types.subject)?;
            fields.check()?;
            #[cfg(feature = "more")] fields.infer(&mut types.more)?;
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
///The template `accesscheck`, as a type.
#[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
pub struct Template;
#[automatically_derived]
impl ::adapter_runtime::__private::Template for Template {
    type Instance = Instance;
    type Type = Type;
    type Output = ();
    type Request = Instance;
    type Answer = ::adapter_runtime::__private::CheckResult;
    const INFO: ::adapter_runtime::__private::TemplateInfo = ::adapter_runtime::__private::TemplateInfo::new::<
        Template,
    >(
        "accesscheck",
        "my.Company.accessCheck",
        "AccessCheck",
        ::adapter_runtime::__private::Variety::Check,
        "/my.company.accesscheck.HandleAccessCheckService/HandleAccessCheck",
    );
}
///What an adapter that lists the template `accesscheck` implements.
pub trait Handler: ::adapter_runtime::__private::Lists<Template> {
    ///Gives a verdict about an instance.
    ///
    /// # Errors
    ///If there is no verdict; a denial is a result.
    fn handle_access_check(
        &self,
        call: &::adapter_runtime::__private::Call,
        instance: Instance,
    ) -> impl ::core::future::Future<
        Output = ::core::result::Result<
            ::adapter_runtime::__private::CheckResult,
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
            Handler::handle_access_check(adapter, call, instance),
        )
    }
    fn host<'a>(
        adapter: &'a A,
        call: &'a ::adapter_runtime::__private::Call,
        asked: ::adapter_runtime::__private::Asked,
    ) -> ::adapter_runtime::__private::Hosted<'a> {
        ::adapter_runtime::__private::host::check(
            asked,
            |instance| { Handler::handle_access_check(adapter, call, instance) },
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
        ::adapter_runtime::__private::serve::check(
            request,
            |instance| { Handler::handle_access_check(adapter, call, instance) },
        )
    }
}
///Tells a builder the types of the instances of `accesscheck`.
pub trait SetTypes<A, S>: ::core::marker::Sized {
    /// Sets the types by the full names of the instances, before the configuration.
    #[must_use]
    fn set_access_check_types(
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
    fn set_access_check_types(
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

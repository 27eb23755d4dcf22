::core::compile_error! {
    "an instance owns its data: write `Str`"
}
pub struct Instance {
    /// The full name of the instance, `<name>.instance.<namespace>` of the operator's resource.
    pub name: ::adapter_runtime::__private::Str,
    pub user: &'static str,
    pub value: Value,
}
///The types of the fields of [`Instance`] that the operator's expressions decide.
#[derive(
    ::core::clone::Clone,
    ::core::fmt::Debug,
    ::core::default::Default,
    ::core::cmp::PartialEq,
)]
pub struct Type {
    ///The type of `value`.
    pub value: ::adapter_runtime::__private::ValueType,
}
const _: () = {
    impl ::core::clone::Clone for Instance {
        fn clone(&self) -> Self {
            ::core::unimplemented!()
        }
    }
    impl ::core::fmt::Debug for Instance {
        fn fmt(&self, _: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            ::core::unimplemented!()
        }
    }
    impl ::core::default::Default for Instance {
        fn default() -> Self {
            ::core::unimplemented!()
        }
    }
    impl ::core::cmp::PartialEq for Instance {
        fn eq(&self, _: &Self) -> ::core::primitive::bool {
            ::core::unimplemented!()
        }
    }
    impl ::adapter_runtime::__private::Message for Instance {
        type Type = Type;
        const INFO: &'static ::adapter_runtime::__private::MessageInfo = &::adapter_runtime::__private::MessageInfo::new(
            "Instance",
            "",
            || &[],
        );
        fn merge_field<'__input>(
            &mut self,
            _: ::core::primitive::u32,
            _: ::adapter_runtime::__private::WireType,
            _: &'__input [::core::primitive::u8],
            _: ::adapter_runtime::__private::Depth,
        ) -> ::adapter_runtime::__private::Rest<'__input> {
            ::core::unimplemented!()
        }
        fn settle_fields(&mut self) {
            ::core::unimplemented!()
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
            ::core::unimplemented!()
        }
    }
    impl ::adapter_runtime::__private::Merge for Instance {
        fn empty() -> Self {
            ::core::unimplemented!()
        }
        fn merge<'__input>(
            &mut self,
            _: ::adapter_runtime::__private::WireType,
            _: &'__input [::core::primitive::u8],
            _: ::adapter_runtime::__private::Depth,
        ) -> ::adapter_runtime::__private::Rest<'__input> {
            ::core::unimplemented!()
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
            ::core::unimplemented!()
        }
    }
};
///The template `access`, as a type.
#[derive(::core::clone::Clone, ::core::marker::Copy, ::core::fmt::Debug)]
pub struct Template;
#[automatically_derived]
impl ::adapter_runtime::__private::Template for Template {
    type Instance = ::adapter_runtime::__private::template::listentry::Instance;
    type Type = Type;
    type Output = ();
    type Request = ();
    type Answer = ();
    const INFO: ::adapter_runtime::__private::TemplateInfo = ::adapter_runtime::__private::TemplateInfo::new::<
        Template,
    >(
        "access",
        "access",
        "Access",
        ::adapter_runtime::__private::Variety::Report,
        "/access.HandleAccessService/HandleAccess",
    );
}
///What an adapter that lists the template `access` implements.
pub trait Handler: ::adapter_runtime::__private::Lists<Template> {
    ///Takes notice of what happened: one instance or several.
    ///
    /// # Errors
    ///If not all instances were taken notice of.
    fn handle_access(
        &self,
        call: &::adapter_runtime::__private::Call,
        instances: ::adapter_runtime::__private::Vec<Instance>,
    ) -> impl ::core::future::Future<
        Output = ::core::result::Result<(), ::adapter_runtime::__private::HandlerError>,
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
        let _ = (adapter, call, request);
        ::core::unimplemented!()
    }
    fn host<'a>(
        adapter: &'a A,
        call: &'a ::adapter_runtime::__private::Call,
        asked: ::adapter_runtime::__private::Asked,
    ) -> ::adapter_runtime::__private::Hosted<'a> {
        {
            let _ = (adapter, call, asked);
            ::core::unimplemented!()
        }
    }
    fn serve<'a>(
        adapter: &'a A,
        call: &'a ::adapter_runtime::__private::Call,
        request: &[::core::primitive::u8],
    ) -> ::core::result::Result<
        ::adapter_runtime::__private::Answer<'a>,
        ::adapter_runtime::__private::DecodeError,
    > {
        {
            let _ = (adapter, call, request);
            ::core::unimplemented!()
        }
    }
}
///Tells a builder the types of the instances of `access`.
pub trait SetTypes<A, S>: ::core::marker::Sized {
    /// Sets the types by the full names of the instances, before the configuration.
    #[must_use]
    fn set_access_types(
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
    fn set_access_types(
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

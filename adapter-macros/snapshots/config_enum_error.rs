::core::compile_error! {
    "an enum of a configuration has variants: the operator chooses one"
}
const _: () = {
    impl ::adapter_runtime::__private::AdapterConfig for Level
    where
        Self: ::core::marker::Send + ::core::marker::Sync + 'static,
    {
        fn message() -> &'static ::adapter_runtime::__private::ConfigMessage<Self> {
            ::core::unimplemented!()
        }
    }
    ::adapter_runtime::__private::derived_field!(
        MessageShape, [] Level, [where Self : ::core::marker::Send + ::core::marker::Sync
        + 'static]
    );
    impl ::adapter_runtime::__private::ConfigOneOf for Level
    where
        Self: ::core::marker::Send + ::core::marker::Sync + 'static,
    {
        const MEMBERS: &'static [(
            &'static ::core::primitive::str,
            ::core::primitive::u32,
        )] = &[];
        fn members() -> &'static ::adapter_runtime::__private::OneOf<Self> {
            ::core::unimplemented!()
        }
    }
};

::core::compile_error! {
    "a configuration can't be generic, because it is one message on the wire: remove the parameters"
}
const _: () = {
    impl<T> ::adapter_runtime::__private::AdapterConfig for Params<T>
    where
        Self: ::core::marker::Send + ::core::marker::Sync + 'static,
    {
        fn message() -> &'static ::adapter_runtime::__private::ConfigMessage<Self> {
            ::core::unimplemented!()
        }
    }
    ::adapter_runtime::__private::derived_field!(
        MessageShape, [< T >] Params < T >, [where Self : ::core::marker::Send +
        ::core::marker::Sync + 'static]
    );
};

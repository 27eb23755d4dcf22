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
    impl<T> ::adapter_runtime::__private::Merge for Params<T>
    where
        Self: ::core::marker::Send + ::core::marker::Sync + 'static,
    {
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
    impl<T> ::adapter_runtime::__private::ConfigField for Params<T>
    where
        Self: ::core::marker::Send + ::core::marker::Sync + 'static,
    {
        fn kind() -> ::adapter_runtime::__private::Kind {
            ::core::unimplemented!()
        }
        fn encode(
            &self,
            _: ::core::primitive::u32,
            _: &mut ::adapter_runtime::__private::Vec<::core::primitive::u8>,
        ) {
            ::core::unimplemented!()
        }
        fn show(&self) -> ::adapter_runtime::__private::Json {
            ::core::unimplemented!()
        }
    }
    impl<T> ::adapter_runtime::__private::ConfigElement for Params<T>
    where
        Self: ::core::marker::Send + ::core::marker::Sync + 'static,
    {}
};

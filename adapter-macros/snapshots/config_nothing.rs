const _: () = {
    #[automatically_derived]
    impl ::adapter_runtime::__private::AdapterConfig for Params {
        fn message() -> &'static ::adapter_runtime::__private::ConfigMessage<Self> {
            let make = || ::adapter_runtime::__private::ConfigMessage::new(
                "Params",
                "",
                || Params {},
                [],
            );
            {
                static MESSAGE: ::adapter_runtime::__private::OnceLock<
                    ::adapter_runtime::__private::ConfigMessage<Params>,
                > = ::adapter_runtime::__private::OnceLock::new();
                MESSAGE.get_or_init(make)
            }
        }
    }
    ::adapter_runtime::__private::derived_field!(MessageShape, [] Params, []);
};

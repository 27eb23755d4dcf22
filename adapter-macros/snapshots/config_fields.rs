const _: () = {
    #[automatically_derived]
    impl ::adapter_runtime::__private::AdapterConfig for Params {
        fn message() -> &'static ::adapter_runtime::__private::ConfigMessage<Self> {
            let make = || ::adapter_runtime::__private::ConfigMessage::new(
                "Params",
                "",
                || Params {
                    address: <::adapter_runtime::__private::String as ::core::convert::From<
                        _,
                    >>::from("localhost:80"),
                    r#type: ::adapter_runtime::__private::empty::<Option<u32>>(),
                    after: ::adapter_runtime::__private::empty::<Vec<Inner>>(),
                },
                [
                    ::adapter_runtime::__private::entry::<
                        Params,
                        String,
                    >(
                        ::adapter_runtime::__private::field::<
                            String,
                        >("address", 1u32, "The server.\n\nWith its port.")
                            .with_default(),
                        |message: &Params| &message.address,
                        |message: &mut Params| &mut message.address,
                    ),
                    ::adapter_runtime::__private::entry::<
                        Params,
                        Option<u32>,
                    >(
                        ::adapter_runtime::__private::field::<
                            Option<u32>,
                        >("theType", 7u32, ""),
                        |message: &Params| &message.r#type,
                        |message: &mut Params| &mut message.r#type,
                    ),
                    ::adapter_runtime::__private::entry::<
                        Params,
                        Vec<Inner>,
                    >(
                        ::adapter_runtime::__private::field::<
                            Vec<Inner>,
                        >("after", 8u32, ""),
                        |message: &Params| &message.after,
                        |message: &mut Params| &mut message.after,
                    ),
                ],
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

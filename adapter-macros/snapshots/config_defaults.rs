const _: () = {
    #[automatically_derived]
    impl ::sdk::__private::AdapterConfig for Params {
        fn message() -> &'static ::sdk::__private::ConfigMessage<Self> {
            let make = || ::sdk::__private::ConfigMessage::new(
                "Params",
                "",
                || Params {
                    timeout: ::core::time::Duration::new(90u64, 0u32),
                    limit: ::core::option::Option::Some(
                        ::core::time::Duration::new(5400u64, 0u32),
                    ),
                    names: <::sdk::__private::Vec<
                        _,
                    > as ::core::convert::From<
                        _,
                    >>::from([
                        <::sdk::__private::String as ::core::convert::From<
                            _,
                        >>::from("a"),
                        <::sdk::__private::String as ::core::convert::From<_>>::from("b"),
                    ]),
                    none: <::sdk::__private::Vec<
                        _,
                    > as ::core::convert::From<_>>::from([]),
                    absent: None,
                    present: Some(5),
                    number: -1,
                    inner: Inner { size: LIMIT + 1 },
                },
                [
                    ::sdk::__private::entry::<
                        Params,
                        std::time::Duration,
                    >(
                        ::sdk::__private::field::<
                            std::time::Duration,
                        >("timeout", 1u32, "")
                            .with_default(),
                        |message: &Params| &message.timeout,
                        |message: &mut Params| &mut message.timeout,
                    ),
                    ::sdk::__private::entry::<
                        Params,
                        Option<Duration>,
                    >(
                        ::sdk::__private::field::<Option<Duration>>("limit", 2u32, "")
                            .with_default(),
                        |message: &Params| &message.limit,
                        |message: &mut Params| &mut message.limit,
                    ),
                    ::sdk::__private::entry::<
                        Params,
                        Vec<String>,
                    >(
                        ::sdk::__private::field::<Vec<String>>("names", 3u32, "")
                            .with_default(),
                        |message: &Params| &message.names,
                        |message: &mut Params| &mut message.names,
                    ),
                    ::sdk::__private::entry::<
                        Params,
                        Vec<String>,
                    >(
                        ::sdk::__private::field::<Vec<String>>("none", 4u32, "")
                            .with_default(),
                        |message: &Params| &message.none,
                        |message: &mut Params| &mut message.none,
                    ),
                    ::sdk::__private::entry::<
                        Params,
                        Option<String>,
                    >(
                        ::sdk::__private::field::<Option<String>>("absent", 5u32, "")
                            .with_default(),
                        |message: &Params| &message.absent,
                        |message: &mut Params| &mut message.absent,
                    ),
                    ::sdk::__private::entry::<
                        Params,
                        Option<i64>,
                    >(
                        ::sdk::__private::field::<Option<i64>>("present", 6u32, "")
                            .with_default(),
                        |message: &Params| &message.present,
                        |message: &mut Params| &mut message.present,
                    ),
                    ::sdk::__private::entry::<
                        Params,
                        i64,
                    >(
                        ::sdk::__private::field::<i64>("number", 7u32, "")
                            .with_default(),
                        |message: &Params| &message.number,
                        |message: &mut Params| &mut message.number,
                    ),
                    ::sdk::__private::entry::<
                        Params,
                        Inner,
                    >(
                        ::sdk::__private::field::<Inner>("inner", 8u32, "")
                            .with_default(),
                        |message: &Params| &message.inner,
                        |message: &mut Params| &mut message.inner,
                    ),
                ],
            );
            {
                static MESSAGE: ::sdk::__private::OnceLock<
                    ::sdk::__private::ConfigMessage<Params>,
                > = ::sdk::__private::OnceLock::new();
                MESSAGE.get_or_init(make)
            }
        }
    }
    ::sdk::__private::derived_field!(MessageShape, [] Params, []);
};

const _: () = {
    #[automatically_derived]
    impl ::sdk::__private::AdapterConfig for Params {
        fn message() -> &'static ::sdk::__private::ConfigMessage<Self> {
            let make = || ::sdk::__private::ConfigMessage::new(
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
                        "timeout",
                        1u32,
                        "",
                        true,
                        |message: &Params| &message.timeout,
                        |message: &mut Params| &mut message.timeout,
                    ),
                    ::sdk::__private::entry::<
                        Params,
                        Option<Duration>,
                    >(
                        "limit",
                        2u32,
                        "",
                        true,
                        |message: &Params| &message.limit,
                        |message: &mut Params| &mut message.limit,
                    ),
                    ::sdk::__private::entry::<
                        Params,
                        Vec<String>,
                    >(
                        "names",
                        3u32,
                        "",
                        true,
                        |message: &Params| &message.names,
                        |message: &mut Params| &mut message.names,
                    ),
                    ::sdk::__private::entry::<
                        Params,
                        Vec<String>,
                    >(
                        "none",
                        4u32,
                        "",
                        true,
                        |message: &Params| &message.none,
                        |message: &mut Params| &mut message.none,
                    ),
                    ::sdk::__private::entry::<
                        Params,
                        Option<String>,
                    >(
                        "absent",
                        5u32,
                        "",
                        true,
                        |message: &Params| &message.absent,
                        |message: &mut Params| &mut message.absent,
                    ),
                    ::sdk::__private::entry::<
                        Params,
                        Option<i64>,
                    >(
                        "present",
                        6u32,
                        "",
                        true,
                        |message: &Params| &message.present,
                        |message: &mut Params| &mut message.present,
                    ),
                    ::sdk::__private::entry::<
                        Params,
                        i64,
                    >(
                        "number",
                        7u32,
                        "",
                        true,
                        |message: &Params| &message.number,
                        |message: &mut Params| &mut message.number,
                    ),
                    ::sdk::__private::entry::<
                        Params,
                        Inner,
                    >(
                        "inner",
                        8u32,
                        "",
                        true,
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
    #[automatically_derived]
    impl ::sdk::__private::Merge for Params {
        fn empty() -> Self {
            <Self as ::sdk::__private::AdapterConfig>::defaults()
        }
        fn merge<'a>(
            &mut self,
            wire: ::sdk::__private::WireType,
            input: &'a [::core::primitive::u8],
            depth: ::sdk::__private::Depth,
        ) -> ::sdk::__private::Rest<'a> {
            ::sdk::__private::merge_config(self, wire, input, depth)
        }
    }
    #[automatically_derived]
    impl ::sdk::__private::ConfigField for Params {
        const REPLACES_DEFAULT: ::core::primitive::bool = false;
        fn kind() -> ::sdk::__private::Kind {
            ::sdk::__private::Kind::Message("Params")
        }
        fn encode(
            &self,
            tag: ::core::primitive::u32,
            out: &mut ::sdk::__private::Vec<::core::primitive::u8>,
        ) {
            ::sdk::__private::encode_config(self, tag, out);
        }
        fn show(&self) -> ::sdk::__private::Json {
            ::sdk::__private::show_config(self)
        }
        fn fields(
            within: &[::core::any::TypeId],
        ) -> ::sdk::__private::Vec<::sdk::__private::FieldDescription> {
            ::sdk::__private::describe_config::<Self>(within)
        }
    }
    #[automatically_derived]
    impl ::sdk::__private::ConfigElement for Params {}
};

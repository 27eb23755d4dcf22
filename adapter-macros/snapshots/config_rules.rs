const _: () = {
    #[automatically_derived]
    impl ::adapter_runtime::__private::AdapterConfig for Params {
        fn message() -> &'static ::adapter_runtime::__private::ConfigMessage<Self> {
            let make = || ::adapter_runtime::__private::ConfigMessage::new(
                "Settings",
                "Documented.",
                || Params {
                    one: ::core::option::Option::None,
                    names: ::adapter_runtime::__private::empty::<Vec<String>>(),
                    timeout: ::adapter_runtime::__private::empty::<Option<Duration>>(),
                    sizes: ::adapter_runtime::__private::empty::<
                        BTreeMap<String, i32>,
                    >(),
                    address: ::adapter_runtime::__private::Secret::written(
                        "${env:ADDRESS}",
                    ),
                },
                [
                    <Choice as ::adapter_runtime::__private::ConfigOneOf>::entry::<
                        Params,
                    >(
                        ::adapter_runtime::__private::OneOfSpec::new("one", "")
                            .required(),
                        |message: &Params| &message.one,
                        |message: &mut Params| &mut message.one,
                    ),
                    ::adapter_runtime::__private::entry::<
                        Params,
                        Vec<String>,
                    >(
                        ::adapter_runtime::__private::field::<
                            Vec<String>,
                        >("names", 9u32, "")
                            .rule(
                                ::adapter_runtime::__private::rule::required::<
                                    Vec<String>,
                                >(),
                            )
                            .rule(
                                ::adapter_runtime::__private::rule::non_empty::<
                                    Vec<String>,
                                >(),
                            )
                            .rule(
                                ::adapter_runtime::__private::rule::unique::<Vec<String>>(),
                            ),
                        |message: &Params| &message.names,
                        |message: &mut Params| &mut message.names,
                    ),
                    ::adapter_runtime::__private::entry::<
                        Params,
                        Option<Duration>,
                    >(
                        ::adapter_runtime::__private::field::<
                            Option<Duration>,
                        >("timeout", 10u32, "")
                            .rule(
                                ::adapter_runtime::__private::rule::min::<
                                    Option<Duration>,
                                >(::core::time::Duration::new(1u64, 0u32)),
                            )
                            .rule(
                                ::adapter_runtime::__private::rule::max::<
                                    Option<Duration>,
                                >(limit()),
                            ),
                        |message: &Params| &message.timeout,
                        |message: &mut Params| &mut message.timeout,
                    ),
                    ::adapter_runtime::__private::entry::<
                        Params,
                        BTreeMap<String, i32>,
                    >(
                        ::adapter_runtime::__private::field::<
                            BTreeMap<String, i32>,
                        >("sizes", 11u32, "")
                            .zigzag()
                            .rule(
                                ::adapter_runtime::__private::rule::positive::<
                                    BTreeMap<String, i32>,
                                >(),
                            ),
                        |message: &Params| &message.sizes,
                        |message: &mut Params| &mut message.sizes,
                    ),
                    ::adapter_runtime::__private::entry::<
                        Params,
                        Secret,
                    >(
                        ::adapter_runtime::__private::field::<
                            Secret,
                        >("address", 12u32, "")
                            .rule(
                                ::adapter_runtime::__private::rule::format::<
                                    Secret,
                                >(::adapter_runtime::__private::Format::HostPort),
                            )
                            .with_default(),
                        |message: &Params| &message.address,
                        |message: &mut Params| &mut message.address,
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
    const _: () = ::adapter_runtime::__private::assert_distinct(
        &[("names", 9u32), ("timeout", 10u32), ("sizes", 11u32), ("address", 12u32)],
        &[],
        <Choice as ::adapter_runtime::__private::ConfigOneOf>::MEMBERS,
    );
};

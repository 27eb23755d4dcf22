const _: () = {
    #[automatically_derived]
    impl ::sdk::__private::ConfigOneOf for Choice {
        const MEMBERS: &'static [(
            &'static ::core::primitive::str,
            ::core::primitive::u32,
        )] = &[("by_name", 1u32), ("theType", 2u32)];
        fn members() -> &'static ::sdk::__private::OneOf<Self> {
            static MEMBERS: ::sdk::__private::OnceLock<
                ::sdk::__private::OneOf<Choice>,
            > = ::sdk::__private::OnceLock::new();
            MEMBERS
                .get_or_init(|| ::sdk::__private::OneOf::new([
                    ::sdk::__private::member::<
                        Choice,
                        String,
                    >(
                        ::sdk::__private::field::<String>("by_name", 1u32, "By name.")
                            .rule(::sdk::__private::rule::non_empty::<String>()),
                        |content: String| Choice::ByName(content),
                        |value: &Choice| match value {
                            Choice::ByName(content) => {
                                ::core::option::Option::Some(content)
                            }
                            _ => ::core::option::Option::None,
                        },
                        |value: &mut Choice| match value {
                            Choice::ByName(content) => {
                                ::core::option::Option::Some(content)
                            }
                            _ => ::core::option::Option::None,
                        },
                    ),
                    ::sdk::__private::member::<
                        Choice,
                        crate::Type,
                    >(
                        ::sdk::__private::field::<crate::Type>("theType", 2u32, ""),
                        |content: crate::Type| Choice::r#Type(content),
                        |value: &Choice| match value {
                            Choice::r#Type(content) => {
                                ::core::option::Option::Some(content)
                            }
                            _ => ::core::option::Option::None,
                        },
                        |value: &mut Choice| match value {
                            Choice::r#Type(content) => {
                                ::core::option::Option::Some(content)
                            }
                            _ => ::core::option::Option::None,
                        },
                    ),
                ]))
        }
    }
};

const _: () = {
    #[automatically_derived]
    impl ::adapter_runtime::__private::AdapterConfig for Params {
        fn message() -> &'static ::adapter_runtime::__private::ConfigMessage<Self> {
            let make = || ::adapter_runtime::__private::ConfigMessage::new(
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
                        "address",
                        1u32,
                        "The server.\n\nWith its port.",
                        true,
                        |message: &Params| &message.address,
                        |message: &mut Params| &mut message.address,
                    ),
                    ::adapter_runtime::__private::entry::<
                        Params,
                        Option<u32>,
                    >(
                        "theType",
                        7u32,
                        "",
                        false,
                        |message: &Params| &message.r#type,
                        |message: &mut Params| &mut message.r#type,
                    ),
                    ::adapter_runtime::__private::entry::<
                        Params,
                        Vec<Inner>,
                    >(
                        "after",
                        8u32,
                        "",
                        false,
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
    #[automatically_derived]
    impl ::adapter_runtime::__private::Merge for Params {
        fn empty() -> Self {
            <Self as ::adapter_runtime::__private::AdapterConfig>::defaults()
        }
        fn merge<'a>(
            &mut self,
            wire: ::adapter_runtime::__private::WireType,
            input: &'a [::core::primitive::u8],
            depth: ::adapter_runtime::__private::Depth,
        ) -> ::adapter_runtime::__private::Rest<'a> {
            ::adapter_runtime::__private::merge_config(self, wire, input, depth)
        }
    }
    #[automatically_derived]
    impl ::adapter_runtime::__private::ConfigField for Params {
        const REPLACES_DEFAULT: ::core::primitive::bool = false;
        fn kind() -> ::adapter_runtime::__private::Kind {
            ::adapter_runtime::__private::Kind::Message("Params")
        }
        fn encode(
            &self,
            tag: ::core::primitive::u32,
            out: &mut ::adapter_runtime::__private::Vec<::core::primitive::u8>,
        ) {
            ::adapter_runtime::__private::encode_config(self, tag, out);
        }
        fn show(&self) -> ::adapter_runtime::__private::Json {
            ::adapter_runtime::__private::show_config(self)
        }
        fn fields(
            within: &[::core::any::TypeId],
        ) -> ::adapter_runtime::__private::Vec<
            ::adapter_runtime::__private::FieldDescription,
        > {
            ::adapter_runtime::__private::describe_config::<Self>(within)
        }
    }
    #[automatically_derived]
    impl ::adapter_runtime::__private::ConfigElement for Params {}
};

const _: () = {
    #[automatically_derived]
    impl ::adapter_runtime::__private::ConfigEnum for Level {
        const INFO: &'static ::adapter_runtime::__private::EnumInfo = &::adapter_runtime::__private::EnumInfo::new(
            "Level",
            "What is logged.",
            &[
                ::adapter_runtime::__private::EnumValue::new("OFF", 0i32, "Nothing."),
                ::adapter_runtime::__private::EnumValue::new("VERY_MUCH", 5i32, ""),
                ::adapter_runtime::__private::EnumValue::new("all", 6i32, ""),
            ],
        );
        fn number(&self) -> ::core::primitive::i32 {
            match self {
                Level::Off => 0i32,
                Level::VeryMuch => 5i32,
                Level::Everything => 6i32,
            }
        }
        fn from_number(number: ::core::primitive::i32) -> ::core::option::Option<Self> {
            match number {
                0i32 => ::core::option::Option::Some(Level::Off),
                5i32 => ::core::option::Option::Some(Level::VeryMuch),
                6i32 => ::core::option::Option::Some(Level::Everything),
                _ => ::core::option::Option::None,
            }
        }
    }
    ::adapter_runtime::__private::derived_field!(EnumShape, [] Level, []);
};

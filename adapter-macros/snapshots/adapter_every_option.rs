#[cfg(unix)]
struct Sink;
#[cfg(unix)]
const _: () = {
    #[automatically_derived]
    impl ::sdk::adapter_runtime::__private::Registered for Sink {
        const NAME: &'static ::core::primitive::str = "sink";
        const DESCRIPTION: &'static ::core::primitive::str = "Keeps metrics.";
        const IMPLEMENTATION: &'static ::core::primitive::str = "sinks::metric";
        const PACKAGE: &'static ::core::primitive::str = "adapter.sink.config";
        const VERSION: &'static ::core::primitive::str = match ::core::option_env!(
            "CARGO_PKG_VERSION"
        ) {
            ::core::option::Option::Some(version) => version,
            ::core::option::Option::None => "unknown",
        };
        const IDLE_CLOSE: ::core::primitive::bool = false;
        const FAIL_POLICY: ::sdk::adapter_runtime::__private::FailPolicy = ::sdk::adapter_runtime::__private::FailPolicy::Open;
        const TEMPLATES: &'static [::sdk::adapter_runtime::__private::Row<Self>] = &[
            ::sdk::adapter_runtime::__private::Row::of::<
                ::sdk::adapter_runtime::__private::template::metric::Template,
            >()
                .renamed("my-metric"),
            ::sdk::adapter_runtime::__private::Row::of::<super::keyval::Template>()
                .renamed("my-keyval"),
        ];
    }
    #[automatically_derived]
    impl ::sdk::adapter_runtime::__private::Lists<
        ::sdk::adapter_runtime::__private::template::metric::Template,
    > for Sink {}
    #[automatically_derived]
    impl ::sdk::adapter_runtime::__private::Lists<super::keyval::Template> for Sink {}
    use ::sdk::adapter_runtime::__private::Registration as __Registration;
    ::sdk::adapter_runtime::__private::inventory::submit! {
        __Registration::new:: < Sink > ()
    }
};

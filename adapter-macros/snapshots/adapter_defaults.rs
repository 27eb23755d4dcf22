/// Keeps
/// metrics.
///
/// In memory.
#[derive(Debug)]
pub struct MetricSink {
    kept: Vec<String>,
}
const _: () = {
    #[automatically_derived]
    impl ::adapter_runtime::__private::Registered for MetricSink {
        const NAME: &'static ::core::primitive::str = "metric-sink";
        const DESCRIPTION: &'static ::core::primitive::str = "Keeps metrics.";
        const IMPLEMENTATION: &'static ::core::primitive::str = ::core::module_path!();
        const PACKAGE: &'static ::core::primitive::str = "metric_sink.config";
        const VERSION: &'static ::core::primitive::str = match ::core::option_env!(
            "CARGO_PKG_VERSION"
        ) {
            ::core::option::Option::Some(version) => version,
            ::core::option::Option::None => "unknown",
        };
        const IDLE_CLOSE: ::core::primitive::bool = true;
        const FAIL_POLICY: ::adapter_runtime::__private::FailPolicy = ::adapter_runtime::__private::FailPolicy::Closed;
        const TEMPLATES: &'static [::adapter_runtime::__private::Row<Self>] = &[
            ::adapter_runtime::__private::Row::of::<
                ::adapter_runtime::__private::template::metric::Template,
            >(),
            ::adapter_runtime::__private::Row::of::<crate::keyval::Template>(),
        ];
    }
    #[automatically_derived]
    impl ::adapter_runtime::__private::Lists<
        ::adapter_runtime::__private::template::metric::Template,
    > for MetricSink {}
    #[automatically_derived]
    impl ::adapter_runtime::__private::Lists<crate::keyval::Template> for MetricSink {}
    use ::adapter_runtime::__private::Registration as __Registration;
    ::adapter_runtime::__private::inventory::submit! {
        __Registration::new:: < MetricSink > ()
    }
};

//! An adapter for each of Istio's templates.

use adapter_runtime::NoConfig;
use adapter_runtime::prelude::*;
use adapter_runtime::{Registration, Registry};

macro_rules! adapters {
    ($($template:ident as $adapter:ident, $name:literal, $listed:literal, $method:ident($($arg:ty),*) -> $answer:ty = $value:expr;)+) => {
        $(
            /// Does nothing.
            #[mixer_adapter(name = $name, templates = [$listed])]
            struct $adapter;

            impl Adapter for $adapter {
                type Config = NoConfig;

                async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> {
                    Ok($adapter)
                }
            }

            impl adapter_runtime::template::$template::Handler for $adapter {
                async fn $method(&self, _: &Call, $(_: $arg),*) -> Result<$answer, HandlerError> {
                    Ok($value)
                }
            }
        )+

        /// All of them.
        pub(super) fn registry() -> Registry {
            Registry::new([$(Registration::new::<$adapter>()),+]).expect("they fit together")
        }
    };
}

adapters! {
    apikey as Apikey, "of-apikey", "apikey", handle_api_key(adapter_runtime::template::apikey::Instance) -> CheckResult = CheckResult::allow();
    authorization as Authorization, "of-authorization", "authorization", handle_authorization(adapter_runtime::template::authorization::Instance) -> CheckResult = CheckResult::allow();
    checknothing as Checknothing, "of-checknothing", "checknothing", handle_check_nothing(adapter_runtime::template::checknothing::Instance) -> CheckResult = CheckResult::allow();
    listentry as Listentry, "of-listentry", "listentry", handle_list_entry(adapter_runtime::template::listentry::Instance) -> CheckResult = CheckResult::allow();
    edge as Edge, "of-edge", "edge", handle_edge(Vec<adapter_runtime::template::edge::Instance>) -> () = ();
    logentry as Logentry, "of-logentry", "logentry", handle_log_entry(Vec<adapter_runtime::template::logentry::Instance>) -> () = ();
    metric as Metric, "of-metric", "metric", handle_metric(Vec<adapter_runtime::template::metric::Instance>) -> () = ();
    reportnothing as Reportnothing, "of-reportnothing", "reportnothing", handle_report_nothing(Vec<adapter_runtime::template::reportnothing::Instance>) -> () = ();
    tracespan as Tracespan, "of-tracespan", "tracespan", handle_trace_span(Vec<adapter_runtime::template::tracespan::Instance>) -> () = ();
    quota as Quota, "of-quota", "quota", handle_quota(adapter_runtime::template::quota::Instance, QuotaArgs) -> QuotaResult = QuotaResult::grant(1, std::time::Duration::ZERO);
    kubernetes as Kubernetes, "of-kubernetes", "kubernetes", generate_kubernetes_attributes(adapter_runtime::template::kubernetes::Instance) -> adapter_runtime::template::kubernetes::Output = adapter_runtime::template::kubernetes::Output::default();
}

//! Adapters as they are out there, which do nothing.

use adapter_runtime::prelude::*;
use adapter_runtime::template::{authorization, metric, quota};
use adapter_runtime::{Registration, Registry};
use tests::configs;

/// Sends metrics to Wavefront.
#[mixer_adapter(name = "wavefront", templates = ["metric"], package = "wavefront.config")]
pub(crate) struct Wavefront;

impl Adapter for Wavefront {
    type Config = configs::wavefront::Params;

    fn validate(config: &Self::Config, types: &InstanceTypes, errors: &mut ConfigErrors) {
        configs::wavefront::Wavefront::validate(config, types, errors);
    }

    async fn build(_: Self::Config, _: Setup) -> Result<Self, BuildError> {
        Ok(Wavefront)
    }
}

impl metric::Handler for Wavefront {
    async fn handle_metric(&self, _: &Call, _: Vec<metric::Instance>) -> Result<(), HandlerError> {
        Ok(())
    }
}

/// Asks 3scale about requests.
#[mixer_adapter(
    name = "threescale",
    templates = ["authorization" as "threescale-authorization"],
    package = "adapter.threescale.config"
)]
pub(crate) struct Threescale;

impl Adapter for Threescale {
    type Config = configs::threescale::Params;

    async fn build(_: Self::Config, _: Setup) -> Result<Self, BuildError> {
        Ok(Threescale)
    }
}

impl authorization::Handler for Threescale {
    async fn handle_authorization(
        &self,
        _: &Call,
        _: authorization::Instance,
    ) -> Result<CheckResult, HandlerError> {
        Ok(CheckResult::allow())
    }
}

/// What Apigee counts.
pub(crate) mod analytics {
    use adapter_runtime::mixer_template;
    use adapter_runtime::value::{IpAddress, Map, Str, TimeStamp};

    /// A request.
    #[mixer_template(report, package = "analytics")]
    pub(crate) struct Instance {
        /// The API.
        #[field(1)]
        pub api_proxy: Str,
        /// The status.
        #[field(2)]
        pub response_status_code: i64,
        /// Who called.
        #[field(3)]
        pub client_ip: IpAddress,
        /// When the request came.
        #[field(4)]
        pub client_received_start_timestamp: TimeStamp,
        /// What the token says.
        #[field(5)]
        pub api_claims: Map<Str>,
        /// Where it went.
        #[field(6)]
        pub target: Option<Target>,
    }

    /// Where a request went.
    #[mixer_template(message)]
    pub(crate) struct Target {
        /// The service.
        #[field(1)]
        pub service: Str,
    }
}

/// Asks Apigee about requests, and tells it of them.
#[mixer_adapter(
    name = "apigee",
    templates = [
        "authorization" as "apigee-authorization",
        crate::adapters::analytics as "apigee-analytics",
        "quota",
    ],
    package = "adapter.apigee.config",
    idle_close = "never"
)]
pub(crate) struct Apigee;

impl Adapter for Apigee {
    type Config = configs::apigee::Params;

    fn validate(config: &Self::Config, types: &InstanceTypes, errors: &mut ConfigErrors) {
        configs::apigee::Apigee::validate(config, types, errors);
    }

    async fn build(_: Self::Config, _: Setup) -> Result<Self, BuildError> {
        Ok(Apigee)
    }
}

impl authorization::Handler for Apigee {
    async fn handle_authorization(
        &self,
        _: &Call,
        _: authorization::Instance,
    ) -> Result<CheckResult, HandlerError> {
        Ok(CheckResult::allow())
    }
}

impl analytics::Handler for Apigee {
    async fn handle_analytics(
        &self,
        _: &Call,
        _: Vec<analytics::Instance>,
    ) -> Result<(), HandlerError> {
        Ok(())
    }
}

impl quota::Handler for Apigee {
    async fn handle_quota(
        &self,
        _: &Call,
        _: quota::Instance,
        _: QuotaArgs,
    ) -> Result<QuotaResult, HandlerError> {
        Ok(QuotaResult::grant(1, std::time::Duration::ZERO))
    }
}

/// Everything that a configuration can hold.
#[mixer_adapter(name = "everything", templates = ["reportnothing"])]
pub(crate) struct Everything;

impl Adapter for Everything {
    type Config = configs::everything::Everything;

    async fn build(_: Self::Config, _: Setup) -> Result<Self, BuildError> {
        Ok(Everything)
    }
}

impl adapter_runtime::template::reportnothing::Handler for Everything {
    async fn handle_report_nothing(
        &self,
        _: &Call,
        _: Vec<adapter_runtime::template::reportnothing::Instance>,
    ) -> Result<(), HandlerError> {
        Ok(())
    }
}

/// All of them.
pub(crate) fn registry() -> Registry {
    Registry::new([
        Registration::new::<Wavefront>(),
        Registration::new::<Threescale>(),
        Registration::new::<Apigee>(),
        Registration::new::<Everything>(),
        Registration::new::<tests_own::KeyValue>(),
        Registration::new::<tests_own::Caller>(),
    ])
    .expect("they fit together")
}

/// Adapters for templates with an output.
pub(crate) mod tests_own {
    use adapter_runtime::NoConfig;
    use adapter_runtime::prelude::*;
    use tests::templates::keyval;

    /// Looks keys up.
    #[mixer_adapter(name = "keyval", templates = [tests::templates::keyval])]
    pub(crate) struct KeyValue;

    impl Adapter for KeyValue {
        type Config = NoConfig;

        async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> {
            Ok(KeyValue)
        }
    }

    impl keyval::Handler for KeyValue {
        async fn handle_keyval(
            &self,
            _: &Call,
            _: keyval::Instance,
        ) -> Result<(CheckResult, keyval::Output), HandlerError> {
            Ok((CheckResult::allow(), keyval::Output::default()))
        }
    }

    /// Tells where a caller is.
    pub(crate) mod caller {
        use adapter_runtime::mixer_template;
        use adapter_runtime::value::{IpAddress, Str};

        /// Who calls.
        #[mixer_template(attribute_generator, package = "example.caller")]
        pub(crate) struct Instance {
            /// The caller's address.
            #[field(1)]
            pub source_ip: IpAddress,
        }

        /// Where that is.
        #[mixer_template(output)]
        pub(crate) struct Output {
            /// Whether it is a private network.
            #[field(1)]
            pub internal: Option<bool>,
            /// What it is called.
            #[field(2)]
            pub zone: Option<Str>,
        }
    }

    /// Tells where callers are.
    #[mixer_adapter(name = "caller", templates = [crate::adapters::tests_own::caller])]
    pub(crate) struct Caller;

    impl Adapter for Caller {
        type Config = NoConfig;

        async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> {
            Ok(Caller)
        }
    }

    impl caller::Handler for Caller {
        async fn generate_caller_attributes(
            &self,
            _: &Call,
            _: caller::Instance,
        ) -> Result<caller::Output, HandlerError> {
            Ok(caller::Output::default())
        }
    }
}

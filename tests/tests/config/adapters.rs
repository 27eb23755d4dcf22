//! The configurations of real adapters: their defaults and what they refuse.

use std::time::Duration;

use adapter_runtime::config::Secret;
use adapter_runtime::{Adapter, AdapterConfig, Builder, ConfigErrors};
use tests::configs::apigee::{self, Apigee};
use tests::configs::threescale;
use tests::configs::wavefront::{
    Credentials, Definition, Direct, ExpDecay, Logs, MetricInfo, MetricType, Params, Proxy, Sample,
    Uniform, Wavefront,
};

fn violations<A: Adapter>(config: A::Config) -> Vec<String> {
    match Builder::<A>::new().configure(config).validate() {
        Ok(_) => Vec::new(),
        Err(errors) => lines(&errors),
    }
}

fn lines(errors: &ConfigErrors) -> Vec<String> {
    let line = |error: &adapter_runtime::ConfigError| format!("{}: {}", error.field, error.message);
    errors.iter().map(line).collect()
}

fn metric(instance_name: &str, sample: Option<Definition>) -> MetricInfo {
    MetricInfo {
        name: String::new(),
        r#type: MetricType::Histogram,
        sample: sample.map(|definition| Sample {
            definition: Some(definition),
        }),
        instance_name: instance_name.into(),
    }
}

fn wavefront() -> Params {
    let uniform = Definition::Uniform(Uniform {
        reservoir_size: 1024,
    });
    Params {
        credentials: Some(Credentials::Direct(Direct {
            server: "https://example.wavefront.com".into(),
            token: Secret::new("token"),
        })),
        metrics: vec![metric("requestsize.instance.istio-system", Some(uniform))],
        ..Params::defaults()
    }
}

#[test]
fn wavefront_defaults() {
    let params = Params::defaults();
    assert_eq!(params.credentials, None);
    assert_eq!(params.flush_interval, Duration::from_secs(5));
    let level = "info".to_owned();
    assert_eq!(params.logs, Logs { level });
}

#[test]
fn wavefront_refuses() {
    assert_eq!(violations::<Wavefront>(wavefront()), [""; 0]);
    let params = Params {
        credentials: None,
        flush_interval: Duration::ZERO,
        ..wavefront()
    };
    assert_eq!(
        violations::<Wavefront>(params),
        [
            "credentials: is required: write one of `direct`, `proxy`",
            "flush_interval: must be positive, got 0s",
        ]
    );
    let address = "wavefront-proxy".into();
    let exp_decay = Definition::ExpDecay(ExpDecay {
        reservoir_size: -1,
        alpha: 0.015,
    });
    let params = Params {
        credentials: Some(Credentials::Proxy(Proxy { address })),
        metrics: vec![
            MetricInfo {
                name: "size".into(),
                ..metric("a.instance.ns", None)
            },
            MetricInfo {
                name: "size".into(),
                r#type: MetricType::Gauge,
                ..metric("b.instance.ns", None)
            },
            metric("a.instance.ns", Some(exp_decay)),
            metric("", None),
        ],
        ..wavefront()
    };
    assert_eq!(
        violations::<Wavefront>(params),
        [
            "proxy.address: must be a host and a port such as `example.com:443`, got \
             `wavefront-proxy`: the port is missing",
            "metrics[2].sample.exp_decay.reservoir_size: must be positive, got -1",
            "metrics[3].instance_name: is required",
            // The adapter's own rules.
            "metrics[0].sample: is required for a HISTOGRAM",
            "metrics[1].name: `size` is already metrics[0]",
            "metrics[2].instance_name: `a.instance.ns` is already metrics[0]",
            "metrics[3].sample: is required for a HISTOGRAM",
        ]
    );
}

#[test]
fn a_metric_type_that_there_is_not_is_named_with_its_place() {
    // metrics { type: 9 }
    let error = Params::decode(&[0x32, 0x00, 0x32, 0x02, 0x10, 0x09]).expect_err("no such type");
    assert_eq!(
        error.to_string(),
        "metrics[1].type: 9 is no value of `MetricType`, which has `UNKNOWN` (0), `GAUGE` (1), \
         `COUNTER` (2), `DELTA_COUNTER` (3), `HISTOGRAM` (4)"
    );
}

#[test]
fn the_last_credentials_win_and_pieces_of_them_are_merged() {
    let direct = |content: &[u8]| [&[0x0A, content.len() as u8], content].concat();
    let (server, token) = (direct(b"\x0a\x01s"), direct(b"\x12\x01t"));
    let proxy = b"\x12\x03\x0a\x01p".to_vec();
    let decode = |pieces: &[&Vec<u8>]| {
        let bytes: Vec<u8> = pieces.iter().copied().flatten().copied().collect();
        Params::decode(&bytes).expect("it decodes").credentials
    };
    let both = Credentials::Direct(Direct {
        server: "s".into(),
        token: Secret::written("t"),
    });
    assert_eq!(decode(&[&server, &token]), Some(both));
    let address = "p".into();
    let last = Credentials::Proxy(Proxy { address });
    assert_eq!(decode(&[&server, &proxy]), Some(last));
    // What was replaced doesn't come back.
    let half = Credentials::Direct(Direct {
        server: String::new(),
        token: Secret::written("t"),
    });
    assert_eq!(decode(&[&server, &proxy, &token]), Some(half));
}

fn threescale(mut params: threescale::Params) -> Vec<String> {
    let mut errors = ConfigErrors::new();
    params.check(&mut errors);
    lines(&errors)
}

#[test]
fn threescale_refuses() {
    assert_eq!(
        threescale(threescale::Params::defaults()),
        ["system_url: is required", "access_token: is required"]
    );
    let params = threescale::Params {
        system_url: "admin.3scale.net".into(),
        access_token: Secret::new("token"),
        backend_url: Some("https://".into()),
        ..threescale::Params::defaults()
    };
    assert_eq!(
        threescale(params),
        [
            "system_url: must be a URL such as `https://example.com/path`, got \
             `admin.3scale.net`: the scheme is missing",
            "backend_url: must be a URL such as `https://example.com/path`, got `https://`: the \
             host is missing",
        ]
    );
}

fn apigee() -> apigee::Params {
    apigee::Params {
        apigee_base: "https://istioservices.apigee.net/edgemicro".into(),
        customer_base: "https://org-env.apigee.net/istio-auth".into(),
        org_name: "org".into(),
        env_name: "env".into(),
        key: Secret::new("key"),
        secret: Secret::new("secret"),
        ..apigee::Params::defaults()
    }
}

#[test]
fn apigee_defaults() {
    let params = apigee::Params::defaults();
    let minutes = |minutes: u64| Duration::from_secs(60 * minutes);
    assert_eq!(params.temp_dir, "/tmp/apigee-istio");
    assert_eq!(params.client_timeout, Duration::from_secs(30));
    assert!(!params.allow_unverified_ssl_cert);
    assert_eq!(params.products.refresh_rate, minutes(2));
    assert!(!params.analytics.legacy_endpoint);
    assert_eq!(params.analytics.file_limit, 1024);
    assert_eq!(params.analytics.send_channel_size, 10);
    assert_eq!(params.analytics.collection_interval, minutes(2));
    assert_eq!(params.auth.api_key_cache_duration, minutes(30));
    assert_eq!(params.auth.api_key_claim, "");
}

#[test]
fn apigee_defaults_are_under_what_arrives() {
    // analytics { file_limit: 0 }, analytics { legacy_endpoint: true }
    let bytes = [0x82, 0x01, 0x02, 0x10, 0x00, 0x82, 0x01, 0x02, 0x08, 0x01];
    let analytics = apigee::Params::decode(&bytes)
        .expect("it decodes")
        .analytics;
    assert_eq!(analytics.file_limit, 0);
    assert!(analytics.legacy_endpoint);
    assert_eq!(analytics.send_channel_size, 10);
    assert_eq!(analytics.collection_interval, Duration::from_secs(120));
}

#[test]
fn apigee_refuses() {
    assert_eq!(violations::<Apigee>(apigee()), [""; 0]);
    assert_eq!(
        violations::<Apigee>(apigee::Params::defaults()),
        [
            "customer_base: is required",
            "org_name: is required",
            "env_name: is required",
            "key: is required",
            "secret: is required",
            // The adapter's own rule.
            "apigee_base: is required without `hybrid_config`",
        ]
    );
    let mut params = apigee();
    params.apigee_base = String::new();
    params.hybrid_config = "/etc/hybrid.yaml".into();
    params.client_timeout = Duration::from_millis(200);
    params.products.refresh_rate = Duration::from_secs(59);
    params.analytics.file_limit = 0;
    params.analytics.collection_interval = Duration::from_secs(1);
    assert_eq!(
        violations::<Apigee>(params),
        [
            "client_timeout: must be at least 1s, got 200ms",
            "products.refresh_rate: must be at least 1m0s, got 59s",
            "analytics.file_limit: must be at least 1, got 0",
        ]
    );
}

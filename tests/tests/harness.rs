//! An adapter under test, as an author tests his.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use adapter_runtime::prelude::*;
use adapter_runtime::template::{metric, quota};
use adapter_runtime::value::ValueType;
use adapter_runtime::{Harness, HarnessError, Restart};

#[derive(AdapterConfig)]
struct Params {
    /// How much is granted in a minute.
    #[config(default = 3, min = 1)]
    limit: i64,
    /// What goes wrong: `build`, `panic in build`, `call` or `daemon`.
    fault: String,
}

/// Grants so much in a minute, and takes notice of metrics.
#[mixer_adapter(package = "test.limiter", templates = ["quota", "metric"])]
struct Limiter {
    left: Arc<AtomicI64>,
    fault: String,
}

impl Adapter for Limiter {
    type Config = Params;

    fn validate(_: &Params, types: &InstanceTypes, errors: &mut ConfigErrors) {
        for (name, ty) in types.of::<quota::Template>().into_iter().flatten() {
            for (dimension, ty) in &ty.dimensions {
                if *ty != ValueType::String {
                    errors.push(name, format!("dimensions[{dimension}] must be a STRING"));
                }
            }
        }
    }

    async fn build(params: Params, setup: Setup) -> Result<Limiter, BuildError> {
        match params.fault.as_str() {
            "build" => Err(std::io::Error::other("the backend is away"))?,
            "panic in build" => panic!("no luck"),
            _ => {}
        }
        let left = Arc::new(AtomicI64::new(params.limit));
        let refill = left.clone();
        setup.env.schedule_daemon(move |stop| {
            let left = refill.clone();
            async move {
                while stop.sleep(Duration::from_secs(60)).await {
                    left.store(params.limit, Ordering::SeqCst);
                    tracing::debug!("refilled");
                }
            }
        });
        if params.fault == "daemon" {
            let never = Restart::Never;
            setup
                .env
                .schedule_daemon_with(never, |_| async { panic!("no luck") });
        }
        let fault = params.fault;
        Ok(Limiter { left, fault })
    }

    async fn close(&self) {
        tracing::info!("{} left", self.left.load(Ordering::SeqCst));
    }
}

impl quota::Handler for Limiter {
    async fn handle_quota(
        &self,
        call: &Call,
        _: quota::Instance,
        args: QuotaArgs,
    ) -> Result<QuotaResult, HandlerError> {
        assert_ne!(self.fault, "call", "no luck");
        tracing::info!(id = call.dedup_id, "asked for {}", args.amount);
        let take = |left: i64| (left >= args.amount).then_some(left - args.amount);
        let (set, get) = (Ordering::SeqCst, Ordering::SeqCst);
        Ok(match self.left.fetch_update(set, get, take) {
            Ok(_) => QuotaResult::grant(args.amount, Duration::from_secs(1)),
            Err(left) => QuotaResult::deny(Code::ResourceExhausted, format!("{left} left")),
        })
    }
}

impl metric::Handler for Limiter {
    async fn handle_metric(
        &self,
        _: &Call,
        instances: Vec<metric::Instance>,
    ) -> Result<(), HandlerError> {
        tracing::info!("{} metrics", instances.len());
        Ok(())
    }
}

fn params(fault: &str) -> Params {
    let fault = fault.to_owned();
    Params {
        fault,
        ..Params::defaults()
    }
}

fn ask(amount: i64) -> (quota::Instance, QuotaArgs) {
    let args = QuotaArgs {
        amount,
        ..QuotaArgs::default()
    };
    (quota::Instance::default(), args)
}

#[tokio::test(start_paused = true)]
async fn handlers_are_called_and_time_passes_as_the_test_says() {
    let limiter = Harness::<Limiter>::new(params("")).build().await;
    let limiter = limiter.expect("a handler");
    let grant = async |amount| limiter.call::<quota::Template>(ask(amount)).await;
    assert_eq!(grant(2).await.expect("an answer").amount(), 2);
    assert_eq!(grant(2).await.expect("an answer").message(), "1 left");
    limiter.advance(Duration::from_secs(61)).await;
    assert_eq!(grant(3).await.expect("an answer").amount(), 3);
    let with_id = |call: &mut Call| call.dedup_id = "7".into();
    let denied = limiter.call_with::<quota::Template>(with_id, ask(1)).await;
    assert_eq!(denied.expect("an answer").code(), Code::ResourceExhausted);
    let instances = vec![metric::Instance::default(); 5];
    let taken = limiter.call::<metric::Template>(instances).await;
    taken.expect("they are taken");
    let log = limiter.close().await;
    for line in [
        "asked for 1 id=\"7\"",
        "refilled",
        "5 metrics",
        "0 left",
        "handler closed",
    ] {
        let found = log.lines().find(|logged| logged.contains(line));
        let found = found.unwrap_or_else(|| panic!("{line} is not in {log}"));
        assert!(
            found.contains("handler{adapter=\"limiter\" handler=\"limiter-"),
            "{found}"
        );
    }
}

#[tokio::test]
async fn every_error_of_a_configuration_is_found() {
    let types = quota::Type {
        dimensions: [("source", ValueType::Int64)].into_iter().collect(),
    };
    let limiter = Harness::<Limiter>::new(Params {
        limit: 0,
        ..params("")
    })
    .set_types::<quota::Template>([("q.instance.ns".to_owned(), types)]);
    let errors = limiter.validate().expect_err("errors");
    let texts: Vec<_> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        [
            "limit: must be at least 1, got 0",
            "q.instance.ns: dimensions[source] must be a STRING"
        ]
    );
    let built = limiter.build().await.expect_err("it is not built");
    assert_eq!(built, HarnessError::Invalid(errors));
}

#[tokio::test]
async fn what_goes_wrong_is_what_the_server_would_answer() {
    let not_built = async |fault: &str| {
        let built = Harness::<Limiter>::new(params(fault)).build().await;
        built.expect_err("it is not built").to_string()
    };
    assert_eq!(
        not_built("build").await,
        "UNAVAILABLE: the adapter `limiter` could not be built: the backend is away"
    );
    assert_eq!(
        not_built("panic in build").await,
        "INTERNAL: the adapter `limiter` panicked while it was built: no luck"
    );
    let limiter = Harness::<Limiter>::new(params("call")).build().await;
    let limiter = limiter.expect("a handler");
    let error = limiter.call::<quota::Template>(ask(1)).await;
    let error = error.expect_err("it panicked");
    assert_eq!(error.code(), Code::Internal);
    assert!(
        error.message().contains("panicked while it handled a call"),
        "{error}"
    );
    // It lives on.
    let taken = limiter.call::<metric::Template>(Vec::new()).await;
    taken.expect("they are taken");
    let panics = r#"mixer_adapter_panics_total{adapter="limiter",place="call"} 1"#;
    assert!(limiter.metrics().encode().contains(panics));
    limiter.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn daemons_are_under_test_too() {
    let limiter = Harness::<Limiter>::new(params("daemon")).build().await;
    let log = limiter.expect("a handler").close().await;
    assert!(log.contains("panicked: no luck"), "{log}");
}

#[tokio::test]
async fn an_operators_yaml_is_a_configuration() {
    let limiter = Harness::<Limiter>::from_yaml("limit: 1").expect("a configuration");
    let limiter = limiter.build().await.expect("a handler");
    let granted = limiter.call::<quota::Template>(ask(1)).await;
    assert_eq!(granted.expect("an answer").amount(), 1);
    limiter.close().await;
    let problems = Harness::<Limiter>::from_yaml("limits: 1").expect_err("a misspelt name");
    let problem = problems.iter().next().expect("a problem").to_string();
    assert!(problem.starts_with("params.yaml:1:1: error: "), "{problem}");
    assert!(problem.contains("did you mean `limit`"), "{problem}");
}

/// Panics where it is closed, before there is a future to poll.
#[mixer_adapter(package = "test.abrupt", templates = ["metric"])]
struct Abrupt;

impl Adapter for Abrupt {
    type Config = NoConfig;

    async fn build(_: NoConfig, _: Setup) -> Result<Abrupt, BuildError> {
        Ok(Abrupt)
    }

    fn close(&self) -> impl Future<Output = ()> + Send {
        assert_eq!(1, 2, "no luck");
        async {}
    }
}

impl metric::Handler for Abrupt {
    async fn handle_metric(&self, _: &Call, _: Vec<metric::Instance>) -> Result<(), HandlerError> {
        Ok(())
    }
}

#[tokio::test]
async fn a_close_that_panics_at_once_is_logged_and_counted() {
    let abrupt = Harness::<Abrupt>::new(NoConfig).build().await;
    let abrupt = abrupt.expect("it is built");
    let metrics = abrupt.metrics().clone();
    let log = abrupt.close().await;
    assert!(log.contains("panic in `close`: assertion"), "{log}");
    assert!(log.contains("adapter=\"abrupt\""), "{log}");
    let panics = r#"mixer_adapter_panics_total{adapter="abrupt",place="close"} 1"#;
    assert!(metrics.encode().contains(panics), "{}", metrics.encode());
}

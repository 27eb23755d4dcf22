//! Adapters that do as they are configured, and count themselves.

use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use adapter_mixer::config::Store;
use adapter_mixer::{Mixer, Options};
use adapter_runtime::Registration;
use adapter_runtime::prelude::*;
use adapter_runtime::template::{listentry, quota};

/// What the checks of the tests are made with.
pub(crate) const BASE: &str = r#"
kind: attributemanifest
metadata: {name: own, namespace: istio-system}
spec:
  attributes:
    request.word: {valueType: STRING}
    request.size: {valueType: INT64}
    destination.namespace: {valueType: STRING}
---
kind: instance
metadata: {name: word, namespace: istio-system}
spec: {compiledTemplate: listentry, params: {value: request.word}}
---
kind: rule
metadata: {name: words, namespace: istio-system}
spec: {actions: [{handler: words, instances: [word]}]}
"#;

/// A handler that allows one word.
pub(crate) fn words(allowed: &str) -> String {
    handler("words", &format!("allowed: {allowed}"))
}

/// A handler with these params.
pub(crate) fn handler(adapter: &str, params: &str) -> String {
    format!(
        "kind: handler\nmetadata: {{name: words, namespace: istio-system}}\n\
         spec: {{compiledAdapter: {adapter}, params: {{{params}}}}}\n"
    )
}

pub(crate) async fn mixer(store: impl Store) -> Mixer {
    mixer_with(store, Options::default()).await
}

pub(crate) async fn mixer_with(store: impl Store, options: Options) -> Mixer {
    let registrations = [
        Registration::new::<Words>(),
        Registration::new::<Faulty>(),
        Registration::new::<Lenient>(),
    ];
    let registry = Registry::new(registrations).expect("a registry");
    let mixer = Mixer::with_options(registry, store, options).await;
    mixer.expect("templates with names of their own")
}

#[derive(AdapterConfig)]
pub(crate) struct Params {
    allowed: String,
    /// Whose handlers are counted together.
    counted: String,
}

/// How many handlers live that are counted, and how many daemons of theirs.
pub(crate) static HANDLERS: AtomicI64 = AtomicI64::new(0);
pub(crate) static DAEMONS: AtomicI64 = AtomicI64::new(0);
pub(crate) static BUILT: AtomicUsize = AtomicUsize::new(0);

/// Allows one word.
#[mixer_adapter(name = "words", templates = ["listentry"])]
pub(crate) struct Words(Params);

impl Words {
    fn is_counted(&self) -> bool {
        !self.0.counted.is_empty()
    }
}

impl Adapter for Words {
    type Config = Params;

    async fn build(params: Params, setup: Setup) -> Result<Self, BuildError> {
        let words = Words(params);
        if words.is_counted() {
            HANDLERS.fetch_add(1, Ordering::SeqCst);
            BUILT.fetch_add(1, Ordering::SeqCst);
            setup.env.schedule_daemon(|stop| async move {
                DAEMONS.fetch_add(1, Ordering::SeqCst);
                stop.stopped().await;
                DAEMONS.fetch_sub(1, Ordering::SeqCst);
            });
        }
        Ok(words)
    }

    async fn close(&self) {
        if self.is_counted() {
            HANDLERS.fetch_sub(1, Ordering::SeqCst);
        }
    }
}

impl listentry::Handler for Words {
    async fn handle_list_entry(
        &self,
        _: &Call,
        instance: listentry::Instance,
    ) -> Result<CheckResult, HandlerError> {
        // Other requests and reloads come in between.
        tokio::task::yield_now().await;
        Ok(match instance.value.as_str() == Some(&self.0.allowed) {
            true => CheckResult::allow(),
            false => CheckResult::deny(Code::NotFound, format!("not `{}`", self.0.allowed)),
        })
    }
}

#[derive(AdapterConfig)]
pub(crate) struct Fault {
    /// `error`, `panic`, `hang`, or none.
    fault: String,
}

impl Fault {
    async fn happens(&self, call: &Call) -> Result<(), HandlerError> {
        match self.fault.as_str() {
            "error" => Err(HandlerError::new(Code::Unavailable, "the backend is down")),
            "panic" => panic!("at the disco"),
            "hang" => {
                assert!(call.deadline.is_some(), "the caller's deadline is known");
                std::future::pending().await
            }
            _ => Ok(()),
        }
    }
}

macro_rules! faulty {
    ($($adapter:ident($name:literal, $policy:literal);)+) => {$(
        /// Fails as it is configured to.
        #[mixer_adapter(name = $name, templates = ["listentry", "quota"], fail_policy = $policy)]
        pub(crate) struct $adapter(Fault);

        impl Adapter for $adapter {
            type Config = Fault;

            fn validate(fault: &Fault, _: &InstanceTypes, errors: &mut ConfigErrors) {
                if fault.fault == "invalid" {
                    errors.push("fault", "is none that can happen");
                }
            }

            async fn build(fault: Fault, _: Setup) -> Result<Self, BuildError> {
                if fault.fault == "build" {
                    return Err(BuildError::new(Code::Unavailable, "there is no backend"));
                }
                Ok($adapter(fault))
            }
        }

        impl listentry::Handler for $adapter {
            async fn handle_list_entry(
                &self,
                call: &Call,
                _: listentry::Instance,
            ) -> Result<CheckResult, HandlerError> {
                self.0.happens(call).await?;
                Ok(CheckResult::allow())
            }
        }

        impl quota::Handler for $adapter {
            async fn handle_quota(
                &self,
                call: &Call,
                _: quota::Instance,
                args: QuotaArgs,
            ) -> Result<QuotaResult, HandlerError> {
                self.0.happens(call).await?;
                assert_eq!(args.dedup_id, call.dedup_id);
                Ok(QuotaResult::grant(args.within(3), Duration::from_secs(5)))
            }
        }
    )+};
}

faulty! {
    Faulty("faulty", "closed");
    Lenient("lenient", "open");
}

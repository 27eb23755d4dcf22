//! Adapters that remember what they were called with.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::time::Duration;

use adapter_runtime::prelude::*;
use adapter_runtime::template::{listentry, metric, quota};

/// What a handler was called with, by the call's dedup id.
static SEEN: Mutex<Option<HashMap<String, Seen>>> = Mutex::new(None);

/// A call.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) instances: Instances,
    pub(crate) provider_url: String,
}

#[derive(Clone, Debug)]
pub(crate) enum Instances {
    Metric(Vec<metric::Instance>),
    ListEntry(listentry::Instance),
    Quota(quota::Instance, QuotaArgs),
}

/// Takes the call with this dedup id.
pub(crate) fn seen(dedup_id: &str) -> Seen {
    let mut seen = SEEN.lock().expect("no test panics while it holds this");
    let call = seen.get_or_insert_default().remove(dedup_id);
    call.unwrap_or_else(|| panic!("no call with the dedup id {dedup_id}"))
}

/// The configuration of Istio's list adapter, with its package and tags.
#[derive(AdapterConfig, Clone, Debug)]
pub(crate) struct ListParams {
    /// Where the list comes from.
    #[config(tag = 1)]
    pub(crate) provider_url: String,
    #[config(tag = 2, default = "60s")]
    pub refresh_interval: Duration,
    #[config(tag = 3, default = "5m")]
    pub ttl: Duration,
    #[config(tag = 4)]
    pub caching_interval: Duration,
    #[config(tag = 5)]
    pub caching_use_count: i32,
    #[config(tag = 6)]
    pub overrides: Vec<String>,
    #[config(tag = 7)]
    pub entry_type: i32,
    #[config(tag = 8)]
    pub blacklist: bool,
    /// Not one of Istio's.
    #[config(tag = 100)]
    pub labels: BTreeMap<String, String>,
}

/// Serves the captures that carry the configuration of Istio's list adapter.
#[mixer_adapter(
    name = "recorder",
    package = "adapter.list.config",
    templates = ["metric", "quota", "listentry"]
)]
pub(crate) struct Recorder {
    params: ListParams,
}

impl Recorder {
    fn record(&self, call: &Call, instances: Instances) {
        let call_seen = Seen {
            instances,
            provider_url: self.params.provider_url.clone(),
        };
        let mut seen = SEEN.lock().expect("no test panics while it holds this");
        seen.get_or_insert_default()
            .insert(call.dedup_id.clone(), call_seen);
    }
}

impl Adapter for Recorder {
    type Config = ListParams;

    async fn build(params: ListParams, _: Setup) -> Result<Recorder, BuildError> {
        Ok(Recorder { params })
    }
}

impl metric::Handler for Recorder {
    async fn handle_metric(
        &self,
        call: &Call,
        instances: Vec<metric::Instance>,
    ) -> Result<(), HandlerError> {
        self.record(call, Instances::Metric(instances));
        Ok(())
    }
}

impl listentry::Handler for Recorder {
    async fn handle_list_entry(
        &self,
        call: &Call,
        instance: listentry::Instance,
    ) -> Result<CheckResult, HandlerError> {
        self.record(call, Instances::ListEntry(instance));
        Ok(
            CheckResult::deny(Code::NotFound, "not on the list").cache(Cache::For {
                duration: self.params.caching_interval,
                uses: self.params.caching_use_count.unsigned_abs(),
            }),
        )
    }
}

impl quota::Handler for Recorder {
    async fn handle_quota(
        &self,
        call: &Call,
        instance: quota::Instance,
        args: QuotaArgs,
    ) -> Result<QuotaResult, HandlerError> {
        let amount = args.amount;
        self.record(call, Instances::Quota(instance, args));
        Ok(QuotaResult::grant(amount, self.params.ttl))
    }
}

/// The configuration of the walkthrough's adapter.
#[derive(AdapterConfig)]
pub(crate) struct FileParams {
    /// Where the metrics would go.
    #[config(tag = 1)]
    pub file_path: String,
}

/// Serves the capture of the walkthrough.
#[mixer_adapter(
    name = "walkthrough",
    package = "adapter.mygrpcadapter.config",
    templates = ["metric"]
)]
pub(crate) struct Walkthrough {
    params: FileParams,
}

impl Adapter for Walkthrough {
    type Config = FileParams;

    async fn build(params: FileParams, _: Setup) -> Result<Walkthrough, BuildError> {
        Ok(Walkthrough { params })
    }
}

impl metric::Handler for Walkthrough {
    async fn handle_metric(
        &self,
        call: &Call,
        instances: Vec<metric::Instance>,
    ) -> Result<(), HandlerError> {
        let seen = Seen {
            instances: Instances::Metric(instances),
            provider_url: self.params.file_path.clone(),
        };
        let mut all = SEEN.lock().expect("no test panics while it holds this");
        all.get_or_insert_default()
            .insert(call.dedup_id.clone(), seen);
        Ok(())
    }
}

//! Adapters that remember what they were called with.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::time::Duration;

use adapter_runtime::prelude::*;
use adapter_runtime::template::{
    apikey, authorization, checknothing, edge, listentry, logentry, metric, quota, reportnothing,
    tracespan,
};
use serde_json::Value as Json;
use tests::templates::{keyval, sampleapa};

use crate::json::ToJson;

/// What a handler was called with, by the call's dedup id.
static SEEN: Mutex<Option<HashMap<String, Seen>>> = Mutex::new(None);

/// A call.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) instances: Vec<Json>,
    /// What a quota was asked for.
    pub(crate) args: Option<QuotaArgs>,
    /// A parameter of the handler.
    pub(crate) param: String,
}

/// Takes the call with this dedup id.
pub(crate) fn seen(dedup_id: &str) -> Seen {
    let mut seen = SEEN.lock().expect("no test panics while it holds this");
    let call = seen.get_or_insert_default().remove(dedup_id);
    call.unwrap_or_else(|| panic!("no call with the dedup id {dedup_id}"))
}

fn record(call: &Call, param: &str, instances: &[impl ToJson], args: Option<QuotaArgs>) {
    let json = |instance: &_| ToJson::to_json(instance).expect("an instance has a name");
    let call_seen = Seen {
        instances: instances.iter().map(json).collect(),
        args,
        param: param.to_owned(),
    };
    let mut seen = SEEN.lock().expect("no test panics while it holds this");
    seen.get_or_insert_default()
        .insert(call.dedup_id.clone(), call_seen);
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
    templates = [
        "apikey",
        "authorization",
        "checknothing",
        "edge",
        "listentry",
        "logentry",
        "metric",
        "quota",
        "reportnothing",
        "tracespan",
    ]
)]
pub(crate) struct Recorder {
    params: ListParams,
}

impl Recorder {
    fn record(&self, call: &Call, instances: &[impl ToJson]) {
        record(call, &self.params.provider_url, instances, None);
    }

    fn verdict(&self) -> CheckResult {
        CheckResult::deny(Code::NotFound, "not on the list").cache(Cache::For {
            duration: self.params.caching_interval,
            uses: self.params.caching_use_count.unsigned_abs(),
        })
    }
}

impl Adapter for Recorder {
    type Config = ListParams;

    async fn build(params: ListParams, _: Setup) -> Result<Recorder, BuildError> {
        Ok(Recorder { params })
    }
}

macro_rules! checks {
    ($($template:ident $handle:ident)+) => {$(
        impl $template::Handler for Recorder {
            async fn $handle(
                &self,
                call: &Call,
                instance: $template::Instance,
            ) -> Result<CheckResult, HandlerError> {
                self.record(call, &[instance]);
                Ok(self.verdict())
            }
        }
    )+};
}

checks! {
    apikey handle_api_key
    authorization handle_authorization
    checknothing handle_check_nothing
    listentry handle_list_entry
}

macro_rules! reports {
    ($($template:ident $handle:ident)+) => {$(
        impl $template::Handler for Recorder {
            async fn $handle(
                &self,
                call: &Call,
                instances: Vec<$template::Instance>,
            ) -> Result<(), HandlerError> {
                self.record(call, &instances);
                Ok(())
            }
        }
    )+};
}

reports! {
    edge handle_edge
    logentry handle_log_entry
    metric handle_metric
    reportnothing handle_report_nothing
    tracespan handle_trace_span
}

impl quota::Handler for Recorder {
    async fn handle_quota(
        &self,
        call: &Call,
        instance: quota::Instance,
        args: QuotaArgs,
    ) -> Result<QuotaResult, HandlerError> {
        let amount = args.amount;
        record(call, &self.params.provider_url, &[instance], Some(args));
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
        record(call, &self.params.file_path, &instances, None);
        Ok(())
    }
}

/// The configuration of Istio's key-value adapter.
#[derive(AdapterConfig)]
pub(crate) struct TableParams {
    #[config(tag = 1)]
    pub table: BTreeMap<String, String>,
}

/// Serves the captures of the template `keyval`.
#[mixer_adapter(name = "keyval", package = "keyval", templates = [tests::templates::keyval])]
pub(crate) struct KeyValue {
    table: BTreeMap<String, String>,
}

impl Adapter for KeyValue {
    type Config = TableParams;

    async fn build(params: TableParams, _: Setup) -> Result<KeyValue, BuildError> {
        Ok(KeyValue {
            table: params.table,
        })
    }
}

impl keyval::Handler for KeyValue {
    async fn handle_keyval(
        &self,
        call: &Call,
        instance: keyval::Instance,
    ) -> Result<(CheckResult, keyval::Output), HandlerError> {
        let value = self.table.get(instance.key.as_str()).cloned();
        record(
            call,
            value.as_deref().unwrap_or_default(),
            &[instance],
            None,
        );
        let verdict = match value {
            Some(_) => CheckResult::allow(),
            None => CheckResult::deny(Code::NotFound, "no such key"),
        };
        let value = value.map(Into::into);
        Ok((verdict, keyval::Output { value }))
    }
}

/// Serves the captures of an attribute generator, whose requests carry no configuration: it
/// answers with nothing but zeros to a negative number, and with nothing to zero.
#[mixer_adapter(name = "generator", templates = [tests::templates::sampleapa])]
pub(crate) struct Generator;

impl Adapter for Generator {
    type Config = NoConfig;

    async fn build(_: NoConfig, _: Setup) -> Result<Generator, BuildError> {
        Ok(Generator)
    }
}

impl sampleapa::Handler for Generator {
    async fn generate_sample_apa_attributes(
        &self,
        call: &Call,
        instance: sampleapa::Instance,
    ) -> Result<sampleapa::Output, HandlerError> {
        let number = instance.int64;
        let output = sampleapa::Output {
            int64: Some(number),
            bool: Some(instance.bool),
            double: Some(instance.double),
            string: Some(instance.string.clone()),
            map: Some([("b", "2"), ("a", "1")].into_iter().collect()),
            ip: Some(std::net::Ipv4Addr::new(10, 1, 2, 3).into()),
            duration: Some(adapter_runtime::value::Duration::new(90, 500_000_000)),
            timestamp: Some(adapter_runtime::value::TimeStamp::new(1, 2)),
            dns: Some("a.example".into()),
        };
        record(call, "", &[instance], None);
        Ok(match number {
            0 => sampleapa::Output::default(),
            ..0 => sampleapa::Output {
                int64: Some(0),
                bool: Some(false),
                double: Some(0.0),
                string: Some("".into()),
                map: Some(Default::default()),
                ip: Some(Default::default()),
                duration: Some(Default::default()),
                timestamp: Some(Default::default()),
                dns: Some("".into()),
            },
            _ => output,
        })
    }
}

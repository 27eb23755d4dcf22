//! The templates and adapters of Mixer's own tests, which do as they are told.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use adapter_mixer::config::MemoryStore;
use adapter_mixer::{Mixer, Options};
use adapter_runtime::prelude::*;
use adapter_runtime::value::Str;
use adapter_runtime::{Metrics, Registration};

/// What the adapters do, and what they did.
#[derive(Default)]
pub(crate) struct Spy {
    /// The answers to checks, one after the other; then the default one.
    pub(crate) checks: VecDeque<CheckResult>,
    /// The answers to quotas.
    pub(crate) quotas: VecDeque<QuotaResult>,
    /// What goes wrong, e.g. `ErrorOnDispatchCheck tcheck` or `PanicAtBuild acheck`.
    pub(crate) faults: Vec<String>,
    /// What an attribute generator answers.
    pub(crate) generated: Option<String>,
    /// What happened to handlers.
    pub(crate) lifecycle: Vec<String>,
    /// What handlers were called with.
    pub(crate) calls: Vec<Called>,
}

/// A call of a handler.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Called {
    pub(crate) template: &'static str,
    pub(crate) handler: String,
    /// What the instances have in their only field.
    pub(crate) instances: Vec<Option<String>>,
    pub(crate) quota: Option<QuotaArgs>,
}

static SPY: Mutex<Option<Spy>> = Mutex::new(None);

fn spy() -> MutexGuard<'static, Option<Spy>> {
    SPY.lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner)
}

/// What the adapters do from now on.
pub(crate) fn script(spy_: Spy) {
    *spy() = Some(spy_);
}

/// What happened since then.
pub(crate) fn taken() -> Spy {
    spy().take().unwrap_or_default()
}

pub(crate) fn with<T>(look: impl FnOnce(&mut Spy) -> T) -> T {
    look(spy().get_or_insert_default())
}

fn fails(what: &str, who: &str) -> bool {
    let wanted = format!("{what} {who}");
    with(|spy| spy.faults.contains(&wanted))
}

/// Runs on a runtime of its own.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    let runtime = builder.enable_all().build().expect("a runtime");
    runtime.block_on(future)
}

/// A Mixer with the adapters of this module.
pub(crate) async fn mixer(config: &str) -> Mixer {
    let registrations = [
        Registration::new::<Acheck>(),
        Registration::new::<Acheckoutput>(),
        Registration::new::<Apa>(),
        Registration::new::<Aquota>(),
        Registration::new::<Areport>(),
    ];
    let registry = Registry::new(registrations).expect("a registry");
    let store = MemoryStore::new();
    store.set("config.yaml", config);
    store.set("own.yaml", OWN);
    let mut options = Options::default();
    options.metrics = Metrics::new();
    let mixer = Mixer::with_options(registry, store, options).await;
    mixer.expect("templates with names of their own")
}

/// What Mixer's tests declare in their templates.
const OWN: &str = "
kind: attributemanifest
metadata: {name: own, namespace: default}
spec: {attributes: {prefix.generated.string: {valueType: STRING}}}
";

macro_rules! templates {
    ($($module:ident: $variety:ident, $package:literal, $ty:ty;)+) => {$(
        #[allow(dead_code, reason = "not each has its types told")]
        pub(crate) mod $module {
            use adapter_runtime::prelude::*;
            use adapter_runtime::value::{Str, Value};

            const _: Option<(Str, Value)> = None;

            #[mixer_template($variety, package = $package)]
            pub(crate) struct Instance {
                #[field(1)]
                pub(crate) foo: $ty,
            }
        }
    )+};
}

templates! {
    tcheck: check, "tcheck", Value;
    thalt: check, "thalt", Value;
    treport: report, "treport", Value;
    tquota: quota, "tquota", Value;
}

pub(crate) mod tapa {
    use adapter_runtime::prelude::*;
    use adapter_runtime::value::Str;

    #[mixer_template(attribute_generator, package = "tapa")]
    pub(crate) struct Instance {
        #[field(1)]
        pub(crate) foo: Str,
    }

    #[mixer_template(output)]
    pub(crate) struct Output {
        #[field(1)]
        pub(crate) generated_string: Option<Str>,
    }
}

pub(crate) mod tcheckoutput {
    use adapter_runtime::prelude::*;
    use adapter_runtime::value::{Str, Value};

    #[mixer_template(check_with_output, package = "tcheckoutput")]
    pub(crate) struct Instance {
        #[field(1)]
        pub(crate) foo: Value,
    }

    #[mixer_template(output)]
    pub(crate) struct Output {
        #[field(1)]
        pub(crate) value: Option<Str>,
    }
}

#[derive(AdapterConfig)]
pub(crate) struct Params {
    p: String,
}

/// Adapters that are all built and closed alike.
macro_rules! adapters {
    ($($adapter:ident($name:literal): [$($module:ident),+];)+) => {$(
        /// Does as it is told.
        #[mixer_adapter(name = $name, templates = [$($module),+])]
        pub(crate) struct $adapter;

        impl Adapter for $adapter {
            type Config = Params;

            fn validate(_: &Params, types: &InstanceTypes, errors: &mut ConfigErrors) {
                $(
                    for name in types.of::<$module::Template>().into_iter().flat_map(|it| it.keys()) {
                        note_step(format!("type {name}"));
                    }
                )+
                note_step("validate");
                if fails("ErrorAtValidate", $name) {
                    errors.push("field", "some validation error");
                }
                if fails("PanicAtValidate", $name) {
                    panic!("<nil>");
                }
            }

            async fn build(_: Params, _: Setup) -> Result<Self, BuildError> {
                note_step("build");
                if fails("PanicAtBuild", $name) {
                    panic!("<nil>");
                }
                if fails("ErrorAtBuild", $name) {
                    let error = "this adapter is not available at the moment, please come back later";
                    return Err(BuildError::new(Code::Unavailable, error));
                }
                Ok($adapter)
            }

            async fn close(&self) {
                note_step("close");
                if fails("PanicAtHandlerClose", $name) {
                    panic!("<nil>");
                }
            }
        }
    )+};
}

adapters! {
    Acheck("acheck"): [tcheck, thalt];
    Acheckoutput("acheckoutput"): [tcheckoutput];
    Apa("apa"): [tapa];
    Aquota("aquota"): [tquota];
    Areport("areport"): [treport];
}

fn note_step(step: impl Into<String>) {
    with(|spy| spy.lifecycle.push(step.into()));
}

fn shown(value: &Value) -> Option<String> {
    (!value.is_unset()).then(|| value.to_string())
}

fn note(
    template: &'static str,
    call: &Call,
    instances: Vec<Option<String>>,
    quota: Option<QuotaArgs>,
) {
    let handler = call.handler.to_string();
    let called = Called {
        template,
        handler,
        instances,
        quota,
    };
    with(|spy| spy.calls.push(called));
}

/// What goes wrong with a dispatch, if anything does.
fn dispatched(kind: &str, template: &str) -> Result<(), HandlerError> {
    if fails(&format!("PanicOnDispatch{kind}"), template) {
        let text = with(|spy| spy.generated.clone());
        panic!("{}", text.as_deref().unwrap_or("<nil>"));
    }
    if fails(&format!("ErrorOnDispatch{kind}"), template) {
        let what = match kind {
            "GenAttrs" => "quota".to_owned(),
            other => other.to_lowercase(),
        };
        let error = format!("error at dispatch {what}, as expected");
        return Err(HandlerError::new(Code::Unknown, error));
    }
    Ok(())
}

fn verdict(template: &str) -> Result<CheckResult, HandlerError> {
    dispatched("Check", template)?;
    let next = with(|spy| spy.checks.pop_front());
    Ok(next.unwrap_or_else(|| {
        CheckResult::allow().cache(Cache::For {
            duration: Duration::from_secs(123),
            uses: 123,
        })
    }))
}

impl tcheck::Handler for Acheck {
    async fn handle_tcheck(
        &self,
        call: &Call,
        it: tcheck::Instance,
    ) -> Result<CheckResult, HandlerError> {
        note("tcheck", call, vec![shown(&it.foo)], None);
        verdict("tcheck")
    }
}

impl thalt::Handler for Acheck {
    async fn handle_thalt(
        &self,
        call: &Call,
        it: thalt::Instance,
    ) -> Result<CheckResult, HandlerError> {
        note("thalt", call, vec![shown(&it.foo)], None);
        verdict("thalt")
    }
}

impl tcheckoutput::Handler for Acheckoutput {
    async fn handle_tcheckoutput(
        &self,
        call: &Call,
        it: tcheckoutput::Instance,
    ) -> Result<(CheckResult, tcheckoutput::Output), HandlerError> {
        note("tcheckoutput", call, vec![shown(&it.foo)], None);
        let output = tcheckoutput::Output {
            value: Some("1337".into()),
        };
        Ok((verdict("tcheckoutput")?, output))
    }
}

impl treport::Handler for Areport {
    async fn handle_treport(
        &self,
        call: &Call,
        all: Vec<treport::Instance>,
    ) -> Result<(), HandlerError> {
        let shown = all.iter().map(|it| shown(&it.foo)).collect();
        note("treport", call, shown, None);
        dispatched("Report", "treport")
    }
}

impl tquota::Handler for Aquota {
    async fn handle_tquota(
        &self,
        call: &Call,
        it: tquota::Instance,
        args: QuotaArgs,
    ) -> Result<QuotaResult, HandlerError> {
        note("tquota", call, vec![shown(&it.foo)], Some(args));
        dispatched("Quota", "tquota")?;
        let next = with(|spy| spy.quotas.pop_front());
        Ok(next.unwrap_or_else(|| QuotaResult::grant(0, Duration::ZERO)))
    }
}

impl tapa::Handler for Apa {
    async fn generate_tapa_attributes(
        &self,
        call: &Call,
        it: tapa::Instance,
    ) -> Result<tapa::Output, HandlerError> {
        let given = Some(it.foo.to_string()).filter(|text| !text.is_empty());
        note("tapa", call, vec![given], None);
        dispatched("GenAttrs", "tapa")?;
        let generated = with(|spy| spy.generated.clone());
        Ok(tapa::Output {
            generated_string: generated.map(Str::from),
        })
    }
}

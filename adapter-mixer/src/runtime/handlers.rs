//! The handlers of a configuration: built when it comes, kept if they are the same as before,
//! closed after the last request that may call them.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use adapter_runtime::document::Problem;
use adapter_runtime::in_process::Limits;
use adapter_runtime::{FailPolicy, InstanceTypes, Metrics};
use futures_util::future::join_all;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, JoinSet};

use super::callee::Callee;
use super::signature::Signature;
use crate::config::{
    CompiledHandler, ConfigProblem, Handler, HandlerAdapter, Instance, InstanceTemplate, Key,
    RemoteHandlerSpec, Snapshot, Stage,
};
use crate::remote::RemoteHandler;

/// A handler that is called by requests. It is closed when nothing refers to it any more: no
/// configuration in force, and no request that began under an older one.
pub(crate) struct Entry {
    pub(super) name: Arc<str>,
    pub(super) fail_policy: FailPolicy,
    /// Taken when it is closed.
    callee: Option<Callee>,
    signature: Signature,
    closer: mpsc::UnboundedSender<Callee>,
}

impl Entry {
    pub(super) fn callee(&self) -> &Callee {
        let callee = self.callee.as_ref();
        callee.expect("it is there until the entry is dropped")
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        if let Some(callee) = self.callee.take() {
            // Where there is no closer any more, the handler is dropped, which stops its work.
            let _ = self.closer.send(callee);
        }
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({})", self.name)
    }
}

/// Closes handlers.
#[derive(Debug)]
pub(crate) struct Closer {
    /// Its clones are in the entries: when the last is dropped, there is no handler any more.
    sender: mpsc::UnboundedSender<Callee>,
    closing: JoinHandle<()>,
}

impl Closer {
    pub(crate) fn start() -> Closer {
        let (sender, mut receiver) = mpsc::unbounded_channel::<Callee>();
        let closing = tokio::spawn(async move {
            let mut closing = JoinSet::new();
            while let Some(handler) = receiver.recv().await {
                while closing.try_join_next().is_some() {}
                closing.spawn(handler.close());
            }
            while closing.join_next().await.is_some() {}
        });
        Closer { sender, closing }
    }

    /// Where handlers that are to be closed are sent.
    pub(crate) fn sender(&self) -> &mpsc::UnboundedSender<Callee> {
        &self.sender
    }

    /// Waits until every handler is closed.
    pub(crate) async fn finish(self) {
        drop(self.sender);
        // It is not aborted, and does not panic.
        let _ = self.closing.await;
    }
}

/// The handlers of one configuration, by their resources.
#[derive(Debug, Default)]
pub(crate) struct Handlers {
    by_key: HashMap<Key, Arc<Entry>>,
    /// How many were built for this configuration.
    pub(crate) built: usize,
    /// How many were kept of the configuration before.
    pub(crate) kept: usize,
}

/// How handlers are built.
pub(crate) struct Building<'a> {
    pub(crate) metrics: &'a Metrics,
    pub(crate) limits: Limits,
    pub(crate) fail_policy: Option<FailPolicy>,
    pub(crate) closer: &'a mpsc::UnboundedSender<Callee>,
}

impl Handlers {
    /// Builds what rules refer to, or keeps what is the same.
    pub(crate) async fn build(
        snapshot: &Snapshot,
        before: &Handlers,
        building: &Building<'_>,
    ) -> (Handlers, Vec<ConfigProblem>) {
        let routed = routed(snapshot);
        let built = routed.into_values().map(|(handler, instances)| async move {
            let signature = Signature::of(&handler, &instances);
            let kept = before.by_key.get(&handler.key);
            if let Some(kept) =
                kept.filter(|it| it.signature == signature && *it.name == *handler.name)
            {
                return (handler, Ok((kept.clone(), true)));
            }
            let entry = entry(&handler, &instances, signature, building).await;
            (handler, entry.map(|entry| (Arc::new(entry), false)))
        });
        let mut handlers = Handlers::default();
        let mut problems = Vec::new();
        for (handler, built) in join_all(built).await {
            match built {
                Ok((entry, kept)) => {
                    match kept {
                        true => handlers.kept += 1,
                        false => handlers.built += 1,
                    }
                    handlers.by_key.insert(handler.key.clone(), entry);
                }
                Err(problem) => problems.push(problem),
            }
        }
        (handlers, problems)
    }

    pub(super) fn get(&self, key: &Key) -> Option<&Arc<Entry>> {
        self.by_key.get(key)
    }
}

type Routed = BTreeMap<Key, (Arc<Handler>, Vec<Arc<Instance>>)>;

/// The handlers that rules refer to, each with all instances that any rule sends to it, by name.
fn routed(snapshot: &Snapshot) -> Routed {
    let mut routed = BTreeMap::new();
    for action in snapshot.rules.iter().flat_map(|rule| &rule.actions) {
        let (_, instances) = routed
            .entry(action.handler.key.clone())
            .or_insert_with(|| (action.handler.clone(), BTreeMap::new()));
        for instance in &action.instances {
            instances.insert(instance.key.to_string(), instance.clone());
        }
    }
    let routed = routed.into_iter();
    routed
        .map(|(key, (handler, by_name))| (key, (handler, by_name.into_values().collect())))
        .collect()
}

async fn entry(
    handler: &Handler,
    instances: &[Arc<Instance>],
    signature: Signature,
    building: &Building<'_>,
) -> Result<Entry, ConfigProblem> {
    let built = match &handler.adapter {
        HandlerAdapter::Compiled(it) => {
            let default = it.adapter.fail_policy();
            let callee = compiled(handler, it, instances, building).await;
            callee.map(|callee| (callee, default))
        }
        HandlerAdapter::Remote(it) => {
            let callee = remote(handler, it);
            callee.map(|callee| (callee, FailPolicy::Closed))
        }
    };
    match built {
        Ok((callee, fail_policy)) => Ok(Entry {
            name: handler.name.as_str().into(),
            fail_policy: building.fail_policy.unwrap_or(fail_policy),
            callee: Some(callee),
            signature,
            closer: building.closer.clone(),
        }),
        Err(error) => {
            let message = format!("handler='{}': {error}", handler.name);
            let problem = Problem::error(&handler.place, message);
            Err(ConfigProblem::new(Stage::Building, &handler.key, problem))
        }
    }
}

/// A handler of an adapter that is called over the network. Nothing is connected yet.
fn remote(handler: &Handler, it: &RemoteHandlerSpec) -> Result<Callee, String> {
    let Some(connection) = &it.connection else {
        return Err(
            "adapter instantiation error: there is no `connection` with an `address`".into(),
        );
    };
    match RemoteHandler::new(&handler.name, connection, it.config.clone()) {
        Ok(remote) => Ok(Callee::Remote(Box::new(remote), it.adapter.clone())),
        Err(error) => Err(format!("adapter instantiation error: {error}")),
    }
}

/// Builds a handler of an adapter of this process.
async fn compiled(
    handler: &Handler,
    it: &CompiledHandler,
    instances: &[Arc<Instance>],
    building: &Building<'_>,
) -> Result<Callee, String> {
    let mut types = InstanceTypes::default();
    for instance in instances {
        if let InstanceTemplate::Compiled {
            template, inferred, ..
        } = &instance.template
        {
            template.tell(&mut types, &instance.key.to_string(), inferred);
        }
    }
    let settings = match &it.params {
        // What is wrong with them was told when the configuration was read.
        Some(params) => it.adapter.read(params, &mut Default::default()),
        None => it.adapter.defaults(),
    };
    let (metrics, limits) = (building.metrics, building.limits);
    let built = it
        .adapter
        .build(&handler.name, settings, types, metrics, limits);
    match built.await {
        Ok(handler) => Ok(Callee::Compiled(handler)),
        Err(error) => Err(error.to_string()),
    }
}

//! Handlers whose adapters are other programs.

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use adapter_runtime::QuotaArgs;
use adapter_runtime::template::Variety;

use super::answer::Answer;
use super::call_error::{CallError, code};
use super::caller::{Caller, PREFIX, RemoteBuildError};
use super::connection::Connection;
use super::descriptor::DescriptorError;
use super::instance::EncodedInstance;
use super::template::RemoteTemplate;

/// A handler of an adapter that is called over gRPC.
///
/// It has a connection of its own, which is made with the first call and again whenever it breaks.
/// Calls wait for a connection that is being made; while the adapter can't be reached they fail at
/// once. The configuration is sent with each call.
pub struct RemoteHandler {
    name: String,
    caller: Caller,
    config: Option<Vec<u8>>,
    /// The next request's, where the caller gives none.
    dedup_id: AtomicU64,
}

impl RemoteHandler {
    /// A handler with its full name, e.g. `h1.handler.istio-system`. `config` is what
    /// [`ConfigDescriptor::encode`](super::ConfigDescriptor::encode) gave, `None` for an adapter
    /// that gets none. Files of certificates and tokens are read now; nothing is connected yet.
    ///
    /// # Errors
    /// The address is empty, or what the two are to trust each other by can't be read.
    pub fn new(
        name: impl Into<String>,
        connection: &Connection,
        config: Option<Vec<u8>>,
    ) -> Result<RemoteHandler, RemoteBuildError> {
        Ok(RemoteHandler {
            name: name.into(),
            caller: Caller::new(connection)?,
            config,
            dedup_id: AtomicU64::new(RandomState::new().build_hasher().finish()),
        })
    }

    /// The full name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Calls the adapter: for a report with any number of instances of the template, otherwise with
    /// one, and for a quota with what is asked. The quota's deduplication id is sent with the
    /// request; otherwise it is a number that the handler counts.
    ///
    /// Dropped before its end, or at the deadline, the call is cancelled at the adapter, too.
    ///
    /// # Errors
    /// The adapter can't be reached, fails, or answers nothing that can be read.
    pub async fn call(
        &self,
        template: &RemoteTemplate,
        instances: &[EncodedInstance],
        quota: Option<&QuotaArgs>,
        deadline: Option<Instant>,
    ) -> Result<Answer, CallError> {
        if instances.is_empty() || (instances.len() > 1 && template.variety() != Variety::Report) {
            return Err(CallError::Instances(instances.len()));
        }
        let no_service = |error: &DescriptorError| CallError::Template(error.clone());
        let path = template.path().map_err(no_service)?;
        let counted;
        let dedup_id = match quota.map(|args| args.dedup_id.as_str()) {
            Some(given) if !given.is_empty() => given,
            _ => {
                counted = self.dedup_id.fetch_add(1, Ordering::Relaxed).to_string();
                &counted
            }
        };
        let config = self.config.as_deref();
        let body = template.encode_after(PREFIX, instances, config, dedup_id, quota);
        let body = body.map_err(no_service)?;
        let answered = self.caller.call(path, body, deadline).await?;
        let answer = template.read_answer(&answered).map_err(|error| {
            let error = format!("grpc: failed to unmarshal the received message {error}");
            CallError::new(code::INTERNAL, error)
        })?;
        if let (Answer::Quota(result), [instance]) = (&answer, instances)
            && !result.quotas.contains_key(&**instance.name())
        {
            return Err(CallError::NoQuota {
                instance: instance.name().to_string(),
                granted: result.quotas.keys().cloned().collect(),
            });
        }
        Ok(answer)
    }

    /// Makes no call any more. Those in flight come to their end, and the connection with the last.
    pub fn close(&self) {
        self.caller.close();
    }
}

impl fmt::Debug for RemoteHandler {
    // Without the configuration, which may hold secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteHandler")
            .field("name", &self.name)
            .field("address", &self.caller.address())
            .finish_non_exhaustive()
    }
}

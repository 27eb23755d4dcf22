//! Quotas.

use adapter_runtime::proto::model;
use adapter_runtime::proto::rpc::Status;
use adapter_runtime::template::Variety;
use adapter_runtime::value::Duration;
use adapter_runtime::{FailPolicy, QuotaArgs, QuotaResult};

use super::super::callee::{Answer, Asked};
use super::{DispatchErrors, Pending, Request, Session, log_failed_open};

/// For how long is granted what no adapter counts.
const DEFAULT_DURATION: Duration = Duration::new(60, 0);
/// For how long is granted what an adapter failed to count.
const FAILED_OPEN: std::time::Duration = std::time::Duration::from_secs(1);

/// What is asked of a quota.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct QuotaRequest {
    /// The name of the quota: that of an instance's resource, in whatever letter case.
    pub name: String,
    /// How much.
    pub amount: i64,
    /// Whether less will do.
    pub best_effort: bool,
    /// An allocation that comes again under the same id is granted once.
    pub deduplication_id: String,
}

/// What is granted of a quota.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct QuotaAnswer {
    /// How much.
    pub amount: i64,
    /// For how long.
    pub valid_duration: Duration,
    /// OK, or why not.
    pub status: Status,
}

impl QuotaAnswer {
    /// Whether there is no opinion in it.
    fn is_default(&self) -> bool {
        *self == QuotaAnswer::default()
    }
}

impl From<model::quota_result::Result> for QuotaAnswer {
    fn from(result: model::quota_result::Result) -> QuotaAnswer {
        let duration = result.valid_duration.unwrap_or_default();
        QuotaAnswer {
            amount: result.granted_amount,
            valid_duration: Duration::new(duration.seconds, duration.nanos),
            status: result.status.unwrap_or_default(),
        }
    }
}

impl Session<'_> {
    /// Asks the handlers that rules send the quota to; the first that has an opinion decides. What
    /// nobody counts is granted.
    pub(crate) async fn quota(
        &self,
        request: Request<'_>,
        quota: &QuotaRequest,
    ) -> Result<QuotaAnswer, DispatchErrors> {
        let attributes = request.attributes;
        let namespaces = self.namespaces(attributes, Variety::Quota);
        let (mut errors, mut pending) = (DispatchErrors::default(), Vec::new());
        let destinations = namespaces.iter().flatten();
        let destinations = destinations.flat_map(|it| it.destinations(Variety::Quota));
        let mut counted = false;
        for destination in destinations {
            for group in &destination.groups {
                if !self.holds(group, attributes) {
                    continue;
                }
                let asked = group.instances.iter().filter(|it| it.is_quota(&quota.name));
                for routed in asked {
                    counted = true;
                    let instance = self.build(destination, routed, attributes, &mut errors);
                    pending.extend(instance.map(|instance| Pending {
                        destination,
                        routed,
                        instance,
                    }));
                }
            }
        }
        if !counted {
            tracing::debug!(
                quota = quota.name,
                "no rule counts this quota: it is granted"
            );
            return Ok(QuotaAnswer {
                amount: quota.amount,
                valid_duration: DEFAULT_DURATION,
                status: Status::default(),
            });
        }
        let mut answer = QuotaAnswer::default();
        let args = || QuotaArgs {
            dedup_id: quota.deduplication_id.clone(),
            amount: quota.amount,
            best_effort: quota.best_effort,
        };
        let asked = |instance| Asked::Quota(instance, args());
        let answered = |destination: &super::Destination, _: &super::Routed, outcome| {
            let grant = match outcome {
                Ok(Answer::Quota(grant)) => grant,
                Ok(_) => return,
                Err(error) if destination.handler.fail_policy == FailPolicy::Open => {
                    log_failed_open(destination, &error);
                    (&QuotaResult::grant(quota.amount, FAILED_OPEN)).into()
                }
                Err(error) => return errors.push(error),
            };
            let mut grant = QuotaAnswer::from(grant);
            if grant.status.code != 0 {
                let message = &grant.status.message;
                grant.status.message = format!("{}:{message}", destination.handler.name);
            }
            match answer.is_default() {
                true => answer = grant,
                false => tracing::warn!(
                    quota = quota.name,
                    handler = &*destination.handler.name,
                    "a second handler granted the quota, and is ignored"
                ),
            }
        };
        self.call_all(pending, request.deadline, asked, answered)
            .await;
        errors.or(answer)
    }
}

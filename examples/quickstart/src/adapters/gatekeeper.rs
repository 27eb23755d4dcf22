//! An adapter with two templates, and with a state: what has been granted.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use adapter_runtime::prelude::*;
use adapter_runtime::template::{listentry, quota};

/// Who may pass, and how often. Mixer sends more fields than these; they are skipped.
#[derive(AdapterConfig)]
struct Params {
    /// How long an answer is valid.
    #[config(tag = 4)]
    caching_interval: Duration,
    /// How often an answer may be used, and how much of a quota is granted in that time.
    #[config(tag = 5)]
    caching_use_count: i32,
    /// The list.
    #[config(tag = 6)]
    overrides: Vec<String>,
    /// Whether the entries are denied, and all others allowed; else it is the reverse.
    #[config(tag = 8)]
    blacklist: bool,
}

impl Params {
    /// What kind of list it is.
    fn list(&self) -> &'static str {
        match self.blacklist {
            true => "blacklist",
            false => "whitelist",
        }
    }
}

/// Checks a list, grants quotas.
// What has been granted would be forgotten by a handler that is closed when it is idle.
#[mixer_adapter(
    templates = ["listentry", "quota"],
    package = "adapter.list.config",
    idle_close = "never"
)]
struct Gatekeeper {
    params: Params,
    uses: u32,
    grants: Mutex<Grants>,
}

/// What has been granted since the interval began: by quota, then by the id of the request.
struct Grants {
    since: Instant,
    by_quota: HashMap<String, HashMap<String, i64>>,
}

impl Adapter for Gatekeeper {
    type Config = Params;

    fn validate(config: &Params, _types: &InstanceTypes, errors: &mut ConfigErrors) {
        if config.caching_interval.is_zero() {
            errors.push(
                "caching_interval",
                "is zero: write a duration, such as `90s`",
            );
        }
        if config.caching_use_count <= 0 {
            errors.push("caching_use_count", "must be positive");
        }
    }

    async fn build(params: Params, _setup: Setup) -> Result<Gatekeeper, BuildError> {
        println!(
            "  gatekeeper: built, with the {} {}",
            params.list(),
            params.overrides.join(", ")
        );
        let uses = params.caching_use_count.try_into()?;
        Ok(Gatekeeper {
            params,
            uses,
            grants: Mutex::new(Grants::none()),
        })
    }

    async fn close(&self) {
        println!("  gatekeeper: closed");
    }
}

impl listentry::Handler for Gatekeeper {
    async fn handle_list_entry(
        &self,
        _call: &Call,
        instance: listentry::Instance,
    ) -> Result<CheckResult, HandlerError> {
        let entry = instance.value.to_string();
        let listed = self.params.overrides.contains(&entry);
        let not = if listed { "" } else { "not " };
        println!(
            "  gatekeeper: `{entry}` is {not}on the {}",
            self.params.list()
        );

        let cache = Cache::For {
            duration: self.params.caching_interval,
            uses: self.uses,
        };
        let verdict = if listed == self.params.blacklist {
            CheckResult::deny(Code::PermissionDenied, format!("`{entry}` may not pass"))
        } else {
            CheckResult::allow()
        };
        Ok(verdict.cache(cache))
    }
}

impl quota::Handler for Gatekeeper {
    async fn handle_quota(
        &self,
        _call: &Call,
        instance: quota::Instance,
        args: QuotaArgs,
    ) -> Result<QuotaResult, HandlerError> {
        let mut grants = self.grants.lock().unwrap_or_else(PoisonError::into_inner);
        if grants.since.elapsed() >= self.params.caching_interval {
            *grants = Grants::none();
        }
        // Each combination of dimensions is a quota of its own. Their `Debug` is sorted.
        let quota = format!("{} {:?}", instance.name, instance.dimensions);
        let by_id = grants.by_quota.entry(quota).or_default();
        let left = i64::from(self.uses) - by_id.values().sum::<i64>();
        // A request that is repeated has the same id and is granted once.
        let amount = *by_id.entry(args.dedup_id).or_insert(match args.amount {
            amount if amount <= left => amount,
            _ if args.best_effort => left,
            _ => 0,
        });
        println!(
            "  gatekeeper: {} asked for, {left} left, {amount} granted",
            args.amount
        );
        Ok(QuotaResult::grant(amount, self.params.caching_interval))
    }
}

impl Grants {
    fn none() -> Grants {
        Grants {
            since: Instant::now(),
            by_quota: HashMap::new(),
        }
    }
}

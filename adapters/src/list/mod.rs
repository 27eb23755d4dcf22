//! Checks whether something is in a list: Mixer's `list`, whose name in an operator's YAML is
//! `listchecker`.
//!
//! The list is in the configuration, or on a server from which it is fetched again and again, or
//! both. A request is allowed if its value is in a whitelist, or in no blacklist; else it is denied
//! with PERMISSION_DENIED and `… is not whitelisted` or `… is blacklisted`. Among addresses, what is
//! none is denied with INVALID_ARGUMENT.
//!
//! # A list on a server
//! It is UTF-8 with an entry in each line; blanks around an entry and empty lines don't count, and
//! there are no comments. A list of addresses may also be YAML or JSON with the key `whitelist`:
//!
//! ```yaml
//! whitelist:
//! - 10.10.11.2
//! - 9.9.9.0/28
//! ```
//!
//! - The first requests wait for the first list for a second at most. No other request waits: a list
//!   is fetched beside them, and holds once it is there, whole and read.
//! - If it can't be fetched, the list in force stays until its `ttl` is over. The next attempt is made
//!   a second later, then two, four, … up to the `refresh_interval`. A list is not taken of which a
//!   line is wrong, that is a web page, or has more than 32 MiB.
//! - Without a list in force, a value that is among the `overrides` is answered as ever. Any other
//!   is an error, UNAVAILABLE with the reason, to which the [`FailPolicy`] applies.
//! - Redirects are followed, except from https to http. An `ETag` is sent back, so that a list that is
//!   the same need not be sent. Of https the roots are those of the system, or those that
//!   `SSL_CERT_FILE` names; that needs the feature `https`.
//!
//! # Params
//! | field | default | what |
//! |---|---|---|
//! | `provider_url` | none | where the list is |
//! | `refresh_interval` | `60s` | how often it is fetched, a second at least |
//! | `ttl` | `300s` | how long it holds if it can't be fetched; not less than `refresh_interval` |
//! | `caching_interval` | `300s` | how long Mixer's caller may use the answer for equal requests |
//! | `caching_use_count` | 10000 | how many times |
//! | `overrides` | none | entries that are in the list whatever the server says |
//! | `entry_type` | `STRINGS` | `STRINGS`, `CASE_INSENSITIVE_STRINGS`, `IP_ADDRESSES` (addresses and networks) or `REGEX` (in the syntax of the crate [`regex`], of which a match anywhere in the value counts) |
//! | `blacklist` | `false` | whether what is in the list is denied, not allowed |
//!
//! Zero of `caching_interval` or of `caching_use_count` means that every request is asked about.
//!
//! # Metrics
//! `mixer_adapter_listchecker__fetched_total` and `…__not_fetched_total` count attempts,
//! `…__entries` are those of the list in force, and `…__fetched_timestamp_seconds` is when it was last
//! seen to be current, in seconds since 1970.
//!
//! # An operator's configuration
//! ```yaml
#![doc = include_str!("../../yaml/list.yaml")]
//! ```
//!
//! [`FailPolicy`]: adapter_runtime::FailPolicy

mod entries;
mod fetch;
mod networks;
mod provider;
#[cfg(feature = "https")]
mod tls;

use std::sync::Arc;
use std::time::Duration;

use adapter_runtime::Lookup;
use adapter_runtime::prelude::*;
use adapter_runtime::template::listentry;
use http::Uri;

use entries::{Candidate, Entries};

/// The list.
#[derive(AdapterConfig, Clone, Debug)]
pub struct Params {
    /// Where the list is, if it is not in `overrides`.
    #[config(tag = 1, format = "url")]
    pub provider_url: String,
    /// How often it is fetched.
    #[config(tag = 2, default = "60s")]
    pub refresh_interval: Duration,
    /// How long it holds if it can't be fetched.
    #[config(tag = 3, default = "300s")]
    pub ttl: Duration,
    /// How long an answer may be used for equal requests.
    #[config(tag = 4, default = "300s")]
    pub caching_interval: Duration,
    /// How many times it may be used.
    #[config(tag = 5, default = 10_000, min = 0)]
    pub caching_use_count: i32,
    /// Entries that are in the list whatever the server says.
    #[config(tag = 6)]
    pub overrides: Vec<String>,
    /// What the entries are.
    #[config(tag = 7)]
    pub entry_type: EntryType,
    /// Whether what is in the list is denied, not allowed.
    #[config(tag = 8)]
    pub blacklist: bool,
}

/// What the entries of a list are.
#[derive(AdapterConfig, Clone, Copy, Debug, PartialEq, Eq)]
#[config(name = "ListEntryType")]
pub enum EntryType {
    /// Texts.
    Strings,
    /// Texts whose case doesn't matter.
    CaseInsensitiveStrings,
    /// Addresses and networks.
    IpAddresses,
    /// Regular expressions.
    Regex,
}

/// Checks whether something is in a list.
#[mixer_adapter(
    name = "listchecker",
    package = "adapter.list.config",
    templates = ["listentry"]
)]
#[derive(Debug)]
pub struct List {
    entry_type: EntryType,
    overrides: Entries,
    /// The list on the server, if there is one.
    provided: Option<Lookup<(), Arc<Entries>>>,
    blacklist: bool,
    cache: Cache,
}

impl Adapter for List {
    type Config = Params;

    fn validate(params: &Params, _: &InstanceTypes, errors: &mut ConfigErrors) {
        let (refresh, ttl) = (params.refresh_interval, params.ttl);
        if let Ok(uri) = params.provider_url.parse::<Uri>() {
            let scheme = uri.scheme_str().unwrap_or_default();
            if scheme != "http" && (scheme != "https" || cfg!(not(feature = "https"))) {
                let message = match scheme {
                    "https" => {
                        "this program was built without the feature `https`: write `http://…`"
                    }
                    _ => "a list is fetched by HTTP: write `http://…` or `https://…`",
                };
                errors.push("provider_url", message);
            }
            if refresh < Duration::from_secs(1) {
                let message = format!("must be at least 1s, got {refresh:?}");
                errors.push("refresh_interval", message);
            }
            if ttl < refresh {
                let message =
                    format!("must be at least `refresh_interval`, {refresh:?}, got {ttl:?}");
                errors.push("ttl", message);
            }
        } else if !params.provider_url.is_empty() {
            errors.push("provider_url", "has characters that a URL doesn't have");
        }
        for (at, entry) in params.overrides.iter().enumerate() {
            if let Err((_, error)) = Entries::of(params.entry_type, [(at, &**entry)].into_iter()) {
                errors.push(format!("overrides[{at}]"), error);
            }
        }
    }

    async fn build(params: Params, setup: Setup) -> Result<List, BuildError> {
        let entries = params.overrides.iter().enumerate();
        let entries = entries.map(|(at, entry)| (at, &**entry));
        let entries = entries.filter(|(_, entry)| !entry.is_empty());
        let overrides = Entries::of(params.entry_type, entries);
        let (overrides, _) = overrides.map_err(|(at, error)| {
            let message = format!("overrides[{at}]: {error}");
            BuildError::new(Code::InvalidArgument, message)
        })?;
        let provided = match params.provider_url.is_empty() {
            true => None,
            false => Some(provider::keep_fresh(&params, &setup.env).await?),
        };
        Ok(List {
            entry_type: params.entry_type,
            overrides,
            provided,
            blacklist: params.blacklist,
            cache: Cache::For {
                duration: params.caching_interval,
                uses: params.caching_use_count.unsigned_abs(),
            },
        })
    }
}

impl listentry::Handler for List {
    async fn handle_list_entry(
        &self,
        _: &Call,
        instance: listentry::Instance,
    ) -> Result<CheckResult, HandlerError> {
        let text = instance.value.to_string();
        let verdict = match Candidate::new(self.entry_type, &instance.value, &text) {
            Some(candidate) => self.verdict(&candidate, &text)?,
            None => {
                let message = format!("{text} is not a valid IP address");
                CheckResult::deny(Code::InvalidArgument, message)
            }
        };
        Ok(verdict.cache(self.cache))
    }
}

impl List {
    fn verdict(&self, candidate: &Candidate<'_>, text: &str) -> Result<CheckResult, HandlerError> {
        let deny = |what: &str| CheckResult::deny(Code::PermissionDenied, format!("{text} {what}"));
        Ok(match (self.contains(candidate)?, self.blacklist) {
            (true, false) | (false, true) => CheckResult::allow(),
            (false, false) => deny("is not whitelisted"),
            (true, true) => deny("is blacklisted"),
        })
    }

    fn contains(&self, candidate: &Candidate<'_>) -> Result<bool, HandlerError> {
        if self.overrides.contains(candidate) {
            return Ok(true);
        }
        let Some(provided) = &self.provided else {
            return Ok(false);
        };
        match provided.known(&()) {
            Some(Ok(entries)) => Ok(entries.contains(candidate)),
            Some(Err(error)) => Err(error),
            None => {
                let message = "there is no list in force, it is being fetched";
                Err(HandlerError::new(Code::Unavailable, message))
            }
        }
    }
}

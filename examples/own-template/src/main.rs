//! Templates of one's own, and an adapter for each: a check that answers with an attribute beside
//! its verdict, and an attribute generator. `info` lists them, `serve` serves them.

mod templates;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::process::ExitCode;

use adapter_runtime::prelude::*;

use crate::templates::{caller, keyval};

/// What is known.
#[derive(AdapterConfig)]
struct Params {
    /// The values by key.
    #[config(tag = 1)]
    table: BTreeMap<String, String>,
}

/// Looks keys up, lets through what it finds, and says what that was.
///
/// An operator's rule can put the value into a header of the request: with an action called `x`,
/// `values: [ x.output.value ]`.
#[mixer_adapter(name = "keyval", templates = [crate::templates::keyval], package = "keyval")]
struct KeyValue {
    table: BTreeMap<String, String>,
}

impl Adapter for KeyValue {
    type Config = Params;

    async fn build(params: Params, _: Setup) -> Result<KeyValue, BuildError> {
        Ok(KeyValue {
            table: params.table,
        })
    }
}

impl keyval::Handler for KeyValue {
    async fn handle_keyval(
        &self,
        _: &Call,
        instance: keyval::Instance,
    ) -> Result<(CheckResult, keyval::Output), HandlerError> {
        Ok(match self.table.get(instance.key.as_str()) {
            Some(value) => {
                let value = Some(value.as_str().into());
                (CheckResult::allow(), keyval::Output { value })
            }
            None => {
                let message = format!("`{}` is not known", instance.key);
                let denial = CheckResult::deny(Code::NotFound, message);
                (denial, keyval::Output::default())
            }
        })
    }
}

/// Tells callers from inside a private network from those on the internet.
#[mixer_adapter(name = "caller", templates = [crate::templates::caller])]
struct Caller;

impl Adapter for Caller {
    type Config = NoConfig;

    async fn build(_: NoConfig, _: Setup) -> Result<Caller, BuildError> {
        Ok(Caller)
    }
}

impl caller::Handler for Caller {
    async fn generate_caller_attributes(
        &self,
        _: &Call,
        instance: caller::Instance,
    ) -> Result<caller::Output, HandlerError> {
        let Some(address) = instance.ip.to_ip() else {
            // Nothing is known, and the operator's binding says what to do about that:
            // `caller.internal: $out.internal | false`.
            return Ok(caller::Output::default());
        };
        let internal = match address {
            IpAddr::V4(v4) => v4.is_private() || v4.is_loopback(),
            IpAddr::V6(v6) => v6.is_unique_local() || v6.is_loopback(),
        };
        Ok(caller::Output {
            // An answer too where it is `false`: only what is `None` is left out.
            internal: Some(internal),
            zone: Some(if internal { "mesh" } else { "internet" }.into()),
        })
    }
}

fn main() -> ExitCode {
    adapter_runtime::main()
}

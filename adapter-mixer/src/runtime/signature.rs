//! Whether a handler can live on when the configuration changes.

use std::sync::Arc;

use crate::config::{Handler, HandlerAdapter, Instance};

/// What a handler was built from, as bytes: the adapter, its params, and the params of the instances
/// that rules send to it. Equal ones mean that it needs not be built again.
///
/// Maps are encoded in the order of their keys, so that a file that is written anew with the same
/// content changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Signature(Vec<u8>);

impl Signature {
    /// `instances` are in the order of their names, which are not part of it themselves.
    pub(super) fn of(handler: &Handler, instances: &[Arc<Instance>]) -> Signature {
        let mut bytes = Vec::new();
        let mut part = |part: &[u8]| {
            bytes.extend((part.len() as u64).to_le_bytes());
            bytes.extend(part);
        };
        part(handler.adapter_name().as_bytes());
        match &handler.adapter {
            HandlerAdapter::Compiled(it) => part(&it.encoded),
            HandlerAdapter::Remote(it) => {
                part(it.config.as_deref().unwrap_or_default());
                part(format!("{:?}", it.connection).as_bytes());
            }
        }
        for instance in instances {
            part(instance.template.name().as_bytes());
            part(&instance.encoded);
        }
        Signature(bytes)
    }
}

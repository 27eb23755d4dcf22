//! Reports.

use std::collections::BTreeMap;
use std::time::Instant;

use adapter_runtime::template::Variety;
use futures_util::stream::{FuturesUnordered, StreamExt};

use super::super::callee::{Asked, Built};
use super::{Destination, DispatchErrors, Request, Session};

/// The instances of all bags of a report, by where they go.
#[derive(Default)]
pub(crate) struct Batches<'s> {
    /// By the number of the destination.
    by_destination: BTreeMap<usize, (&'s Destination, Vec<Built>)>,
}

impl Session<'_> {
    /// Adds the instances of one bag. One that can't be built is an error, and left out.
    pub(crate) fn buffer<'s>(
        &'s self,
        request: Request<'_>,
        batches: &mut Batches<'s>,
    ) -> Result<(), DispatchErrors> {
        let attributes = request.attributes;
        let mut errors = DispatchErrors::default();
        for namespace in self
            .namespaces(attributes, Variety::Report)
            .into_iter()
            .flatten()
        {
            let mut pending = Vec::new();
            let destinations = namespace.destinations(Variety::Report);
            self.collect(destinations, attributes, &mut pending, &mut errors);
            for it in pending {
                let number = it.destination.number;
                let batch = batches.by_destination.entry(number);
                let (_, instances) = batch.or_insert_with(|| (it.destination, Vec::new()));
                instances.push(it.instance);
            }
        }
        errors.or(())
    }

    /// Makes one call for each destination.
    pub(crate) async fn flush(
        &self,
        batches: Batches<'_>,
        deadline: Option<Instant>,
    ) -> Result<(), DispatchErrors> {
        let batches = batches.by_destination.into_values();
        let mut calls: FuturesUnordered<_> = batches
            .map(|(destination, instances)| {
                self.call(destination, Asked::Report(instances), deadline)
            })
            .collect();
        let mut errors = DispatchErrors::default();
        while let Some(outcome) = calls.next().await {
            if let Err(error) = outcome {
                errors.push(error);
            }
        }
        errors.or(())
    }
}

//! The same with tonic and prost, as tonic's generator has it.

use std::collections::HashMap;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::task::{Context, Poll};

use adapter_runtime::proto::{model, policy};
use bytes::Bytes;
use prost::Message;
use tonic::body::Body;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::{Grpc, NamedService, UnaryService};

use super::work;
use tests::client::Raw;

/// `HandleListEntryRequest`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Check {
    #[prost(message, optional, tag = "1")]
    instance: Option<Entry>,
    #[prost(message, optional, tag = "2")]
    adapter_config: Option<prost_types::Any>,
    #[prost(string, tag = "3")]
    dedup_id: String,
}

#[derive(Clone, PartialEq, Message)]
struct Entry {
    #[prost(message, optional, tag = "1")]
    value: Option<policy::Value>,
    #[prost(string, tag = "72295727")]
    name: String,
}

/// `HandleMetricRequest`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Report {
    #[prost(message, repeated, tag = "1")]
    instances: Vec<Metric>,
    #[prost(message, optional, tag = "2")]
    adapter_config: Option<prost_types::Any>,
    #[prost(string, tag = "3")]
    dedup_id: String,
}

#[derive(Clone, PartialEq, Message)]
struct Metric {
    #[prost(message, optional, tag = "1")]
    value: Option<policy::Value>,
    #[prost(map = "string, message", tag = "2")]
    dimensions: HashMap<String, policy::Value>,
    #[prost(string, tag = "3")]
    monitored_resource_type: String,
    #[prost(map = "string, message", tag = "4")]
    monitored_resource_dimensions: HashMap<String, policy::Value>,
    #[prost(string, tag = "72295727")]
    name: String,
}

/// `HandleQuotaRequest`.
#[derive(Clone, PartialEq, Message)]
pub(super) struct Quota {
    #[prost(message, optional, tag = "1")]
    instance: Option<Dimensions>,
    #[prost(message, optional, tag = "2")]
    adapter_config: Option<prost_types::Any>,
    #[prost(string, tag = "3")]
    dedup_id: String,
    #[prost(message, optional, tag = "4")]
    quota_request: Option<model::QuotaRequest>,
}

#[derive(Clone, PartialEq, Message)]
struct Dimensions {
    #[prost(map = "string, message", tag = "1")]
    dimensions: HashMap<String, policy::Value>,
    #[prost(string, tag = "72295727")]
    name: String,
}

/// What a service answers to its requests.
pub(super) trait Method: Message + Default + Clone {
    const SERVICE: &'static str;

    fn answer(&self) -> Vec<u8>;
}

impl Method for Check {
    const SERVICE: &'static str = "listentry.HandleListEntryService";

    fn answer(&self) -> Vec<u8> {
        model::CheckResult::default().encode_to_vec()
    }
}

impl Method for Report {
    const SERVICE: &'static str = "metric.HandleMetricService";

    fn answer(&self) -> Vec<u8> {
        Vec::new()
    }
}

impl Method for Quota {
    const SERVICE: &'static str = "quota.HandleQuotaService";

    fn answer(&self) -> Vec<u8> {
        let asked = self.quota_request.iter().flat_map(|it| &it.quotas);
        let granted = asked.map(|(name, params)| {
            let granted = model::quota_result::Result {
                granted_amount: params.amount,
                ..Default::default()
            };
            (name.clone(), granted)
        });
        let quotas = granted.collect();
        model::QuotaResult { quotas }.encode_to_vec()
    }
}

/// A service that allows everything.
#[derive(Clone)]
pub(super) struct Allow<M> {
    heavy: bool,
    method: PhantomData<fn() -> M>,
}

impl<M> Allow<M> {
    pub(super) fn new(heavy: bool) -> Allow<M> {
        Allow {
            heavy,
            method: PhantomData,
        }
    }
}

impl<M: Method + 'static> UnaryService<Bytes> for Allow<M> {
    type Response = Bytes;
    type Future = Ready<Result<tonic::Response<Bytes>, tonic::Status>>;

    fn call(&mut self, request: tonic::Request<Bytes>) -> Self::Future {
        let request = M::decode(request.into_inner()).expect("a request");
        let request = std::hint::black_box(request);
        if self.heavy {
            work();
        }
        ready(Ok(tonic::Response::new(request.answer().into())))
    }
}

impl<M: Method> NamedService for Allow<M> {
    const NAME: &'static str = M::SERVICE;
}

impl<M: Method + 'static> Service<http::Request<Body>> for Allow<M> {
    type Response = http::Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<Self::Response, Infallible>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let allow = self.clone();
        Box::pin(async move { Ok(Grpc::new(Raw).unary(allow, request).await) })
    }
}

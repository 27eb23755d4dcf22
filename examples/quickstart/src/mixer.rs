//! What stands for Mixer: a gRPC client that sends captured requests.

use std::error::Error;
use std::net::SocketAddr;
use std::time::Duration;

use adapter_runtime::proto::model::{CheckResult, QuotaResult};
use bytes::{Buf, BufMut, Bytes};
use http::uri::PathAndQuery;
use prost::Message;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};

/// No answer takes this long.
const TIMEOUT: Duration = Duration::from_secs(10);

/// A connection to the adapters.
pub(crate) struct Mixer(Grpc<Channel>);

impl Mixer {
    pub(crate) async fn connect(address: SocketAddr) -> Result<Mixer, tonic::transport::Error> {
        let endpoint = Endpoint::from_shared(format!("http://{address}"))?;
        let endpoint = endpoint.connect_timeout(TIMEOUT).timeout(TIMEOUT);
        Ok(Mixer(Grpc::new(endpoint.connect().await?)))
    }

    /// Reports a metric.
    pub(crate) async fn report(&mut self) -> Result<(), Box<dyn Error>> {
        let request = include_bytes!("../captures/walkthrough_HandleMetric.bin");
        self.call("/metric.HandleMetricService/HandleMetric", request)
            .await?;
        println!("  answer: OK\n");
        Ok(())
    }

    /// Asks whether a request is to pass.
    pub(crate) async fn check(&mut self) -> Result<(), Box<dyn Error>> {
        let request = include_bytes!("../captures/list_ok_HandleListEntry.bin");
        let answer = self.call("/listentry.HandleListEntryService/HandleListEntry", request);
        let result = CheckResult::decode(answer.await?)?;
        let status = result.status.unwrap_or_default();
        let verdict = match status.code {
            0 => "allow".to_owned(),
            code => format!("deny with code {code}, {}", status.message),
        };
        let (seconds, uses) = (seconds(result.valid_duration)?, result.valid_use_count);
        println!("  answer: {verdict}; valid for {seconds} s and {uses} uses\n");
        Ok(())
    }

    /// Asks for an amount of a quota.
    pub(crate) async fn quota(&mut self) -> Result<(), Box<dyn Error>> {
        let request = include_bytes!("../captures/quota_ok_HandleQuota.bin");
        let answer = self.call("/quota.HandleQuotaService/HandleQuota", request);
        let mut result = QuotaResult::decode(answer.await?)?;
        let name = "rq.instance.istio-system";
        let quota = result
            .quotas
            .remove(name)
            .ok_or("no answer for the quota")?;
        let (amount, seconds) = (quota.granted_amount, seconds(quota.valid_duration)?);
        println!("  answer: {name}: {amount} granted, valid for {seconds} s\n");
        Ok(())
    }

    async fn call(&mut self, path: &'static str, request: &'static [u8]) -> Result<Bytes, String> {
        println!("{path}, {} bytes", request.len());
        let failed = |status: Status| format!("{path}: {:?}, {}", status.code(), status.message());
        let request = Request::new(Bytes::from_static(request));
        let Mixer(grpc) = self;
        grpc.ready().await.map_err(|error| error.to_string())?;
        let answer = grpc.unary(request, PathAndQuery::from_static(path), AsIs);
        Ok(answer.await.map_err(failed)?.into_inner())
    }
}

fn seconds<D: TryInto<Duration>>(duration: Option<D>) -> Result<f64, D::Error> {
    let duration = duration.map_or(Ok(Duration::ZERO), D::try_into)?;
    Ok(duration.as_secs_f64())
}

/// Sends and receives messages as they are.
struct AsIs;

impl Codec for AsIs {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = AsIs;
    type Decoder = AsIs;

    fn encoder(&mut self) -> AsIs {
        AsIs
    }

    fn decoder(&mut self) -> AsIs {
        AsIs
    }
}

impl Encoder for AsIs {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, out: &mut EncodeBuf<'_>) -> Result<(), Status> {
        out.put(message);
        Ok(())
    }
}

impl Decoder for AsIs {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, input: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(input.copy_to_bytes(input.remaining())))
    }
}

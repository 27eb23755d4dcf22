//! What stands for Mixer: a gRPC client that sends captured requests.

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
        let channel = endpoint
            .connect_timeout(TIMEOUT)
            .timeout(TIMEOUT)
            .connect()
            .await?;
        Ok(Mixer(Grpc::new(channel)))
    }

    /// Reports a metric.
    pub(crate) async fn report(&mut self) -> Result<(), Status> {
        let request = include_bytes!("../captures/walkthrough_HandleMetric.bin");
        self.call("/metric.HandleMetricService/HandleMetric", request)
            .await?;
        println!("  answer: OK\n");
        Ok(())
    }

    /// Asks whether a request is to pass.
    pub(crate) async fn check(&mut self) -> Result<(), Status> {
        let request = include_bytes!("../captures/list_ok_HandleListEntry.bin");
        let answer = self.call("/listentry.HandleListEntryService/HandleListEntry", request);
        let result: CheckResult = decode(answer.await?)?;
        let status = result.status.unwrap_or_default();
        match status.code {
            0 => print!("  answer: allow"),
            code => print!("  answer: deny with code {code}, {}", status.message),
        }
        let seconds = seconds(result.valid_duration);
        println!(
            "; valid for {seconds} s and {} uses\n",
            result.valid_use_count
        );
        Ok(())
    }

    /// Asks for an amount of a quota.
    pub(crate) async fn quota(&mut self) -> Result<(), Status> {
        let request = include_bytes!("../captures/quota_ok_HandleQuota.bin");
        let answer = self.call("/quota.HandleQuotaService/HandleQuota", request);
        let result: QuotaResult = decode(answer.await?)?;
        for (name, quota) in result.quotas {
            let (amount, seconds) = (quota.granted_amount, seconds(quota.valid_duration));
            println!("  answer: {name}: {amount} granted, for {seconds:.1} s\n");
        }
        Ok(())
    }

    async fn call(&mut self, path: &'static str, request: &'static [u8]) -> Result<Bytes, Status> {
        println!("{path}, {} bytes", request.len());
        self.0
            .ready()
            .await
            .map_err(|error| Status::unavailable(error.to_string()))?;
        let request = Request::new(Bytes::from_static(request));
        let answer = self
            .0
            .unary(request, PathAndQuery::from_static(path), AsIs)
            .await?;
        Ok(answer.into_inner())
    }
}

fn decode<M: Message + Default>(answer: Bytes) -> Result<M, Status> {
    M::decode(answer).map_err(|error| Status::internal(format!("not a valid answer: {error}")))
}

fn seconds(duration: Option<impl TryInto<Duration>>) -> f64 {
    let duration = duration.and_then(|duration| duration.try_into().ok());
    duration.unwrap_or_default().as_secs_f64()
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

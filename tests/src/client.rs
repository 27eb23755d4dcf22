//! A gRPC client that sends bytes as they are: tonic's, so that the server is not tested against
//! its own idea of gRPC.

use std::net::SocketAddr;

use bytes::{Buf, BufMut, Bytes};
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic::{Code, Request, Status, Streaming};

use crate::certificates::{Authority, Identity};

/// The method of the template `metric`.
pub const METRIC: &str = "/metric.HandleMetricService/HandleMetric";
/// The method of the template `quota`.
pub const QUOTA: &str = "/quota.HandleQuotaService/HandleQuota";
/// The method of the template `listentry`.
pub const LIST_ENTRY: &str = "/listentry.HandleListEntryService/HandleListEntry";

/// A connection to a server.
#[derive(Clone, Debug)]
pub struct Client {
    channel: Channel,
}

impl Client {
    /// Connects.
    ///
    /// # Panics
    /// If nobody listens there.
    pub async fn connect(address: SocketAddr) -> Client {
        let endpoint = Endpoint::from_shared(format!("http://{address}")).expect("a valid address");
        Client {
            channel: endpoint.connect().await.expect("the server listens"),
        }
    }

    /// Connects over TLS, to a server that must be called `name` and have a certificate of the
    /// authority; with a certificate of its own if there is one.
    ///
    /// # Errors
    /// There is no connection.
    pub async fn connect_tls(
        address: SocketAddr,
        name: &str,
        authority: &Authority,
        own: Option<&Identity>,
    ) -> Result<Client, tonic::transport::Error> {
        let mut tls = ClientTlsConfig::new()
            .ca_certificate(Certificate::from_pem(&authority.pem))
            .domain_name(name);
        if let Some(Identity { cert, key }) = own {
            tls = tls.identity(tonic::transport::Identity::from_pem(cert, key));
        }
        let endpoint = Endpoint::from_shared(format!("https://{address}"))?;
        let channel = endpoint.tls_config(tls)?.connect().await?;
        Ok(Client { channel })
    }

    /// A connection that is already there.
    #[must_use]
    pub fn of(channel: Channel) -> Client {
        Client { channel }
    }

    /// Calls a method that answers with any number of messages; the answer to one message.
    ///
    /// # Errors
    /// The status, if it isn't OK.
    pub async fn stream(
        &self,
        path: &'static str,
        message: &[u8],
    ) -> Result<Streaming<Bytes>, Status> {
        let mut grpc = Grpc::new(self.channel.clone());
        grpc.ready()
            .await
            .map_err(|error| Status::unavailable(error.to_string()))?;
        let path = http::uri::PathAndQuery::from_static(path);
        let request = Request::new(Bytes::copy_from_slice(message));
        Ok(grpc
            .server_streaming(request, path, Raw)
            .await?
            .into_inner())
    }

    /// Calls a unary method with a message's bytes; the answer's bytes or the status.
    ///
    /// # Errors
    /// The status, if it isn't OK.
    pub async fn call(&self, path: &'static str, message: &[u8]) -> Result<Bytes, Status> {
        self.send(path, Request::new(Bytes::copy_from_slice(message)))
            .await
    }

    /// Calls a unary method with a request that has its own metadata.
    ///
    /// # Errors
    /// The status, if it isn't OK.
    pub async fn send(&self, path: &'static str, request: Request<Bytes>) -> Result<Bytes, Status> {
        let mut grpc = Grpc::new(self.channel.clone());
        grpc.ready()
            .await
            .map_err(|error| Status::unavailable(error.to_string()))?;
        let path = http::uri::PathAndQuery::from_static(path);
        Ok(grpc.unary(request, path, Raw).await?.into_inner())
    }

    /// Calls a method that must fail; its code and message.
    ///
    /// # Panics
    /// If it succeeds.
    pub async fn fail(&self, path: &'static str, message: &[u8]) -> (Code, String) {
        let status = self
            .call(path, message)
            .await
            .expect_err("the call must fail");
        (status.code(), status.message().to_owned())
    }
}

/// Messages as bytes, for either side.
#[derive(Clone, Copy, Debug)]
pub struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Raw;
    type Decoder = Raw;

    fn encoder(&mut self) -> Raw {
        Raw
    }

    fn decoder(&mut self) -> Raw {
        Raw
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}

//! Trace spans: the parts of a distributed trace.
//!
//! Mixer sends one call for many requests, each instance what one proxy saw of one request. The ids
//! come from the headers that proxies pass on, usually those of Zipkin. For the operator's side see
//! Istio's [tracespan template].
//!
//! # Example
//! ```
//! use adapter_runtime::prelude::*;
//! use adapter_runtime::template::tracespan;
//!
//! /// Prints every span.
//! #[mixer_adapter(templates = ["tracespan"])]
//! pub struct Printer;
//!
//! impl Adapter for Printer {
//!     type Config = NoConfig;
//!
//!     async fn build(_: NoConfig, _: Setup) -> Result<Self, BuildError> {
//!         Ok(Printer)
//!     }
//! }
//!
//! impl tracespan::Handler for Printer {
//!     async fn handle_trace_span(
//!         &self,
//!         _: &Call,
//!         instances: Vec<tracespan::Instance>,
//!     ) -> Result<(), HandlerError> {
//!         for span in instances {
//!             let kind = if span.client_span { "client" } else { "server" };
//!             println!("{}/{} {} {kind} {}", span.trace_id, span.span_id, span.span_name, span.http_status_code);
//!         }
//!         Ok(())
//!     }
//! }
//! # fn main() {}
//! ```
//!
//! [tracespan template]: https://archive.istio.io/v1.3/docs/reference/config/policy-and-telemetry/templates/tracespan/

use crate::mixer_template;
use crate::value::{IpAddress, Map, Str, TimeStamp, Value};

/// One span.
#[mixer_template(report, package = "traceSpan", crate = crate)]
pub struct Instance {
    /// The trace that the span belongs to.
    #[field(1)]
    pub trace_id: Str,
    /// The span, unique within its trace.
    #[field(2)]
    pub span_id: Str,
    /// The span that this one is part of; empty for the first one of a trace.
    #[field(3)]
    pub parent_span_id: Str,
    /// What the span is about, such as the path of the request.
    #[field(4)]
    pub span_name: Str,
    /// When it began.
    #[field(5)]
    pub start_time: TimeStamp,
    /// When it ended.
    #[field(6)]
    pub end_time: TimeStamp,
    /// What else the span says.
    #[field(7)]
    pub span_tags: Map<Value>,
    /// The status of HTTP that the request was answered with.
    #[field(8, name = "httpStatusCode")]
    pub http_status_code: i64,
    /// Whether the calling side saw it, and not the one that was called.
    #[field(9)]
    pub client_span: bool,
    /// Whether an adapter is to make a new id for a span of the calling side, because both sides
    /// reported the same one.
    #[field(10)]
    pub rewrite_client_span_id: bool,
    /// Who called.
    #[field(11)]
    pub source_name: Str,
    /// The address of who called.
    #[field(12)]
    pub source_ip: IpAddress,
    /// Who was called.
    #[field(13)]
    pub destination_name: Str,
    /// The address of who was called.
    #[field(14)]
    pub destination_ip: IpAddress,
    /// The request's body in bytes.
    #[field(15)]
    pub request_size: i64,
    /// The whole request in bytes.
    #[field(16)]
    pub request_total_size: i64,
    /// The answer's body in bytes.
    #[field(17)]
    pub response_size: i64,
    /// The whole answer in bytes.
    #[field(18)]
    pub response_total_size: i64,
    /// The protocol, such as `http` or `grpc`.
    #[field(19)]
    pub api_protocol: Str,
}

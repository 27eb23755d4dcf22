//! Checks and reports sent to a Mixer: what `mixc` sends, and what it prints about the answers.
//!
//! ```no_run
//! use adapter_mixer::attribute::Bag;
//! use adapter_mixer::client::{self, AttributeFlag, Client};
//! use adapter_mixer::proto::mixer::CheckRequest;
//! use adapter_mixer::remote::Connection;
//!
//! # async fn sends() -> Result<(), Box<dyn std::error::Error>> {
//! let mut attributes = Bag::new();
//! AttributeFlag::Auto.read("request.path=/shop,request.size=12", &mut attributes)?;
//! let mixer = Client::new(&Connection::plain("localhost:9091"))?;
//! let request = CheckRequest {
//!     attributes: Some(client::message(&attributes)),
//!     ..CheckRequest::default()
//! };
//! print!("{}", client::check_text(&mixer.check(&request).await));
//! # Ok(())
//! # }
//! ```

#[cfg(feature = "cli")]
mod args;
mod attributes;
mod json;
mod text;

use std::fmt;

use bytes::Bytes;
use prost::Message;

use crate::proto::mixer::referenced_attributes::Condition;
use crate::proto::mixer::{
    CheckRequest, CheckResponse, ReferencedAttributes, ReportRequest, ReportResponse,
};
use crate::remote::call_error::{code, code_name};
use crate::remote::caller::{Caller, PREFIX};
use crate::remote::{CallError, Connection, RemoteBuildError};

#[cfg(feature = "cli")]
pub use args::{AttributeArgs, CheckArgs, ReportArgs, RunError};
pub use attributes::{AttributeFlag, FlagError, message, quotas};
pub use json::{check_json, report_json};
pub use text::{check_text, report_text};

/// A connection to a Mixer. It is made with the first call, and again whenever it breaks.
pub struct Client {
    caller: Caller,
}

impl Client {
    /// Files of certificates and tokens are read now; nothing is connected yet.
    ///
    /// # Errors
    /// The address is empty, or what the two are to trust each other by can't be read.
    pub fn new(connection: &Connection) -> Result<Client, RemoteBuildError> {
        let caller = Caller::new(connection)?;
        Ok(Client { caller })
    }

    /// Asks whether a request may go on, and for quotas.
    ///
    /// # Errors
    /// Mixer can't be reached, or the check fails, or the answer can't be read.
    pub async fn check(&self, request: &CheckRequest) -> Result<CheckResponse, CallError> {
        self.call("/istio.mixer.v1.Mixer/Check", request).await
    }

    /// Tells what happened to requests.
    ///
    /// # Errors
    /// As [`Client::check`].
    pub async fn report(&self, request: &ReportRequest) -> Result<(), CallError> {
        let answered = self.call("/istio.mixer.v1.Mixer/Report", request).await;
        answered.map(|ReportResponse {}| ())
    }

    async fn call<A: Message + Default>(
        &self,
        path: &str,
        request: &impl Message,
    ) -> Result<A, CallError> {
        let mut message = vec![0; PREFIX];
        message.reserve(request.encoded_len());
        // A vector has room for whatever fits into memory.
        let _ = request.encode(&mut message);
        let answer: Bytes = self.caller.call(path, message, None).await?;
        A::decode(answer).map_err(|error| CallError::Status {
            code: code::INTERNAL,
            message: format!("grpc: failed to unmarshal the received message {error}"),
        })
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("address", &self.caller.address())
            .finish_non_exhaustive()
    }
}

/// An attribute that an answer depends on: its name, the key for a string map, and the condition.
type Referenced<'a> = (&'a str, Option<&'a str>, String);

/// What an answer depends on, in the order of the message. What the message has no words for is
/// left out.
fn referenced(message: &ReferencedAttributes) -> impl Iterator<Item = Referenced<'_>> {
    let word = |index: i32| match usize::try_from(index) {
        Ok(global) => crate::attribute::GLOBAL_WORDS.get(global).copied(),
        Err(_) => {
            let own = usize::try_from(!index).ok()?;
            message.words.get(own).map(String::as_str)
        }
    };
    message.attribute_matches.iter().filter_map(move |it| {
        let key = match it.map_key {
            0 => None,
            key => Some(word(key)?),
        };
        let condition = match Condition::try_from(it.condition) {
            Ok(condition) => condition.as_str_name().to_owned(),
            Err(_) => it.condition.to_string(),
        };
        Some((word(it.name)?, key, condition))
    })
}

fn duration(span: Option<&prost_types::Duration>) -> adapter_runtime::value::Duration {
    let span = span.copied().unwrap_or_default();
    adapter_runtime::value::Duration::new(span.seconds, span.nanos)
}

/// The name and the message of a failed call.
fn told(error: &CallError) -> (String, String) {
    match error {
        CallError::Status { code, message } => (code_name(*code).into_owned(), message.clone()),
        other => ("Unknown".to_owned(), other.to_string()),
    }
}

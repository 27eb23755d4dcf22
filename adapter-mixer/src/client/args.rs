//! The flags of `mixc check` and `mixc report`, and what they do.

use std::future::Future;
use std::time::Duration;

use clap::{Args, ValueEnum};
use futures_util::future::join_all;
use tokio::time::{Instant, sleep_until};

use super::{
    AttributeFlag, Client, FlagError, check_json, check_text, message, quotas, report_json,
    report_text,
};
use crate::attribute::Bag;
use crate::proto::mixer::check_request::QuotaParams;
use crate::proto::mixer::{CheckRequest, CompressedAttributes, ReportRequest};
use crate::remote::{Connection, RemoteBuildError};

/// The attributes of a request.
#[derive(Args, Clone, Debug, Default)]
#[non_exhaustive]
pub struct AttributeArgs {
    /// Attributes of whatever type fits: name1=value1,name2=value2,...
    #[arg(
        short,
        long,
        value_name = "LIST",
        default_value = "",
        hide_default_value = true
    )]
    pub attributes: String,
    /// Strings: name1=value1,name2=value2,...
    #[arg(
        short,
        long = "string_attributes",
        value_name = "LIST",
        default_value = "",
        hide_default_value = true
    )]
    pub string_attributes: String,
    /// Whole numbers: name1=1,name2=2,...
    #[arg(
        short,
        long = "int64_attributes",
        value_name = "LIST",
        default_value = "",
        hide_default_value = true
    )]
    pub int64_attributes: String,
    /// Numbers: name1=1.5,name2=2.5,...
    #[arg(
        short,
        long = "double_attributes",
        value_name = "LIST",
        default_value = "",
        hide_default_value = true
    )]
    pub double_attributes: String,
    /// Bools: name1=true,name2=false,...
    #[arg(
        short,
        long = "bool_attributes",
        value_name = "LIST",
        default_value = "",
        hide_default_value = true
    )]
    pub bool_attributes: String,
    /// Times: name1=2006-01-02T15:04:05Z,...
    #[arg(
        short,
        long = "timestamp_attributes",
        value_name = "LIST",
        default_value = "",
        hide_default_value = true
    )]
    pub timestamp_attributes: String,
    /// Durations: name1=250ms,name2=1h30m,...
    #[arg(
        long = "duration_attributes",
        value_name = "LIST",
        default_value = "",
        hide_default_value = true
    )]
    pub duration_attributes: String,
    /// Bytes: name1=4b:2f,name2=00,...
    #[arg(
        long = "bytes_attributes",
        value_name = "LIST",
        default_value = "",
        hide_default_value = true
    )]
    pub bytes_attributes: String,
    /// String maps: name1=key1:value1;key2:value2,...
    #[arg(
        long = "stringmap_attributes",
        value_name = "LIST",
        default_value = "",
        hide_default_value = true
    )]
    pub stringmap_attributes: String,
}

impl AttributeArgs {
    /// The attributes. Of those that are given twice the last one counts, in the order of
    /// [`AttributeFlag::ALL`].
    ///
    /// # Errors
    /// A flag is none.
    pub fn bag(&self) -> Result<Bag<'static>, FlagError> {
        let mut attributes = Bag::new();
        for flag in AttributeFlag::ALL {
            let list = match flag {
                AttributeFlag::Auto => &self.attributes,
                AttributeFlag::String => &self.string_attributes,
                AttributeFlag::Int64 => &self.int64_attributes,
                AttributeFlag::Double => &self.double_attributes,
                AttributeFlag::Bool => &self.bool_attributes,
                AttributeFlag::TimeStamp => &self.timestamp_attributes,
                AttributeFlag::Duration => &self.duration_attributes,
                AttributeFlag::Bytes => &self.bytes_attributes,
                AttributeFlag::StringMap => &self.stringmap_attributes,
            };
            flag.read(list, &mut attributes)?;
        }
        Ok(attributes)
    }
}

/// What checks and reports have in common.
#[derive(Args, Clone, Debug)]
struct Requests {
    /// Where Mixer listens
    #[arg(short, long, value_name = "ADDRESS", default_value = "localhost:9091")]
    mixer: String,
    #[command(flatten)]
    attributes: AttributeArgs,
    /// How often the request is sent
    #[arg(short, long, value_name = "COUNT", default_value_t = 1)]
    repeat: u32,
    /// How many send it at the same time, each as often as that
    #[arg(short, long, value_name = "COUNT", default_value_t = 1)]
    concurrency: u32,
    /// The most that each of them sends in a second; unlimited if it isn't above 0
    #[arg(long, value_name = "COUNT", default_value_t = -1, allow_negative_numbers = true)]
    rate: i32,
    /// Whether answers are shown
    #[arg(
        long = "print_response",
        value_name = "BOOL",
        default_value_t = true,
        default_missing_value = "true",
        num_args = 0..=1,
        require_equals = true,
        action = clap::ArgAction::Set
    )]
    print_response: bool,
    /// The most requests that are told with one report
    #[arg(long = "report_batch_size", value_name = "COUNT", default_value_t = 1)]
    report_batch_size: u32,
    /// How answers are shown
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value_t = Output::Text)]
    output: Output,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Output {
    /// As `mixc` shows them
    Text,
    /// A line for each, for programs
    Json,
}

/// The flags of `mixc check`.
#[derive(Args, Clone, Debug)]
pub struct CheckArgs {
    #[command(flatten)]
    requests: Requests,
    /// Quotas to be allocated: name1=amount1,name2=amount2,...
    #[arg(
        short,
        long,
        value_name = "LIST",
        default_value = "",
        hide_default_value = true
    )]
    quotas: String,
}

/// The flags of `mixc report`.
#[derive(Args, Clone, Debug)]
pub struct ReportArgs {
    #[command(flatten)]
    requests: Requests,
}

/// Why nothing was sent. Programs exit with 255 then, as `mixc` does.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// A flag with attributes or quotas makes no sense.
    #[error(transparent)]
    Flag(#[from] FlagError),
    /// There would be nobody to send something.
    #[error("concurrency has to be at least 1")]
    Concurrency,
    /// Reports would be empty.
    #[error("report_batch_size has to be at least 1")]
    BatchSize,
    /// What the address is wrong with.
    #[error("Unable to establish connection to {0}: {1}")]
    Address(String, RemoteBuildError),
}

impl CheckArgs {
    /// The same, sent to another address.
    #[must_use]
    pub fn to(mut self, mixer: impl Into<String>) -> CheckArgs {
        self.requests.mixer = mixer.into();
        self
    }

    /// Sends the checks and shows the answers, each with its line breaks. That a call fails is an
    /// answer, too.
    ///
    /// # Errors
    /// Nothing was sent.
    pub async fn run(&self, show: impl Fn(&str)) -> Result<(), RunError> {
        let params = |amount| QuotaParams {
            amount,
            best_effort: true,
        };
        let quotas = quotas(&self.quotas)?;
        let quotas: Vec<_> = quotas
            .into_iter()
            .map(|(name, amount)| (name, params(amount)))
            .collect();
        let requests = &self.requests;
        let (client, attributes) = requests.prepare()?;
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let salt = u64::from(now.unwrap_or_default().subsec_nanos());
        let check = async |index: u32, _| {
            let request = CheckRequest {
                attributes: Some(attributes.clone()),
                deduplication_id: (salt + u64::from(index)).to_string(),
                quotas: quotas.iter().cloned().collect(),
                ..CheckRequest::default()
            };
            let answer = client.check(&request).await;
            // Failures are shown in any case.
            if requests.print_response || answer.is_err() {
                show(&match requests.output {
                    Output::Text => check_text(&answer),
                    Output::Json => format!("{}\n", check_json(&answer)),
                });
            }
        };
        requests.send(1, check).await;
        Ok(())
    }
}

impl ReportArgs {
    /// The same, sent to another address.
    #[must_use]
    pub fn to(mut self, mixer: impl Into<String>) -> ReportArgs {
        self.requests.mixer = mixer.into();
        self
    }

    /// Sends the reports and shows the answers, each with its line breaks. That a call fails is an
    /// answer, too.
    ///
    /// # Errors
    /// Nothing was sent.
    pub async fn run(&self, show: impl Fn(&str)) -> Result<(), RunError> {
        let requests = &self.requests;
        let (client, attributes) = requests.prepare()?;
        let report = async |_, count: u32| {
            let request = ReportRequest {
                attributes: vec![attributes.clone(); count as usize],
                ..ReportRequest::default()
            };
            let answer = client.report(&request).await;
            if requests.print_response {
                show(&match requests.output {
                    Output::Text => report_text(&answer),
                    Output::Json => format!("{}\n", report_json(&answer)),
                });
            }
        };
        requests.send(requests.report_batch_size, report).await;
        Ok(())
    }
}

impl Requests {
    fn prepare(&self) -> Result<(Client, CompressedAttributes), RunError> {
        let attributes = message(&self.attributes.bag()?);
        if self.concurrency < 1 {
            return Err(RunError::Concurrency);
        }
        if self.report_batch_size < 1 {
            return Err(RunError::BatchSize);
        }
        let client = Client::new(&Connection::plain(self.mixer.as_str()));
        let client = client.map_err(|error| RunError::Address(self.mixer.clone(), error))?;
        Ok((client, attributes))
    }

    /// Sends everything, as fast as it may. `one` gets the index of the first request, and how many
    /// it is to send at once.
    async fn send<F: Future<Output = ()>>(&self, batch: u32, one: impl Fn(u32, u32) -> F) {
        let worker = async || {
            let rate = u32::try_from(self.rate).unwrap_or_default();
            let mut pace = Pace::new(rate, Instant::now());
            let mut index = 0;
            while index < self.repeat {
                if let Some(pace) = &mut pace {
                    sleep_until(pace.due(Instant::now())).await;
                }
                let count = batch.min(self.repeat - index);
                one(index, count).await;
                index += count;
            }
        };
        join_all((0..self.concurrency).map(|_| worker())).await;
    }
}

/// Keeps to a number of requests a second. As many may come at once.
struct Pace {
    period: Duration,
    next: Instant,
}

impl Pace {
    fn new(rate: u32, now: Instant) -> Option<Pace> {
        let period = Duration::from_secs(1).checked_div(rate)?;
        Some(Pace { period, next: now })
    }

    /// When the next request is due. What isn't used for a second is lost.
    fn due(&mut self, now: Instant) -> Instant {
        let burst = Duration::from_secs(1).saturating_sub(self.period);
        let next = self.next.max(now);
        self.next = next + self.period;
        now.max(next.checked_sub(burst).unwrap_or(now))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::Pace;

    #[test]
    fn a_second_has_no_more_requests_than_the_rate() {
        let start = Instant::now();
        let mut pace = Pace::new(10, start).expect("a rate");
        for _ in 0..10 {
            assert_eq!(pace.due(start), start);
        }
        let mut now = start;
        for _ in 0..15 {
            now = pace.due(now);
        }
        assert_eq!(now - start, Duration::from_millis(1500));
        now += Duration::from_secs(60);
        for _ in 0..10 {
            assert_eq!(pace.due(now), now);
        }
        assert_eq!(pace.due(now) - now, Duration::from_millis(100));
        assert!(Pace::new(0, start).is_none());
    }
}

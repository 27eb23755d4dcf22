//! What adapters answer.

use std::fmt;

use adapter_runtime::proto::model::{CheckResult, QuotaResult, ReportResult};
use adapter_runtime::template::Variety;

use super::output::{Output, OutputLayout};
use super::read::{Field, Fields, WireValue};

/// What an adapter answered to a call.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Answer {
    /// A verdict.
    Check(CheckResult),
    /// Grants, by the full names of instances.
    Quota(QuotaResult),
    /// Nothing but that the report has arrived.
    Report,
    /// Attributes.
    Output(Output),
    /// A verdict and attributes.
    CheckWithOutput(CheckResult, Output),
}

impl Answer {
    pub(super) fn read(
        variety: Variety,
        output: Option<&OutputLayout>,
        bytes: &[u8],
    ) -> Result<Answer, UnreadableAnswer> {
        let outputs = |bytes| match output {
            Some(output) => output.read(bytes),
            None => Ok(Output::default()),
        };
        Ok(match variety {
            Variety::Check => Answer::Check(decode(bytes)?),
            Variety::Quota => Answer::Quota(decode(bytes)?),
            Variety::Report => {
                let ReportResult {} = decode(bytes)?;
                Answer::Report
            }
            Variety::AttributeGenerator => Answer::Output(outputs(bytes)?),
            Variety::CheckWithOutput => {
                let (mut result, mut output) = (CheckResult::default(), Output::default());
                for field in Fields::of(bytes) {
                    match field? {
                        Field {
                            number: 1,
                            value: WireValue::Bytes(bytes),
                        } => merge(&mut result, bytes)?,
                        Field {
                            number: 2,
                            value: WireValue::Bytes(bytes),
                        } => output = outputs(bytes)?,
                        Field {
                            number,
                            value: WireValue::Bytes(_),
                        } => {
                            let error = format!("unexpected field number {number}");
                            return Err(UnreadableAnswer::several(error));
                        }
                        _ => {}
                    }
                }
                Answer::CheckWithOutput(result, output)
            }
            other => {
                let error = format!("the variety {other} has no answer");
                return Err(UnreadableAnswer::once(error));
            }
        })
    }
}

fn decode<M: prost::Message + Default>(bytes: &[u8]) -> Result<M, UnreadableAnswer> {
    let mut message = M::default();
    merge(&mut message, bytes)?;
    Ok(message)
}

fn merge<M: prost::Message>(message: &mut M, bytes: &[u8]) -> Result<(), UnreadableAnswer> {
    message.merge(bytes).map_err(|error| {
        // What is cut off has the name that Go gives it, whatever was being read.
        let cut_off = Fields::of(bytes).find_map(Result::err);
        cut_off.unwrap_or_else(|| UnreadableAnswer::once(error.to_string()))
    })
}

/// Why bytes are not the answer of an adapter. Displayed as Mixer reports it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableAnswer {
    problem: String,
    /// Mixer could have found more than one, and writes them as a list.
    several: bool,
}

impl UnreadableAnswer {
    pub(super) fn once(problem: impl Into<String>) -> UnreadableAnswer {
        UnreadableAnswer {
            problem: problem.into(),
            several: false,
        }
    }

    pub(super) fn several(problem: impl Into<String>) -> UnreadableAnswer {
        UnreadableAnswer {
            problem: problem.into(),
            several: true,
        }
    }
}

impl fmt::Display for UnreadableAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.several {
            true => write!(f, "1 error occurred:\n\t* {}\n\n", self.problem),
            false => f.write_str(&self.problem),
        }
    }
}

impl std::error::Error for UnreadableAnswer {}

//! What an adapter decides: the decision log, and what shadow mode would have refused.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prost::Message;

use super::failures::{Failures, Outcome};
use super::peer::Peer;
use crate::code::Code;
use crate::proto::model;
use crate::status::{Status, shortened};
use crate::template::open::instance_name;
use crate::template::{TemplateInfo, Variety};
use crate::wire::{bytes, message, skip};

/// What an adapter decides about a request.
#[derive(Debug)]
pub(super) struct Verdict {
    code: Code,
    /// Of an error, which shadow mode logs.
    error: Option<Status>,
}

impl Verdict {
    pub(super) fn of(variety: Variety, answer: &Result<Vec<u8>, Status>) -> Verdict {
        match answer {
            Ok(answer) => Verdict {
                code: code(variety, answer),
                error: None,
            },
            Err(status) => Verdict {
                code: status.code(),
                error: Some(status.clone()),
            },
        }
    }

    pub(super) fn refuses(&self) -> bool {
        self.code != Code::Ok
    }

    pub(super) fn code(&self) -> Code {
        self.code
    }
}

/// The code of an answer. A quota that grants nothing is exhausted.
fn code(variety: Variety, answer: &[u8]) -> Code {
    match variety {
        Variety::Quota => {
            let result = model::QuotaResult::decode(answer).unwrap_or_default();
            let granted = result.quotas.values().any(|it| it.granted_amount > 0);
            match granted {
                true => Code::Ok,
                false => Code::ResourceExhausted,
            }
        }
        Variety::CheckWithOutput => {
            let mut code = Code::Ok;
            let _ = message(answer, |number, wire, input| match number {
                1 => {
                    let (result, rest) = bytes(wire, input)?;
                    code = check_code(result);
                    Ok(rest)
                }
                _ => skip(number, wire, input),
            });
            code
        }
        _ => check_code(answer),
    }
}

fn check_code(result: &[u8]) -> Code {
    let result = model::CheckResult::decode(result).unwrap_or_default();
    let code = result.status.map_or(0, |status| status.code);
    Code::from_number(code).unwrap_or(Code::Unknown)
}

/// Chooses a share of the calls: evenly, and none by chance.
#[derive(Debug)]
pub(super) struct Sampler {
    share: f64,
    seen: AtomicU64,
}

impl Sampler {
    pub(super) fn new(share: f64) -> Sampler {
        Sampler {
            share: if share.is_nan() {
                0.0
            } else {
                share.clamp(0.0, 1.0)
            },
            seen: AtomicU64::new(0),
        }
    }

    pub(super) fn is_due(&self) -> bool {
        if self.share == 0.0 {
            return false;
        }
        let seen = self.seen.fetch_add(1, Ordering::Relaxed);
        let due = |calls: u64| (calls as f64 * self.share) as u64;
        due(seen + 1) > due(seen)
    }
}

/// A decision as it is logged: names and the verdict, and no value.
pub(super) struct Decision<'a> {
    pub(super) adapter: &'static str,
    pub(super) template: &'a TemplateInfo,
    pub(super) request: &'a [u8],
    pub(super) peer: &'a Peer,
    pub(super) took: Duration,
    pub(super) verdict: &'a Verdict,
    pub(super) shadowed: bool,
}

impl Decision<'_> {
    /// Logs it, if it was chosen. What shadow mode lets pass is logged in any case, a line now and then.
    pub(super) fn log(&self, failures: &Failures, chosen: bool) {
        let Decision {
            adapter,
            template,
            request,
            peer,
            took,
            verdict,
            shadowed,
        } = self;
        if *shadowed {
            let text = format!("the adapter `{adapter}` refuses the request");
            let status = Status::new(verdict.code, text);
            let status = verdict.error.as_ref().unwrap_or(&status);
            failures.log(template.path, peer, status, Outcome::Shadowed);
        }
        if chosen {
            let instance = instance_name(request);
            tracing::info!(
                target: "decision",
                adapter,
                template = template.name,
                instance = shortened(&instance),
                %peer,
                code = verdict.code.as_str(),
                micros = took.as_micros() as u64,
                shadow = shadowed,
                "decision"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::CheckResult;
    use crate::template::open::open;
    use crate::template::serve::with_output;

    #[test]
    fn a_share_is_chosen_evenly() {
        let chosen = |share: f64| {
            let sampler = Sampler::new(share);
            (0..1000).filter(|_| sampler.is_due()).count()
        };
        assert_eq!(chosen(0.0), 0);
        assert_eq!(chosen(0.01), 10);
        assert_eq!(chosen(0.5), 500);
        assert_eq!(chosen(1.0), 1000);
        assert_eq!(chosen(f64::NAN), 0);
    }

    #[test]
    fn a_verdict_is_read_from_the_answer() {
        let denied = CheckResult::deny(Code::NotFound, "no").to_proto();
        let of = |variety, answer: Vec<u8>| Verdict::of(variety, &Ok(answer)).code();
        assert_eq!(of(Variety::Check, denied.encode_to_vec()), Code::NotFound);
        let with = with_output(&denied, |_| {});
        assert_eq!(of(Variety::CheckWithOutput, with), Code::NotFound);
        assert_eq!(of(Variety::Quota, Vec::new()), Code::ResourceExhausted);
        for variety in [Variety::Check, Variety::CheckWithOutput] {
            let allowed = open(variety, b"").expect("an answer");
            assert_eq!(of(variety, allowed), Code::Ok);
        }
    }
}

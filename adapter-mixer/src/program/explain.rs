//! The command `explain`.

use std::error::Error;
use std::io;
use std::process::ExitCode;

use clap::Args;

use super::source::SourceArgs;
use super::{Format, has_color, print};
use crate::client::{AttributeArgs, quotas};
use crate::explain::{Cause, Verb};
use crate::runtime::QuotaRequest;

#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  explain -a request.path=/admin                      with what `manifest operator` makes
  explain --config operatorconfig -a request.path=/   with an operator's resources
  explain --report -a response.code=500               a report, not a check
  explain --quota requestcount=1                      a quota

Exit codes: 0 adapters were asked and nobody objects, 1 anything else.")]
pub(super) struct ExplainArgs {
    #[command(flatten)]
    source: SourceArgs,
    #[command(flatten)]
    attributes: AttributeArgs,
    /// Explain a report
    #[arg(long, conflicts_with = "quota")]
    report: bool,
    /// Explain a request for a quota
    #[arg(long, value_name = "NAME=AMOUNT")]
    quota: Option<String>,
    /// How to show it
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    output: Format,
}

impl ExplainArgs {
    pub(super) async fn run(self) -> Result<ExitCode, Box<dyn Error>> {
        let attributes = self.attributes.bag()?;
        let verb = match &self.quota {
            None if self.report => Verb::Report,
            None => Verb::Check,
            Some(quota) => {
                let quotas = quotas(quota)?;
                let Some((name, amount)) = quotas.into_iter().next() else {
                    return Err("write the name of the quota and an amount, as `calls=1`".into());
                };
                Verb::Quota(QuotaRequest {
                    name,
                    amount,
                    best_effort: true,
                    deduplication_id: String::new(),
                })
            }
        };
        let mixer = self.source.mixer().await?;
        let explanation = mixer.explain(verb, &attributes).await;
        mixer.shutdown().await;
        print(&match self.output {
            Format::Json => format!("{:#}\n", explanation.to_json()),
            Format::Text => {
                let width = terminal_size::terminal_size_of(io::stdout());
                let width = width.map_or(100, |(width, _)| width.0.into());
                explanation.render(has_color(&io::stdout()), width)
            }
        })?;
        Ok(match explanation.headline.cause {
            Cause::Served => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        })
    }
}

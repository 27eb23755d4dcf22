//! The command `validate`.

use std::error::Error;
use std::process::ExitCode;

use super::args::{ProblemFormat, ValidateArgs};
use super::problems;
use crate::document::Problems;
use crate::registry::Registry;
use crate::validate::{self, Validator};

pub(super) fn run(args: &ValidateArgs, registry: &Registry) -> Result<ExitCode, Box<dyn Error>> {
    let mut validator = Validator::new().with_adapters(registry);
    let mut found = Problems::new();
    let documents = validate::read(&args.files, &validator, &mut found)?;
    validator.validate(&documents, &mut found);
    found.sort();
    match args.output {
        ProblemFormat::Json => {
            super::print(&format!("{}\n", serde_json::to_string_pretty(&found)?))?;
        }
        ProblemFormat::Text if found.is_empty() => {
            let documents = match documents.len() {
                1 => "1 document".to_owned(),
                count => format!("{count} documents"),
            };
            super::print(&format!("{documents}, no problems\n"))?;
        }
        ProblemFormat::Text => problems::print(&found),
    }
    Ok(match found.has_errors() {
        true => ExitCode::FAILURE,
        false => ExitCode::SUCCESS,
    })
}

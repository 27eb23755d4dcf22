//! The command `import`.

use std::error::Error;
use std::process::ExitCode;

use super::args::ImportArgs;
use super::problems;

/// Prints the structs, or what is wrong with the file.
pub(super) fn run(args: &ImportArgs) -> Result<ExitCode, Box<dyn Error>> {
    match crate::import::rust_struct(&args.file, &args.includes) {
        Ok(text) => {
            super::print(&text)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(found) => {
            problems::print(&found);
            Ok(ExitCode::FAILURE)
        }
    }
}

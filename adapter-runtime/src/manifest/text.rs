//! Documents of YAML as one text.

use serde::Serialize;

use super::Options;
use crate::document::to_yaml;

/// Documents, below a line that says what made them.
pub(super) struct Text {
    text: String,
    documents: usize,
}

impl Text {
    pub(super) fn new(options: &Options) -> Text {
        Text {
            text: format!("# {}\n", made_by(options)),
            documents: 0,
        }
    }

    /// Adds a document, below a comment.
    pub(super) fn add(&mut self, comment: &str, value: &impl Serialize) -> &mut Text {
        let yaml = to_yaml(value).expect("the keys of resources are texts");
        self.add_text(comment, &yaml)
    }

    /// Adds a document that is text already.
    pub(super) fn add_text(&mut self, comment: &str, yaml: &str) -> &mut Text {
        if self.documents > 0 {
            self.text.push_str("---\n");
        }
        self.documents += 1;
        for line in comment.lines() {
            self.text.push_str(format!("# {line}").trim_end());
            self.text.push('\n');
        }
        self.text.push_str(yaml);
        self
    }

    pub(super) fn finish(&mut self) -> String {
        std::mem::take(&mut self.text)
    }
}

/// What made a file, and where it is to be changed.
pub(super) fn made_by(options: &Options) -> String {
    let command = match options.command.as_str() {
        "" => format!("{} manifest all", options.program),
        command => command.to_owned(),
    };
    format!("{MADE_BY}{command}`: change the program, not this file.")
}

/// With what the first line of a file begins, after the sign of a comment.
pub(super) const MADE_BY: &str = "Made by `";

//! Answers in the words and columns of `mixc`.

use std::fmt::Write as _;

use adapter_runtime::Code;
use adapter_runtime::proto::rpc::Status;

use super::{duration, referenced, told};
use crate::proto::mixer::CheckResponse;
use crate::remote::CallError;

/// What `mixc check` prints, with its line breaks. Quotas are sorted by name.
#[must_use]
pub fn check_text(answer: &Result<CheckResponse, CallError>) -> String {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return format!("Check RPC failed with: {}\n", failure(error)),
    };
    let mut text = String::new();
    let precondition = answer.precondition.clone().unwrap_or_default();
    let status = status(&precondition.status.unwrap_or_default());
    let uses = precondition.valid_use_count;
    let valid = duration(precondition.valid_duration.as_ref());
    let references = precondition.referenced_attributes.unwrap_or_default();
    let mut references: Vec<_> = referenced(&references)
        .map(|(name, key, condition)| match key {
            Some(key) => format!("{name}::{key} {condition}"),
            None => format!("{name} {condition}"),
        })
        .collect();
    references.sort_unstable();
    // Writing to a string can't fail.
    let _ = writeln!(
        text,
        "Check RPC completed successfully. Check status was {status}\n  \
         Valid use count: {uses}, valid duration: {valid}\n  Referenced Attributes"
    );
    for reference in references {
        let _ = writeln!(text, "    {reference}");
    }
    text.push('\n');
    if answer.quotas.is_empty() {
        return text;
    }
    let heading = ["Quota", "Granted Amount", "Duration"].map(str::to_owned);
    let rows = answer.quotas.iter().map(|(name, quota)| {
        let valid = duration(quota.valid_duration.as_ref());
        [
            name.clone(),
            quota.granted_amount.to_string(),
            valid.to_string(),
        ]
    });
    let rows: Vec<_> = std::iter::once(heading).chain(rows).collect();
    let width = |column: usize| {
        let widths = rows.iter().map(|row| row[column].chars().count());
        widths.max().unwrap_or_default() + 2
    };
    let (first, second) = (width(0), width(1));
    for [name, amount, valid] in &rows {
        let _ = writeln!(text, "  {name:first$}{amount:second$}{valid}");
    }
    text.push('\n');
    text
}

/// What `mixc report` prints, with its line break.
#[must_use]
pub fn report_text(answer: &Result<(), CallError>) -> String {
    match answer {
        Ok(()) => "Report RPC returned OK\n".to_owned(),
        Err(error) => format!("Report RPC returned {}\n", failure(error)),
    }
}

fn failure(error: &CallError) -> String {
    let (name, message) = told(error);
    with_message(name, &message)
}

fn status(status: &Status) -> String {
    let name = match Code::from_number(status.code) {
        Some(code) => code.to_string(),
        None => format!("Code {}", status.code),
    };
    with_message(name, &status.message)
}

fn with_message(name: String, message: &str) -> String {
    match message {
        "" => name,
        message => format!("{name} ({message})"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{check_text, report_text};
    use crate::proto::mixer::check_response::QuotaResult;
    use crate::proto::mixer::referenced_attributes::AttributeMatch;
    use crate::proto::mixer::{CheckResponse, ReferencedAttributes};
    use crate::remote::CallError;

    #[test]
    fn what_is_unusual_is_shown_too() {
        let failed = |code, message: &str| CallError::Status {
            code,
            message: message.to_owned(),
        };
        assert_eq!(
            check_text(&Err(failed(99, ""))),
            "Check RPC failed with: Code(99)\n"
        );
        assert_eq!(
            report_text(&Err(failed(13, "no\nmore"))),
            "Report RPC returned Internal (no\nmore)\n"
        );

        let mut answer = CheckResponse::default();
        let grant = |granted_amount| QuotaResult {
            granted_amount,
            ..QuotaResult::default()
        };
        answer.quotas = BTreeMap::from([("é".to_owned(), grant(1)), ("ab".to_owned(), grant(-20))]);
        let precondition = answer.precondition.get_or_insert_default();
        precondition.status.get_or_insert_default().code = 77;
        let matched = |name, map_key, condition| AttributeMatch {
            name,
            map_key,
            condition,
            ..AttributeMatch::default()
        };
        precondition.referenced_attributes = Some(ReferencedAttributes {
            words: vec!["own".to_owned()],
            attribute_matches: vec![
                matched(-1, 1, 3),
                matched(-1, 0, 9),
                // Without a word.
                matched(-2, 0, 1),
                matched(i32::MIN, 0, 1),
                matched(i32::MAX, 0, 1),
            ],
        });
        let expected = "\
Check RPC completed successfully. Check status was Code 77
  Valid use count: 0, valid duration: 0s
  Referenced Attributes
    own 9
    own::source.port REGEX

  Quota  Granted Amount  Duration
  ab     -20             0s
  é      1               0s

";
        assert_eq!(check_text(&Ok(answer)), expected);
    }
}

//! Log entries and metrics as lines of text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use adapter_runtime::prelude::*;
use adapter_runtime::value::TimeStamp;

use super::Level;

/// The lines of one report.
pub(super) struct Lines<'a> {
    json: bool,
    /// Which fields are written, and their names; all if there are none.
    names: &'a BTreeMap<String, String>,
    text: String,
    count: u64,
}

impl<'a> Lines<'a> {
    pub(super) fn new(json: bool, names: &'a BTreeMap<String, String>) -> Lines<'a> {
        Lines {
            json,
            names,
            text: String::new(),
            count: 0,
        }
    }

    /// The lines, each with its end, and how many there are.
    pub(super) fn finish(self) -> (String, u64) {
        (self.text, self.count)
    }

    /// Adds a line; a metric has a value before its fields.
    pub(super) fn push(
        &mut self,
        time: TimeStamp,
        level: Level,
        instance: &str,
        value: Option<&Value>,
        fields: &[(&str, &Value)],
    ) {
        let level = match level {
            Level::Info => "info",
            Level::Warning => "warn",
            Level::Error => "error",
        };
        // Writing to a string can't fail.
        if self.json {
            let _ = write!(self.text, r#"{{"level":"{level}","time":"{time}""#);
            if !instance.is_empty() {
                self.text.push_str(r#","instance":"#);
                text(instance, &mut self.text);
            }
        } else {
            let _ = write!(self.text, "{time}\t{level}");
            if !instance.is_empty() {
                self.text.push('\t');
                // It is the sender's, and must not make lines of its own.
                self.text
                    .extend(instance.chars().filter(|c| !c.is_control()));
            }
        }
        let (mut before, separator, colon) = match self.json {
            true => (",", ",", ":"),
            false => ("\t{", ", ", ": "),
        };
        let mut is_object = self.json;
        let value = value.map(|value| ("value", value));
        for (name, value) in value.into_iter().chain(fields.iter().copied()) {
            let Some(name) = self.name(name) else {
                continue;
            };
            self.text.push_str(before);
            text(name, &mut self.text);
            self.text.push_str(colon);
            json(value, &mut self.text);
            before = separator;
            is_object = true;
        }
        self.text.push_str(if is_object { "}\n" } else { "\n" });
        self.count += 1;
    }

    /// Under which name a field is written, if it is; the value of a metric always is.
    fn name<'n>(&self, name: &'n str) -> Option<&'n str>
    where
        'a: 'n,
    {
        match self.names.get(name) {
            Some(other) if other.is_empty() => Some(name),
            Some(other) => Some(other),
            None if self.names.is_empty() || name == "value" => Some(name),
            None => None,
        }
    }
}

/// A value as JSON.
fn json(value: &Value, out: &mut String) {
    match value {
        Value::Unset => out.push_str("null"),
        Value::StringMap(map) => {
            let mut next = "{";
            for (key, value) in map.sorted() {
                out.push_str(next);
                text(key, out);
                out.push(':');
                text(value, out);
                next = ",";
            }
            out.push_str(if map.is_empty() { "{}" } else { "}" });
        }
        Value::Int64(_) | Value::Bool(_) => {
            let _ = write!(out, "{value}");
        }
        Value::Double(number) if number.is_finite() => {
            let _ = write!(out, "{value}");
        }
        _ => match value.as_str() {
            Some(own) => text(own, out),
            None => text(&value.to_string(), out),
        },
    }
}

/// A text as JSON.
fn text(text: &str, out: &mut String) {
    out.push_str(&serde_json::to_string(text).expect("a text is JSON"));
}

#[cfg(test)]
mod tests {
    use adapter_runtime::value::{DnsName, Duration, IpAddress, Map, Str};

    use super::*;

    const TIME: TimeStamp = TimeStamp::new(1_503_309_840, 249_000_999);

    fn line(
        json: bool,
        names: &[(&str, &str)],
        value: Option<Value>,
        fields: Map<Value>,
    ) -> String {
        let owned = |(name, other): &(&str, &str)| ((*name).to_owned(), (*other).to_owned());
        let names = names.iter().map(owned).collect();
        let mut lines = Lines::new(json, &names);
        let level = Level::Warning;
        lines.push(
            TIME,
            level,
            "a.instance.ns",
            value.as_ref(),
            &fields.sorted(),
        );
        let (text, count) = lines.finish();
        assert_eq!(count, 1);
        text.strip_suffix('\n').expect("a line").to_owned()
    }

    fn everything() -> Map<Value> {
        Map::from([
            ("String", Value::from("a \"string\"\n\u{1b}")),
            ("Int64", Value::from(123)),
            ("Double", Value::from(1.23)),
            ("Large", Value::from(1e21)),
            ("NaN", Value::from(f64::NAN)),
            ("Infinite", Value::from(f64::NEG_INFINITY)),
            ("Bool", Value::from(true)),
            ("Time", Value::from(TimeStamp::new(1_503_309_840, 0))),
            ("Duration", Value::from(Duration::new(0, 6_848_000))),
            (
                "StringMap",
                Value::StringMap(Map::<Str>::from([("C", "D"), ("A", "B")])),
            ),
            ("EmptyMap", Value::StringMap(Map::new())),
            ("Ip", Value::IpAddress(IpAddress::from(&[10, 1, 2, 3][..]))),
            ("Dns", Value::from(DnsName::from("a.b"))),
            ("Unset", Value::Unset),
        ])
    }

    #[test]
    fn a_line_has_what_mixers_own_writes() {
        let fields = concat!(
            r#""Bool":true,"Dns":"a.b","Double":1.23,"Duration":"6.848ms","EmptyMap":{},"#,
            r#""Infinite":"-Inf","Int64":123,"Ip":"10.1.2.3","Large":1000000000000000000000,"#,
            r#""NaN":"NaN","String":"a \"string\"\n\u001b","StringMap":{"A":"B","C":"D"},"#,
            r#""Time":"2017-08-21T10:04:00.000000Z","Unset":null}"#,
        );
        let found = line(true, &[], None, everything());
        let head = concat!(
            r#"{"level":"warn","time":"2017-08-21T10:04:00.249000Z","#,
            r#""instance":"a.instance.ns","#
        );
        assert_eq!(found, format!("{head}{fields}"));
        serde_json::from_str::<serde_json::Value>(&found).expect("JSON");
        let value = Some(Value::from(5));
        let found = line(
            true,
            &[],
            value.clone(),
            Map::from([("a", Value::from("b"))]),
        );
        assert_eq!(found, format!(r#"{head}"value":5,"a":"b"}}"#));
        let found = line(true, &[], None, Map::new());
        assert_eq!(
            found,
            format!("{}}}", head.strip_suffix(',').expect("a comma"))
        );
        let map = Value::StringMap(Map::<Str>::from([("A", "B"), ("C", "D")]));
        let fields = Map::from([("a", Value::from("b")), ("m", map)]);
        assert_eq!(
            line(false, &[], value, fields),
            "2017-08-21T10:04:00.249000Z\twarn\ta.instance.ns\t\
             {\"value\": 5, \"a\": \"b\", \"m\": {\"A\":\"B\",\"C\":\"D\"}}"
        );
        assert_eq!(
            line(false, &[], None, Map::new()),
            "2017-08-21T10:04:00.249000Z\twarn\ta.instance.ns"
        );
    }

    #[test]
    fn fields_are_chosen_and_renamed() {
        let fields = || {
            Map::from([
                ("latency", Value::from("5ms")),
                ("source", Value::from("a")),
                ("user", Value::from("eve")),
            ])
        };
        let names = &[("latency", "took"), ("source", ""), ("other", "x")];
        let found = line(true, names, None, fields());
        assert!(
            found.ends_with(r#"ns","took":"5ms","source":"a"}"#),
            "{found}"
        );
        let found = line(true, names, Some(Value::from(1)), fields());
        assert!(found.contains(r#""value":1,"took""#), "{found}");
        let found = line(false, &[("value", "count")], Some(Value::from(1)), fields());
        assert!(found.ends_with("\t{\"count\": 1}"), "{found}");
    }

    #[test]
    fn nobody_makes_a_line_of_his_own() {
        let names = BTreeMap::new();
        for json in [true, false] {
            let mut lines = Lines::new(json, &names);
            let value = Value::from("a\nb");
            lines.push(
                TIME,
                Level::Error,
                "a\nb\r\u{1b}",
                None,
                &[("c\nd", &value)],
            );
            let (text, _) = lines.finish();
            assert_eq!(text.lines().count(), 1, "{text}");
            assert!(
                !text
                    .trim_end()
                    .contains(|c: char| c.is_control() && c != '\t')
            );
        }
    }
}

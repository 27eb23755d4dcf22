//! Attributes and quotas as they stand on a command line.

use adapter_runtime::value::{Duration, IpAddress, Map, Str, Value};

use crate::attribute::{Bag, GlobalDictionary, compress};
use crate::language::{quoted, rfc3339};
use crate::proto::mixer::CompressedAttributes;

/// The flags of `mixc` with attributes, by the type of the values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttributeFlag {
    /// Whatever type fits first: an int64, a double, a bool, a time, a duration, bytes, a string
    /// map, and at last a string.
    Auto,
    /// Any text.
    String,
    /// `42`.
    Int64,
    /// `4.2`.
    Double,
    /// `true`, `t` or `1`; `false`, `f` or `0`.
    Bool,
    /// `2006-01-02T15:04:05Z`.
    TimeStamp,
    /// `1h30m`.
    Duration,
    /// `4b:2f`, in hexadecimal digits.
    Bytes,
    /// `key1:value1;key2:value2`.
    StringMap,
}

/// Why a flag makes no sense. Displayed as `mixc` writes it to the standard error, before it exits
/// with 255.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct FlagError {
    text: String,
    help: String,
}

impl FlagError {
    /// What `mixc` doesn't tell: where it is, and what would be right.
    #[must_use]
    pub fn help(&self) -> &str {
        &self.help
    }
}

impl AttributeFlag {
    /// All of them, in the order in which `mixc` reads them. Of an attribute that is given twice the
    /// last one counts.
    pub const ALL: [AttributeFlag; 9] = [
        AttributeFlag::String,
        AttributeFlag::Int64,
        AttributeFlag::Double,
        AttributeFlag::Bool,
        AttributeFlag::TimeStamp,
        AttributeFlag::Duration,
        AttributeFlag::Bytes,
        AttributeFlag::StringMap,
        AttributeFlag::Auto,
    ];

    /// The long name, e.g. `--string_attributes`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            AttributeFlag::Auto => "--attributes",
            AttributeFlag::String => "--string_attributes",
            AttributeFlag::Int64 => "--int64_attributes",
            AttributeFlag::Double => "--double_attributes",
            AttributeFlag::Bool => "--bool_attributes",
            AttributeFlag::TimeStamp => "--timestamp_attributes",
            AttributeFlag::Duration => "--duration_attributes",
            AttributeFlag::Bytes => "--bytes_attributes",
            AttributeFlag::StringMap => "--stringmap_attributes",
        }
    }

    /// Reads a list such as `name1=value1,name2=value2` into a bag. A value has no comma.
    ///
    /// # Errors
    /// A name or a value is missing, or a value is not of the flag's type.
    pub fn read(self, list: &str, attributes: &mut Bag<'_>) -> Result<(), FlagError> {
        for part in list.split(',').filter(|_| !list.is_empty()) {
            let (name, value) = pair(part, "attribute value", self.name())?;
            let value = self.value(value).map_err(|text| FlagError {
                text,
                help: format!(
                    "in `{}`, `{part}` is to have {} behind the `=`",
                    self.name(),
                    self.wanted()
                ),
            })?;
            attributes.insert(name, value);
        }
        Ok(())
    }

    fn wanted(self) -> &'static str {
        match self {
            AttributeFlag::Auto | AttributeFlag::String => "a value",
            AttributeFlag::Int64 => "a whole number, such as `42`,",
            AttributeFlag::Double => "a number, such as `4.2`,",
            AttributeFlag::Bool => "`true` or `false`",
            AttributeFlag::TimeStamp => "a time, such as `2006-01-02T15:04:05Z`,",
            AttributeFlag::Duration => "a duration, such as `1h30m` or `250ms`,",
            AttributeFlag::Bytes => "bytes in hexadecimal digits, such as `4b:2f`,",
            AttributeFlag::StringMap => {
                "keys with their values, such as `key1:value1;key2:value2`,"
            }
        }
    }

    /// A value, or why it is none in the words of Go.
    fn value(self, text: &str) -> Result<Value, String> {
        match self {
            AttributeFlag::Auto => {
                let types = [
                    AttributeFlag::Int64,
                    AttributeFlag::Double,
                    AttributeFlag::Bool,
                    AttributeFlag::TimeStamp,
                    AttributeFlag::Duration,
                    AttributeFlag::Bytes,
                    AttributeFlag::StringMap,
                ];
                let found = types.iter().find_map(|it| it.value(text).ok());
                Ok(found.unwrap_or_else(|| text.into()))
            }
            AttributeFlag::String => Ok(text.into()),
            AttributeFlag::Int64 => int64(text).map(Value::Int64),
            AttributeFlag::Double => double(text).map(Value::Double),
            AttributeFlag::Bool => match text {
                "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(Value::Bool(true)),
                "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(Value::Bool(false)),
                _ => Err(go("ParseBool", text, "invalid syntax")),
            },
            AttributeFlag::TimeStamp => match rfc3339(text) {
                Some(time) => Ok(Value::TimeStamp(time)),
                None => Err(format!(
                    "parsing time {} as \"2006-01-02T15:04:05Z07:00\": cannot parse it",
                    quoted(text.as_bytes())
                )),
            },
            AttributeFlag::Duration => {
                let span: Option<Duration> = text.parse().ok();
                let span = span.filter(|it| i64::try_from(it.as_nanos()).is_ok());
                span.map(Value::Duration)
                    .ok_or_else(|| format!("time: invalid duration {}", quoted(text.as_bytes())))
            }
            AttributeFlag::Bytes => {
                let bytes: Result<Vec<u8>, _> = text.split(':').map(byte).collect();
                bytes.map(|bytes| Value::IpAddress(IpAddress::from(bytes.as_slice())))
            }
            AttributeFlag::StringMap => {
                let mut map = Map::new();
                for pair in text.split(';') {
                    let (key, value) = pair.split_once(':').ok_or_else(|| {
                        format!("{pair} is not a valid key/value pair in the form key:value")
                    })?;
                    map.insert(key, Str::from(value));
                }
                Ok(Value::StringMap(map))
            }
        }
    }
}

/// Attributes as `mixc` sends them: with all words in the message, since it doesn't know which ones
/// the server knows.
#[must_use]
pub fn message(attributes: &Bag<'_>) -> CompressedAttributes {
    compress(attributes.own(), GlobalDictionary::istio(), 0)
}

/// The amounts in a list such as `name1=amount1,name2=amount2`; of equal names the last counts.
///
/// # Errors
/// A name or an amount is missing, or an amount is no number.
pub fn quotas(list: &str) -> Result<Vec<(String, i64)>, FlagError> {
    let mut quotas: Vec<(String, i64)> = Vec::new();
    for part in list.split(',').filter(|_| !list.is_empty()) {
        let (name, amount) = pair(part, "Quota definition", "--quotas")?;
        let amount = int64(amount).map_err(|error| FlagError {
            text: format!("Unable to parse quota value {amount}: {error}"),
            help: format!("in `--quotas`, `{part}` is to have a whole number behind the `=`"),
        })?;
        quotas.retain(|(other, _)| other != name);
        quotas.push((name.to_owned(), amount));
    }
    Ok(quotas)
}

fn pair<'a>(part: &'a str, what: &str, flag: &str) -> Result<(&'a str, &'a str), FlagError> {
    let wrong = |text: &str| FlagError {
        text: format!("{what} {part} does not {text}"),
        help: format!(
            "`{flag}` takes `name=value`, and more of these after commas; a value has no comma"
        ),
    };
    match part.split_once('=') {
        None => Err(wrong("include an = sign")),
        Some(("", _)) => Err(wrong("contain a valid name")),
        Some(pair) => Ok(pair),
    }
}

/// An error as Go tells it.
fn go(function: &str, text: &str, what: &str) -> String {
    let text = quoted(text.as_bytes());
    format!("strconv.{function}: parsing {text}: {what}")
}

/// Whether these are only digits, of which there is one.
fn digits(text: &str, radix: u32) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_digit(radix))
}

fn int64(text: &str) -> Result<i64, String> {
    let what = match text.strip_prefix(['+', '-']).unwrap_or(text) {
        number if digits(number, 10) => "value out of range",
        _ => "invalid syntax",
    };
    text.parse().map_err(|_| go("ParseInt", text, what))
}

fn double(text: &str) -> Result<f64, String> {
    let wrong = |what| go("ParseFloat", text, what);
    let value: f64 = text.parse().map_err(|_| wrong("invalid syntax"))?;
    let unsigned = text.strip_prefix(['+', '-']);
    if value.is_nan() && unsigned.is_some() {
        return Err(wrong("invalid syntax"));
    }
    match value.is_infinite() && text.contains(|c: char| c.is_ascii_digit()) {
        true => Err(wrong("value out of range")),
        false => Ok(value),
    }
}

fn byte(text: &str) -> Result<u8, String> {
    let what = match digits(text, 16) {
        true => "value out of range",
        false => return Err(go("ParseUint", text, "invalid syntax")),
    };
    u8::from_str_radix(text, 16).map_err(|_| go("ParseUint", text, what))
}

#[cfg(test)]
mod tests {
    use super::{AttributeFlag, quotas};
    use crate::attribute::Bag;

    #[test]
    fn errors_say_what_mixc_says_and_what_would_be_right() {
        let error = |flag: AttributeFlag, list| {
            let error = flag.read(list, &mut Bag::new()).expect_err(list);
            (error.to_string(), error.help().to_owned())
        };
        let of = |flag, list| error(flag, list).0;
        assert_eq!(
            error(AttributeFlag::Int64, "a=1,b=x"),
            (
                "strconv.ParseInt: parsing \"x\": invalid syntax".to_owned(),
                "in `--int64_attributes`, `b=x` is to have a whole number, such as `42`, behind \
                 the `=`"
                    .to_owned()
            )
        );
        assert_eq!(
            of(AttributeFlag::Int64, "a=9223372036854775808"),
            "strconv.ParseInt: parsing \"9223372036854775808\": value out of range"
        );
        assert_eq!(
            of(AttributeFlag::Double, "a=1e999"),
            "strconv.ParseFloat: parsing \"1e999\": value out of range"
        );
        assert_eq!(
            of(AttributeFlag::Double, "a=-nan"),
            "strconv.ParseFloat: parsing \"-nan\": invalid syntax"
        );
        assert_eq!(
            of(AttributeFlag::Bytes, "a=12:+3"),
            "strconv.ParseUint: parsing \"+3\": invalid syntax"
        );
        assert_eq!(
            of(AttributeFlag::Duration, "a=2562048h"),
            "time: invalid duration \"2562048h\""
        );
        assert_eq!(
            of(AttributeFlag::String, "a=1,"),
            "attribute value  does not include an = sign"
        );
        assert_eq!(
            quotas("a=1,b=2,a=3"),
            Ok(vec![("b".into(), 2), ("a".into(), 3)])
        );
        assert_eq!(
            quotas("a=x").expect_err("no number").to_string(),
            "Unable to parse quota value x: strconv.ParseInt: parsing \"x\": invalid syntax"
        );
        assert_eq!(quotas(""), Ok(Vec::new()));
    }
}

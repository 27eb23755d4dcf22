//! How values of settings are written.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use tracing::level_filters::LevelFilter;

use super::table::LogFormat;
use crate::fail_policy::FailPolicy;
use crate::suggest::unknown;
use crate::value;

/// A value for all adapters, and others for some of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PerAdapter<T> {
    /// The value of adapters that have none of their own.
    pub all: T,
    /// The values of adapters, by their names.
    pub of: BTreeMap<String, T>,
}

impl<T> PerAdapter<T> {
    /// The same value for all adapters.
    pub fn new(all: T) -> PerAdapter<T> {
        PerAdapter {
            all,
            of: BTreeMap::new(),
        }
    }

    /// The value for the adapter of this name.
    pub fn get(&self, adapter: &str) -> &T {
        self.of.get(adapter).unwrap_or(&self.all)
    }
}

/// How the values of a type are written.
pub(super) trait Kind {
    type Value;
    const PLACEHOLDER: &'static str;
    const LIST: bool = false;

    fn read(text: &str) -> Result<Self::Value, String>;
    fn show(value: &Self::Value) -> String;

    /// From all that was given; of what was not, `default` holds.
    fn read_all(texts: &[String], default: Self::Value) -> Result<Self::Value, String> {
        let _ = default;
        match texts {
            [text] => Self::read(text),
            [] => Err("no value is given".into()),
            _ => Err(format!("{} values are given: write one", texts.len())),
        }
    }

    fn show_all(value: &Self::Value) -> Vec<String> {
        vec![Self::show(value)]
    }
}

macro_rules! kind {
    ($name:ident: $value:ty, $placeholder:literal, $read:expr, $show:expr) => {
        pub(super) struct $name;

        impl Kind for $name {
            type Value = $value;
            const PLACEHOLDER: &'static str = $placeholder;

            fn read(text: &str) -> Result<$value, String> {
                let read: fn(&str) -> Result<$value, String> = $read;
                read(text)
            }

            fn show(value: &$value) -> String {
                let show: fn(&$value) -> String = $show;
                show(value)
            }
        }
    };
}

kind!(Count: usize, "NUMBER", count, |value| value.to_string());
kind!(Bytes: usize, "BYTES", bytes, |value| show_bytes(*value));
kind!(Time: Duration, "DURATION", time, |value| show_time(*value));
kind!(Switch: bool, "BOOL", |text| match text {
    "true" => Ok(true),
    "false" => Ok(false),
    _ => Err(format!("`{text}` is neither `true` nor `false`")),
}, |value| value.to_string());
kind!(Text: String, "TEXT", |text| Ok(text.to_owned()), Clone::clone);
kind!(Address: String, "ADDRESS", |text| Ok(text.to_owned()), Clone::clone);
kind!(Header: http::HeaderName, "NAME", |text| text
    .to_ascii_lowercase()
    .parse()
    .map_err(|_| format!("`{text}` is no name of a header")), ToString::to_string);
kind!(File: PathBuf, "FILE", |text| Ok(text.into()), |path| path.display().to_string());
kind!(Share: f64, "SHARE", |text| match text.parse() {
    Ok(share) if (0.0..=1.0).contains(&share) => Ok(share),
    _ => Err(format!("`{text}` is no share: write a number from 0 to 1")),
}, |value| value.to_string());
kind!(Format: LogFormat, "FORMAT", |text| match text {
    "text" => Ok(LogFormat::Text),
    "json" => Ok(LogFormat::Json),
    _ => Err(unknown("format", text, &["text", "json"])),
}, |value| value.as_str().into());
kind!(Level: LevelFilter, "LEVEL", |text| {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];
    match LEVELS.contains(&text) {
        true => Ok(text.parse().expect("one of the levels")),
        false => Err(unknown("level", text, &LEVELS)),
    }
}, |value| value.to_string());
kind!(Policy: Option<FailPolicy>, "POLICY", |text| match text {
    "adapter" => Ok(None),
    "closed" => Ok(Some(FailPolicy::Closed)),
    "open" => Ok(Some(FailPolicy::Open)),
    _ => Err(unknown("choice", text, &["adapter", "closed", "open"])),
}, |value| value.map_or("adapter", FailPolicy::as_str).into());

/// What may be left out: `none`.
pub(super) struct Maybe<K>(std::marker::PhantomData<K>);

impl<K: Kind> Kind for Maybe<K> {
    type Value = Option<K::Value>;
    const PLACEHOLDER: &'static str = K::PLACEHOLDER;

    fn read(text: &str) -> Result<Self::Value, String> {
        match text {
            "none" => Ok(None),
            _ => K::read(text).map(Some),
        }
    }

    fn show(value: &Self::Value) -> String {
        value.as_ref().map_or("none".into(), K::show)
    }
}

/// As many as one likes, each given apart or with commas between them.
pub(super) struct Several<K>(std::marker::PhantomData<K>);

impl<K: Kind> Kind for Several<K> {
    type Value = Vec<K::Value>;
    const PLACEHOLDER: &'static str = K::PLACEHOLDER;
    const LIST: bool = true;

    fn read(text: &str) -> Result<Self::Value, String> {
        Self::read_all(&[text.to_owned()], Vec::new())
    }

    fn show(values: &Self::Value) -> String {
        Self::show_all(values).join(",")
    }

    fn read_all(texts: &[String], _: Self::Value) -> Result<Self::Value, String> {
        items(texts).map(K::read).collect()
    }

    fn show_all(values: &Self::Value) -> Vec<String> {
        values.iter().map(K::show).collect()
    }
}

/// `VALUE` for all adapters, `NAME=VALUE` for one.
pub(super) struct Each<K>(std::marker::PhantomData<K>);

impl<K: Kind> Kind for Each<K> {
    type Value = PerAdapter<K::Value>;
    const PLACEHOLDER: &'static str = K::PLACEHOLDER;
    const LIST: bool = true;

    fn read(text: &str) -> Result<Self::Value, String> {
        let all = K::read(text)?;
        Ok(PerAdapter::new(all))
    }

    fn show(values: &Self::Value) -> String {
        Self::show_all(values).join(",")
    }

    fn read_all(texts: &[String], default: Self::Value) -> Result<Self::Value, String> {
        let mut all = None;
        let mut of = BTreeMap::new();
        for item in items(texts) {
            let old = match item.split_once('=') {
                Some((name, value)) => of.insert(name.to_owned(), K::read(value)?),
                None => all.replace(K::read(item)?),
            };
            if old.is_some() {
                return Err(format!("`{item}` comes after another value for the same"));
            }
        }
        let all = all.unwrap_or(default.all);
        Ok(PerAdapter { all, of })
    }

    fn show_all(values: &Self::Value) -> Vec<String> {
        let all = std::iter::once(K::show(&values.all));
        let of = values.of.iter();
        all.chain(of.map(|(name, value)| format!("{name}={}", K::show(value))))
            .collect()
    }
}

/// More than any process is given, and less than what the clock can hold.
pub(crate) const LONGEST: Duration = Duration::from_secs(365 * 86_400);

/// Levels as they are written, for adapters of these names.
pub(crate) fn read_levels(
    text: &str,
    adapters: &[&str],
) -> Result<PerAdapter<LevelFilter>, String> {
    let default = PerAdapter::new(LevelFilter::INFO);
    let levels = Each::<Level>::read_all(&[text.to_owned()], default)?;
    match levels
        .of
        .keys()
        .find(|name| !adapters.contains(&name.as_str()))
    {
        Some(name) => Err(unknown("adapter", name, adapters)),
        None => Ok(levels),
    }
}

/// Levels as they are written.
pub(crate) fn show_levels(levels: &PerAdapter<LevelFilter>) -> String {
    Each::<Level>::show(levels)
}

/// What is between commas.
fn items(texts: &[String]) -> impl Iterator<Item = &str> {
    let items = texts.iter().flat_map(|text| text.split(','));
    items.map(str::trim).filter(|item| !item.is_empty())
}

fn count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(0) => Err("`0` would let nothing pass: write 1 or more".into()),
        Ok(count) => Ok(count),
        Err(_) => Err(format!("`{text}` is no number: write e.g. `1024`")),
    }
}

const UNITS: [(&str, usize); 3] = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)];

fn bytes(text: &str) -> Result<usize, String> {
    let unit = UNITS.iter().find(|(unit, _)| text.ends_with(unit));
    let (number, factor) = match unit {
        Some((unit, factor)) => (&text[..text.len() - unit.len()], *factor),
        None => (text, 1),
    };
    let number: Option<usize> = number.trim().parse().ok();
    match number.and_then(|number| number.checked_mul(factor)) {
        Some(0) => Err("`0` bytes would let nothing pass".into()),
        Some(bytes) => Ok(bytes),
        None => Err(format!(
            "`{text}` is no number of bytes: write e.g. `65536`, `64KiB` or `4MiB`"
        )),
    }
}

fn show_bytes(bytes: usize) -> String {
    let unit = UNITS
        .iter()
        .find(|(_, factor)| bytes.is_multiple_of(*factor));
    unit.map_or_else(
        || bytes.to_string(),
        |(unit, factor)| format!("{}{unit}", bytes / factor),
    )
}

fn time(text: &str) -> Result<Duration, String> {
    let parsed: value::Duration = text.parse().map_err(|error| {
        format!("`{text}` is no duration: {error}; write e.g. `10s` or `1m30s`")
    })?;
    let time = Duration::try_from(parsed).map_err(|_| format!("`{text}` is negative"))?;
    match time <= LONGEST {
        true => Ok(time),
        false => Err(format!("`{text}` is more than a year")),
    }
}

fn show_time(time: Duration) -> String {
    let seconds = time.as_secs();
    match time.subsec_nanos() {
        0 if seconds >= 60 && seconds.is_multiple_of(3600) => format!("{}h", seconds / 3600),
        0 if seconds >= 60 && seconds.is_multiple_of(60) => format!("{}m", seconds / 60),
        0 => format!("{seconds}s"),
        _ => value::Duration::new(seconds as i64, time.subsec_nanos() as i32).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        assert_eq!(bytes("4MiB"), Ok(4 << 20));
        assert_eq!(bytes("1000"), Ok(1000));
        assert_eq!(show_bytes(4 << 20), "4MiB");
        assert_eq!(show_bytes(1000), "1000");
        for wrong in ["", "4MB", "-1", "0", "99999999999GiB", "1.5MiB"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn adapters_may_differ() {
        let default = PerAdapter::new(Some(Duration::from_secs(1)));
        let read = |text: &str| Each::<Maybe<Time>>::read_all(&[text.to_owned()], default.clone());
        let times = read("30s, audit=5s,slow=none").expect("three values");
        assert_eq!(times.get("other"), &Some(Duration::from_secs(30)));
        assert_eq!(times.get("audit"), &Some(Duration::from_secs(5)));
        assert_eq!(times.get("slow"), &None);
        assert_eq!(Each::<Maybe<Time>>::show(&times), "30s,audit=5s,slow=none");
        assert_eq!(read("a=2s").map(|times| times.all), Ok(default.all));
        assert!(read("1s,2s").is_err());
        assert!(read("a=1s,a=1s").is_err());
        assert!(read("a=later").is_err());
    }
}

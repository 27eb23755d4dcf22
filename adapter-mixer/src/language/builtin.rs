//! What functions compute. Their arguments have been checked to be of the right types.

use std::borrow::Cow;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use adapter_runtime::value::{IpAddress, TimeStamp};

use super::{dns, email as mail, uri as url};
use crate::attribute::{MapRef, ValueRef};

type Result<'a> = std::result::Result<ValueRef<'a>, String>;

fn text<'v>(values: &'v [ValueRef<'_>], at: usize) -> &'v str {
    values
        .get(at)
        .and_then(ValueRef::as_str)
        .unwrap_or_default()
}

/// The text of a value, moved on as it is: borrowed if it was.
fn same<'a>(values: &[ValueRef<'a>], at: usize) -> ValueRef<'a> {
    match values.get(at) {
        Some(value) => value.clone(),
        None => ValueRef::String(Cow::Borrowed("")),
    }
}

pub(super) fn conditional_string<'a>(values: &[ValueRef<'a>]) -> Result<'a> {
    let chosen = matches!(values.first(), Some(ValueRef::Bool(true)));
    Ok(same(values, if chosen { 1 } else { 2 }))
}

/// The number of bytes.
pub(super) fn size<'a>(values: &[ValueRef<'a>]) -> Result<'a> {
    Ok(ValueRef::Int64(text(values, 0).len() as i64))
}

/// Always 16 bytes, as Go holds what it has read.
pub(super) fn ip<'a>(values: &[ValueRef<'a>]) -> Result<'a> {
    let text = text(values, 0);
    let address = match text.parse() {
        Ok(IpAddr::V4(address)) => Ipv4Addr::to_ipv6_mapped(&address),
        Ok(IpAddr::V6(address)) => address,
        Err(_) => return Err(format!("could not convert {text} to IP_ADDRESS")),
    };
    Ok(ValueRef::IpAddress(IpAddress::from(
        Ipv6Addr::octets(&address).as_slice(),
    )))
}

pub(super) fn timestamp<'a>(values: &[ValueRef<'a>]) -> Result<'a> {
    let text = text(values, 0);
    let time = rfc3339(text).ok_or_else(|| {
        format!(
            "could not convert '{text}' to TIMESTAMP. \
             expected format: '2006-01-02T15:04:05Z07:00'"
        )
    })?;
    Ok(ValueRef::TimeStamp(time))
}

pub(super) fn dns_name<'a>(values: &[ValueRef<'a>]) -> Result<'a> {
    let text = text(values, 0);
    match dns::parse(text) {
        Ok(None) => Ok(same(values, 0)),
        Ok(Some(decoded)) => Ok(ValueRef::String(Cow::Owned(decoded))),
        Err(error) => Err(format!("error converting '{text}' to dns name: '{error}'")),
    }
}

pub(super) fn email<'a>(values: &[ValueRef<'a>]) -> Result<'a> {
    mail::parse(text(values, 0))?;
    Ok(same(values, 0))
}

pub(super) fn uri<'a>(values: &[ValueRef<'a>]) -> Result<'a> {
    let text = text(values, 0);
    if text.is_empty() {
        return Err("error converting string to uri: empty string".to_owned());
    }
    match url::Url::parse(text) {
        Ok(_) => Ok(same(values, 0)),
        Err(error) => Err(format!(
            "error converting string to uri '{text}': '{error}'"
        )),
    }
}

/// A `*` at the end stands for any end, else one at the beginning for any beginning.
pub(super) fn match_wildcard<'a>(values: &[ValueRef<'a>]) -> Result<'a> {
    let (text, pattern) = (text(values, 0), text(values, 1));
    let matches = if let Some(prefix) = pattern.strip_suffix('*') {
        text.starts_with(prefix)
    } else if let Some(suffix) = pattern.strip_prefix('*') {
        text.ends_with(suffix)
    } else {
        text == pattern
    };
    Ok(ValueRef::Bool(matches))
}

pub(super) fn starts_with<'a>(values: &[ValueRef<'a>]) -> Result<'a> {
    Ok(ValueRef::Bool(text(values, 0).starts_with(text(values, 1))))
}

pub(super) fn ends_with<'a>(values: &[ValueRef<'a>]) -> Result<'a> {
    Ok(ValueRef::Bool(text(values, 0).ends_with(text(values, 1))))
}

/// Character by character, as Go does: no letter depends on those around it, none becomes two.
pub(super) fn to_lower<'a>(values: &[ValueRef<'a>]) -> Result<'a> {
    let text = text(values, 0);
    let lower = |c: char| match c {
        // The only capital whose small letter is two characters.
        'İ' => 'i',
        c => c.to_lowercase().next().unwrap_or(c),
    };
    if text.chars().all(|c| lower(c) == c) {
        return Ok(same(values, 0));
    }
    Ok(ValueRef::String(Cow::Owned(
        text.chars().map(lower).collect(),
    )))
}

pub(super) fn empty_string_map<'a>(_: &[ValueRef<'a>]) -> Result<'a> {
    Ok(ValueRef::StringMap(MapRef::EMPTY))
}

/// A time such as `2015-01-02T15:04:35.5+01:00`, read as tolerantly as Go does: the hour may have
/// one digit, a comma may precede the fraction, and digits beyond nanoseconds are dropped.
pub(crate) fn rfc3339(text: &str) -> Option<TimeStamp> {
    let mut rest = text;
    let number = |rest: &mut &str, least: usize, most: usize, after: &str| {
        let digits = rest.bytes().take(most).take_while(u8::is_ascii_digit);
        let (number, others) = rest.split_at(digits.count());
        *rest = others.strip_prefix(after)?;
        number.parse::<i64>().ok().filter(|_| number.len() >= least)
    };
    let year = number(&mut rest, 4, 4, "-")?;
    let month = number(&mut rest, 2, 2, "-")?;
    let day = number(&mut rest, 2, 2, "T")?;
    let hour = number(&mut rest, 1, 2, ":")?;
    let minute = number(&mut rest, 2, 2, ":")?;
    let second = number(&mut rest, 2, 2, "")?;
    let mut nanos = 0;
    let fraction = rest.strip_prefix(['.', ',']).unwrap_or_default();
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        let padded = format!("{:0<9}", &fraction[..digits]);
        nanos = padded.get(..9)?.parse().ok()?;
        rest = &fraction[digits..];
    }
    let offset = match rest.chars().next()? {
        'Z' => {
            rest = &rest[1..];
            0
        }
        sign @ ('+' | '-') => {
            rest = &rest[1..];
            let seconds = number(&mut rest, 2, 2, ":")? * 3_600 + number(&mut rest, 2, 2, "")? * 60;
            if sign == '+' { seconds } else { -seconds }
        }
        _ => return None,
    };
    let in_range = (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second < 60;
    if !rest.is_empty() || !in_range {
        return None;
    }
    let seconds = ((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
    Some(TimeStamp::new(seconds - offset, nanos))
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// In the Gregorian calendar, whatever the year. Years are counted from March, so that the day
/// that only some have is the last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + (153 * month + 2) / 5 + day - 1 - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_go_reads_them() {
        for (text, time) in [
            ("1970-01-01T00:00:00Z", Some((0, 0))),
            ("2015-01-02T15:04:35Z", Some((1_420_211_075, 0))),
            (
                "2015-01-02T15:04:35.123456789012Z",
                Some((1_420_211_075, 123_456_789)),
            ),
            ("2015-01-02T15:04:35,5Z", Some((1_420_211_075, 500_000_000))),
            ("2015-01-02T16:04:35+01:00", Some((1_420_211_075, 0))),
            ("2015-01-02T7:04:35-08:00", Some((1_420_211_075, 0))),
            ("0000-02-29T00:00:00Z", Some((-62_162_121_600, 0))),
            ("1900-02-29T00:00:00Z", None),
            ("2015-13-01T00:00:00Z", None),
            ("2015-01-02T24:00:00Z", None),
            ("2015-01-02T15:04:60Z", None),
            ("2015-01-02T15:04:35", None),
            ("2015-01-02T15:04:35.Z", None),
            ("2015-01-02 15:04:35Z", None),
            ("2015-01-02T15:04:35Zx", None),
            ("2015-1-02T15:04:35Z", None),
            ("２015-01-02T15:04:35Z", None),
            ("", None),
        ] {
            let expected = time.map(|(seconds, nanos)| TimeStamp::new(seconds, nanos));
            assert_eq!(rfc3339(text), expected, "{text}");
        }
    }

    #[test]
    fn lower_case_is_letter_by_letter() {
        let lower = |text| {
            let value = to_lower(&[ValueRef::String(Cow::Borrowed(text))]);
            value.expect("a text").to_string()
        };
        assert_eq!(lower("ÀÉİΑΣ"), "àéiας".replace('ς', "σ"));
        assert_eq!(lower("already"), "already");
    }
}

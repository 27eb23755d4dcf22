//! The one thing about a certificate that rustls doesn't tell: when it expires.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

const SEQUENCE: u8 = 0x30;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;
/// The version, which the oldest certificates don't have.
const VERSION: u8 = 0xA0;

/// The end of a certificate's validity; `None` if it is none.
pub(super) fn not_after(certificate: &[u8]) -> Option<SystemTime> {
    let (certificate, _) = element(certificate, SEQUENCE)?;
    let (mut rest, _) = element(certificate, SEQUENCE)?;
    if rest.first() == Some(&VERSION) {
        rest = any(rest)?.2;
    }
    // Serial number, algorithm, issuer.
    for _ in 0..3 {
        rest = any(rest)?.2;
    }
    let (validity, _) = element(rest, SEQUENCE)?;
    let (_, _, not_after) = any(validity)?;
    let (tag, text, _) = any(not_after)?;
    time(tag, std::str::from_utf8(text).ok()?)
}

fn time(tag: u8, text: &str) -> Option<SystemTime> {
    let century = match tag {
        // Two digits of a year are from 1950 on.
        UTC_TIME if text.get(..2)? >= "50" => "19",
        UTC_TIME => "20",
        GENERALIZED_TIME => "",
        _ => return None,
    };
    let text = format!("{century}{text}");
    let time = DateTime::strptime("%Y%m%d%H%M%SZ", &text).ok()?;
    let time: Timestamp = time.to_zoned(TimeZone::UTC).ok()?.timestamp();
    let seconds = u64::try_from(time.as_second()).ok()?;
    Some(UNIX_EPOCH + Duration::from_secs(seconds))
}

/// The content of an element of this type, and what follows it.
fn element(input: &[u8], wanted: u8) -> Option<(&[u8], &[u8])> {
    let (tag, content, rest) = any(input)?;
    (tag == wanted).then_some((content, rest))
}

/// The type of an element, its content, and what follows it.
fn any(input: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let [tag, length, rest @ ..] = input else {
        return None;
    };
    let (length, rest) = match usize::from(*length) {
        short @ 0..0x80 => (short, rest),
        long => {
            let (digits, rest) = rest.split_at_checked(long & 0x7F)?;
            if digits.len() > 4 {
                return None;
            }
            let length = digits
                .iter()
                .fold(0, |sum, digit| sum << 8 | usize::from(*digit));
            (length, rest)
        }
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_time_are_read() {
        let seconds = |tag, text| {
            let time = time(tag, text)?;
            Some(
                time.duration_since(UNIX_EPOCH)
                    .expect("after 1970")
                    .as_secs(),
            )
        };
        assert_eq!(seconds(UTC_TIME, "700101000001Z"), Some(1));
        assert_eq!(seconds(UTC_TIME, "491231235959Z"), Some(2_524_607_999));
        assert_eq!(
            seconds(GENERALIZED_TIME, "20500101000000Z"),
            Some(2_524_608_000)
        );
        assert_eq!(seconds(UTC_TIME, "yesterday"), None);
        assert_eq!(seconds(4, "700101000001Z"), None);
    }

    #[test]
    fn what_is_no_certificate_has_no_end() {
        let bytes = [
            SEQUENCE, 0x84, 0xFF, 0xFF, 0xFF, 0xFF, SEQUENCE, 0x02, VERSION,
        ];
        for end in 0..bytes.len() {
            assert_eq!(not_after(&bytes[..end]), None);
        }
    }
}

//! Addresses and networks.

use std::net::{IpAddr, Ipv6Addr};

/// A set of addresses, as ranges that don't touch each other, sorted.
#[derive(Debug, Default)]
pub(super) struct Networks {
    v4: Ranges<u32>,
    v6: Ranges<u128>,
}

type Ranges<N> = Vec<(N, N)>;

/// Why a text is no network.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum NetworkError {
    #[error("`{0}` is no IP address")]
    Address(String),
    #[error("`{0}` is no network: write the number of its leading bits, 0 to {1}, behind the `/`")]
    Bits(String, u8),
}

impl Networks {
    /// Adds an address, `10.1.2.3`, or a network, `10.1.0.0/16`. Of a network's address only the
    /// leading bits matter.
    pub(super) fn add(&mut self, text: &str) -> Result<(), NetworkError> {
        let (address, bits) = match text.split_once('/') {
            Some((address, bits)) => (address, Some(bits)),
            None => (text, None),
        };
        let ip: IpAddr = address
            .parse()
            .map_err(|_| NetworkError::Address(address.to_owned()))?;
        let longest = if ip.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => longest,
            Some(bits) => match bits.parse() {
                Ok(bits) if bits <= longest && !text.contains("/+") => bits,
                _ => return Err(NetworkError::Bits(text.to_owned(), longest)),
            },
        };
        match ip {
            IpAddr::V4(ip) => {
                let others = u32::MAX.checked_shr(bits.into()).unwrap_or(0);
                let ip = u32::from(ip);
                self.v4.push((ip & !others, ip | others));
            }
            IpAddr::V6(ip) => {
                let others = u128::MAX.checked_shr(bits.into()).unwrap_or(0);
                let (first, last) = (u128::from(ip) & !others, u128::from(ip) | others);
                match (mapped(first), mapped(last)) {
                    (Some(first), Some(last)) => self.v4.push((first, last)),
                    _ => self.v6.push((first, last)),
                }
            }
        }
        Ok(())
    }

    /// To be called when all are added.
    pub(super) fn settle(&mut self) {
        settle(&mut self.v4);
        settle(&mut self.v6);
    }

    pub(super) fn contains(&self, ip: IpAddr) -> bool {
        match ip.to_canonical() {
            IpAddr::V4(ip) => contains(&self.v4, u32::from(ip)),
            IpAddr::V6(ip) => contains(&self.v6, u128::from(ip)),
        }
    }
}

/// The IPv4 address that an IPv6 address stands for.
fn mapped(ip: u128) -> Option<u32> {
    Ipv6Addr::from(ip).to_ipv4_mapped().map(u32::from)
}

fn settle<N: Ord + Copy>(ranges: &mut Ranges<N>) {
    ranges.sort_unstable();
    ranges.dedup_by(|next, last| {
        let overlap = next.0 <= last.1;
        if overlap {
            last.1 = last.1.max(next.1);
        }
        overlap
    });
    ranges.shrink_to_fit();
}

fn contains<N: Ord>(ranges: &Ranges<N>, ip: N) -> bool {
    let at = ranges.partition_point(|(first, _)| *first <= ip);
    at > 0 && ip <= ranges[at - 1].1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn networks(texts: &[&str]) -> Networks {
        let mut networks = Networks::default();
        for text in texts {
            networks.add(text).expect(text);
        }
        networks.settle();
        networks
    }

    #[test]
    fn an_address_is_in_a_network_or_not() {
        for (list, inside, outside) in [
            (
                &["10.1.2.3"][..],
                &["10.1.2.3", "::ffff:10.1.2.3"][..],
                &["10.1.2.4", "::1"][..],
            ),
            // Of the address the leading bits matter.
            (
                &["9.9.9.9/28"],
                &["9.9.9.0", "9.9.9.15"],
                &["9.9.8.255", "9.9.9.16"],
            ),
            (
                &["0.0.0.0/0"],
                &["0.0.0.0", "255.255.255.255"],
                &["::", "::2"],
            ),
            (&["::/0"], &["::", "2001:db8::1"], &["10.1.2.3"]),
            (&["::ffff:10.0.0.0/104"], &["10.255.255.255"], &["11.0.0.0"]),
            // An address alone is one, of whatever family.
            (&["2001:db8::1"], &["2001:db8::1"], &["2001:db8::2"]),
            (
                &["10.0.0.0/8", "10.1.0.0/16", "9.0.0.0/8", "12.0.0.1/32"],
                &["9.0.0.0", "10.255.0.0", "12.0.0.1"],
                &["8.255.255.255", "11.0.0.0", "12.0.0.0", "12.0.0.2"],
            ),
            (&[], &[], &["10.1.2.3"]),
        ] {
            let networks = networks(list);
            let contains = |ip: &str| networks.contains(ip.parse().expect("an address"));
            for ip in inside {
                assert!(contains(ip), "{ip} in {list:?}");
            }
            for ip in outside {
                assert!(!contains(ip), "{ip} in {list:?}");
            }
        }
    }

    #[test]
    fn what_is_no_network_is_told() {
        for (text, error) in [
            ("X", "`X` is no IP address"),
            ("", "`` is no IP address"),
            ("10.1.2/8", "`10.1.2` is no IP address"),
            (
                "10.1.2.3/33",
                "`10.1.2.3/33` is no network: write the number of its leading bits, 0 to 32, behind \
                 the `/`",
            ),
            (
                "::1/+5",
                "`::1/+5` is no network: write the number of its leading bits, 0 to 128, behind the \
                 `/`",
            ),
        ] {
            let found = Networks::default().add(text).expect_err(text);
            assert_eq!(found.to_string(), error);
        }
    }
}

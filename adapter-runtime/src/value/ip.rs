//! IP addresses as Mixer sends them.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An IP address: `istio.policy.v1beta1.IPAddress`.
///
/// Mixer sends 4 bytes for an address that comes from an attribute, 16 for one that an expression
/// made (`ip("10.1.2.3")` becomes `::ffff:10.1.2.3`), and possibly none. All bytes are kept;
/// [`to_ip`](IpAddress::to_ip) is the address they mean, and two forms of one address are equal.
#[derive(Clone, Default)]
pub struct IpAddress(Bytes);

#[derive(Clone)]
enum Bytes {
    Inline { len: u8, bytes: [u8; 16] },
    // Nothing that Mixer should send, but a client may put any bytes into an attribute.
    Other(Box<[u8]>),
}

impl Default for Bytes {
    fn default() -> Bytes {
        Bytes::Inline {
            len: 0,
            bytes: [0; 16],
        }
    }
}

impl IpAddress {
    /// The address; an IPv4 address in 16 bytes is given as IPv4. `None` where there are no
    /// bytes, or neither 4 nor 16.
    #[must_use]
    pub fn to_ip(&self) -> Option<IpAddr> {
        let bytes = self.as_bytes();
        if let Ok(four) = <[u8; 4]>::try_from(bytes) {
            return Some(IpAddr::V4(Ipv4Addr::from(four)));
        }
        let sixteen = <[u8; 16]>::try_from(bytes).ok()?;
        Some(IpAddr::V6(Ipv6Addr::from(sixteen)).to_canonical())
    }

    /// The bytes as they were sent: usually 4 or 16, in network order.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        match &self.0 {
            Bytes::Inline { len, bytes } => &bytes[..usize::from(*len)],
            Bytes::Other(bytes) => bytes,
        }
    }

    /// Whether no address was sent.
    #[must_use]
    pub fn is_unset(&self) -> bool {
        self.as_bytes().is_empty()
    }
}

impl From<&[u8]> for IpAddress {
    fn from(source: &[u8]) -> IpAddress {
        if source.len() > 16 {
            return IpAddress(Bytes::Other(source.into()));
        }
        let mut bytes = [0; 16];
        bytes[..source.len()].copy_from_slice(source);
        IpAddress(Bytes::Inline {
            len: source.len() as u8,
            bytes,
        })
    }
}

impl From<IpAddr> for IpAddress {
    fn from(address: IpAddr) -> IpAddress {
        match address {
            IpAddr::V4(v4) => v4.octets().as_slice().into(),
            IpAddr::V6(v6) => v6.octets().as_slice().into(),
        }
    }
}

impl From<Ipv4Addr> for IpAddress {
    fn from(address: Ipv4Addr) -> IpAddress {
        IpAddr::from(address).into()
    }
}

impl From<Ipv6Addr> for IpAddress {
    fn from(address: Ipv6Addr) -> IpAddress {
        IpAddr::from(address).into()
    }
}

impl PartialEq for IpAddress {
    fn eq(&self, other: &IpAddress) -> bool {
        match (self.to_ip(), other.to_ip()) {
            (Some(a), Some(b)) => a == b,
            (None, None) => self.as_bytes() == other.as_bytes(),
            _ => false,
        }
    }
}

impl Eq for IpAddress {}

impl Hash for IpAddress {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.to_ip() {
            Some(address) => address.hash(state),
            None => self.as_bytes().hash(state),
        }
    }
}

impl fmt::Display for IpAddress {
    /// The address in its usual form; nothing if there is none; other bytes as hexadecimal
    /// digits after a question mark, as Go writes them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.to_ip() {
            Some(address) => address.fmt(f),
            None if self.is_unset() => Ok(()),
            None => {
                f.write_str("?")?;
                self.as_bytes()
                    .iter()
                    .try_for_each(|byte| write!(f, "{byte:02x}"))
            }
        }
    }
}

impl fmt::Debug for IpAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IpAddress({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_an_ipv4_address_are_equal() {
        let short = IpAddress::from(Ipv4Addr::new(10, 1, 2, 3));
        let long = IpAddress::from(Ipv4Addr::new(10, 1, 2, 3).to_ipv6_mapped());
        assert_eq!(short, long);
        assert_eq!(long.as_bytes().len(), 16);
        assert_eq!(long.to_string(), "10.1.2.3");
    }

    #[test]
    fn odd_lengths_are_kept() {
        for bytes in [&[][..], &[1, 2, 3], &[7; 17]] {
            let address = IpAddress::from(bytes);
            assert_eq!(address.as_bytes(), bytes);
            assert_eq!(address.to_ip(), None);
        }
        assert_eq!(IpAddress::from(&[1, 2, 3][..]).to_string(), "?010203");
    }
}

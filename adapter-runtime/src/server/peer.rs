//! Who is at the other end of a connection.

use std::fmt;
use std::net::SocketAddr;

/// Who is at the other end of a connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Peer {
    /// None for a Unix socket.
    pub(crate) address: Option<SocketAddr>,
    /// The names in its certificate: URIs and DNS names. None without a certificate.
    pub(crate) names: Option<Vec<String>>,
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address {
            Some(address) => address.fmt(f)?,
            None => f.write_str("unix")?,
        }
        match self.names.as_deref() {
            Some([name, ..]) => write!(f, " ({name})"),
            _ => Ok(()),
        }
    }
}

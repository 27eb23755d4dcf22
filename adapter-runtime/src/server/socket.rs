//! What is listened on: a TCP port or a Unix socket.

use std::fmt;
use std::io;
use std::net::SocketAddr;
#[cfg(unix)]
use std::path::PathBuf;

use tokio::net::{TcpListener, TcpStream};
#[cfg(unix)]
use tokio::net::{UnixListener, UnixStream};

use super::peer::Peer;

/// A socket that accepts connections.
pub(crate) enum Socket {
    Tcp(TcpListener, SocketAddr),
    #[cfg(unix)]
    Unix(UnixListener, PathBuf),
}

/// A connection that was accepted.
pub(crate) enum Accepted {
    Tcp(TcpStream, SocketAddr),
    #[cfg(unix)]
    Unix(UnixStream),
}

impl Socket {
    pub(crate) async fn bind(address: &str) -> io::Result<Socket> {
        if let Some(path) = address.strip_prefix("unix:") {
            // Also `unix:///path`, as Mixer has it.
            let path = match path.strip_prefix("//") {
                Some(absolute) if absolute.starts_with('/') => absolute,
                _ => path,
            };
            return Socket::bind_unix(path);
        }
        let (listener, address) = Socket::bind_tcp(address).await?;
        Ok(Socket::Tcp(listener, address))
    }

    pub(crate) async fn bind_tcp(address: &str) -> io::Result<(TcpListener, SocketAddr)> {
        let bound = TcpListener::bind(address).await;
        let listener = match (bound, address.strip_prefix("[::]")) {
            // A machine without IPv6 has no `[::]`; the port is what was asked for.
            (Err(error), Some(port))
                if !matches!(
                    error.kind(),
                    io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied
                ) =>
            {
                TcpListener::bind(format!("0.0.0.0{port}")).await?
            }
            (bound, _) => bound?,
        };
        let address = listener.local_addr()?;
        Ok((listener, address))
    }

    #[cfg(unix)]
    fn bind_unix(path: &str) -> io::Result<Socket> {
        use std::os::unix::fs::FileTypeExt;

        let path = PathBuf::from(path);
        let is_socket = |path: &PathBuf| {
            let metadata = std::fs::symlink_metadata(path);
            metadata.is_ok_and(|metadata| metadata.file_type().is_socket())
        };
        // One that a server left behind which was killed.
        if is_socket(&path) && std::os::unix::net::UnixStream::connect(&path).is_err() {
            std::fs::remove_file(&path)?;
        }
        Ok(Socket::Unix(UnixListener::bind(&path)?, path))
    }

    #[cfg(not(unix))]
    fn bind_unix(_: &str) -> io::Result<Socket> {
        Err(io::Error::other("there are no Unix sockets on this system"))
    }

    /// The address of a TCP port.
    pub(crate) fn address(&self) -> Option<SocketAddr> {
        match self {
            Socket::Tcp(_, address) => Some(*address),
            #[cfg(unix)]
            Socket::Unix(..) => None,
        }
    }

    pub(crate) async fn accept(&self) -> io::Result<Accepted> {
        match self {
            Socket::Tcp(listener, _) => {
                let (stream, peer) = listener.accept().await?;
                // With Nagle's algorithm a small answer waits for the one before it to be
                // acknowledged.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%peer, "TCP_NODELAY can't be set: {error}");
                }
                let peer = SocketAddr::new(peer.ip().to_canonical(), peer.port());
                Ok(Accepted::Tcp(stream, peer))
            }
            #[cfg(unix)]
            Socket::Unix(listener, _) => Ok(Accepted::Unix(listener.accept().await?.0)),
        }
    }
}

impl Accepted {
    pub(crate) fn peer(&self) -> Peer {
        let address = match self {
            Accepted::Tcp(_, address) => Some(*address),
            #[cfg(unix)]
            Accepted::Unix(_) => None,
        };
        let names = None;
        Peer { address, names }
    }
}

impl fmt::Display for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Socket::Tcp(_, address) => address.fmt(f),
            #[cfg(unix)]
            Socket::Unix(_, path) => write!(f, "unix:{}", path.display()),
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Socket::Unix(_, path) = self {
            let _ = std::fs::remove_file(path);
        }
    }
}

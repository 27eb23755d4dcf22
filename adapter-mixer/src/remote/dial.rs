//! Connecting.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use h2::Ping;
use h2::client::SendRequest;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::task::JoinHandle;

use super::security::Security;

/// How often a silent peer is probed by TCP, as Go does by default. Mixer sends no pings of
/// HTTP/2's, which servers may take for an attack.
const PROBE: Duration = Duration::from_secs(15);

/// Where to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    /// A host, whose addresses are tried one after the other.
    Host(String, u16),
    Socket(SocketAddr),
    Unix(PathBuf),
}

/// A connection that stands.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) sender: SendRequest<Bytes>,
    ended: Arc<AtomicBool>,
}

impl Link {
    /// Whether no call can be made on it any more.
    pub(super) fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Makes no further call on it.
    pub(super) fn give_up(&self) {
        self.ended.store(true, Ordering::Release);
    }
}

/// Connects, and waits until the peer has shown that it speaks HTTP/2.
pub(super) async fn dial(endpoint: &Endpoint, security: &Security) -> Result<Link, String> {
    match endpoint {
        Endpoint::Host(name, port) => {
            let addresses = lookup_host((name.as_str(), *port)).await;
            let addresses = addresses.map_err(|error| {
                let error = plain(&error);
                format!("Error while dialing dial tcp: lookup {name}: {error}")
            })?;
            let mut failed = format!("Error while dialing dial tcp: lookup {name}: no address");
            for address in addresses {
                match tcp(address).await {
                    Ok(stream) => return speak(stream, security).await,
                    Err(error) => failed = error,
                }
            }
            Err(failed)
        }
        Endpoint::Socket(address) => speak(tcp(*address).await?, security).await,
        #[cfg(unix)]
        Endpoint::Unix(path) => {
            let stream = tokio::net::UnixStream::connect(path).await;
            let stream = stream.map_err(|error| {
                let (path, error) = (path.display(), plain(&error));
                format!("Error while dialing dial unix {path}: connect: {error}")
            })?;
            speak(stream, security).await
        }
        #[cfg(not(unix))]
        Endpoint::Unix(_) => Err("this system has no Unix sockets".into()),
    }
}

async fn tcp(address: SocketAddr) -> Result<TcpStream, String> {
    let failed = |error: io::Error| {
        let error = plain(&error);
        format!("Error while dialing dial tcp {address}: connect: {error}")
    };
    let stream = TcpStream::connect(address).await.map_err(failed)?;
    stream.set_nodelay(true).map_err(failed)?;
    let keepalive = TcpKeepalive::new().with_time(PROBE).with_interval(PROBE);
    // A system that can't is no worse off than without.
    let _ = SockRef::from(&stream).set_tcp_keepalive(&keepalive);
    Ok(stream)
}

/// The system's text for an error, without its number.
fn plain(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    text.to_lowercase()
}

async fn speak<S>(stream: S, security: &Security) -> Result<Link, String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    match security {
        Security::Plain => http2(stream).await,
        #[cfg(feature = "tls")]
        Security::Tls { connector, name } => {
            let stream = connector.connect(name.clone(), stream).await;
            let stream =
                stream.map_err(|error| format!("authentication handshake failed: {error}"))?;
            http2(stream).await
        }
    }
}

async fn http2<S>(stream: S) -> Result<Link, String>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let failed = |error: h2::Error| format!("HTTP/2 handshake failed: {error}");
    let mut builder = h2::client::Builder::new();
    builder
        .enable_push(false)
        .initial_window_size(1 << 20)
        .initial_connection_window_size(1 << 22);
    let handshake = builder.handshake::<_, Bytes>(stream).await;
    let (sender, mut connection) = handshake.map_err(failed)?;
    let pings = connection.ping_pong();
    let ended = Arc::new(AtomicBool::new(false));
    let has_ended = ended.clone();
    let mut driver = Driver(Some(tokio::spawn(async move {
        // Whoever waits on a stream hears what is wrong.
        let _ = connection.await;
        has_ended.store(true, Ordering::Release);
    })));
    // A peer that accepts connections need not be one that answers.
    if let Some(mut pings) = pings {
        pings.ping(Ping::opaque()).await.map_err(failed)?;
    }
    driver.0 = None;
    Ok(Link { sender, ended })
}

/// Ends the task of a connection that came to nothing.
struct Driver(Option<JoinHandle<()>>);

impl Drop for Driver {
    fn drop(&mut self) {
        if let Some(task) = &self.0 {
            task.abort();
        }
    }
}

//! A connection until it speaks HTTP/2: TLS, and the first words.

use std::io;

use tokio::time::timeout;

use super::core::Core;
use super::peer::Peer;
use super::preface::{Greeted, Other, greet};
use super::socket::Accepted;
use super::stream::Stream;
use crate::metrics::Refusal;

/// A connection that is ready for HTTP/2, and who is at its other end; `None` if it isn't.
pub(super) async fn open(accepted: Accepted, core: &Core) -> Option<(Greeted<Stream>, Peer)> {
    let mut peer = accepted.peer();
    let stream = match accepted {
        Accepted::Tcp(stream, _) => Stream::Tcp(stream),
        #[cfg(unix)]
        Accepted::Unix(stream) => Stream::Unix(stream),
    };
    let limit = core.settings.handshake_timeout;
    let opened = timeout(limit, shake_hands(stream, &mut peer, core)).await;
    let (refusal, problem) = match opened {
        Ok(Ok(Ok(greeted))) => {
            let greeted = match peer.address {
                Some(_) => greeted,
                None => greeted.correct_authority(),
            };
            return Some((greeted, peer));
        }
        // Somebody looks whether the port is open.
        Ok(Ok(Err(Other::Nothing))) => return None,
        Ok(Ok(Err(other))) => (Refusal::Handshake, other.as_str().to_owned()),
        Ok(Err(error)) => (Refusal::Handshake, explain(&error)),
        Err(_) => (
            Refusal::HandshakeTimeout,
            format!(
                "the client did not speak HTTP/2 within {limit:?}, the server's `handshake-timeout`"
            ),
        ),
    };
    core.refused(refusal);
    core.failures.log_connection(&peer, &problem);
    None
}

async fn shake_hands(
    stream: Stream,
    peer: &mut Peer,
    core: &Core,
) -> io::Result<Result<Greeted<Stream>, Other>> {
    #[cfg(feature = "tls")]
    if let Some(tls) = core.security.tls() {
        let (stream, names) = tls.accept(stream).await?;
        peer.names = names;
        return greet(stream).await;
    }
    let _ = (peer, core);
    greet(stream).await
}

#[cfg(feature = "tls")]
fn explain(error: &io::Error) -> String {
    super::security::explain(error)
}

#[cfg(not(feature = "tls"))]
fn explain(error: &io::Error) -> String {
    format!("the connection failed: {error}")
}

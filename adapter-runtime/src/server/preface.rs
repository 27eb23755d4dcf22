//! The first words of a connection: HTTP/2's preface, or what shows that somebody speaks something
//! else.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};

use super::authority::Authority;

/// How much is read at a time where it is looked at.
const READ: usize = 8 * 1024;
/// What an HTTP/2 client says first.
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// What a client speaks that is not HTTP/2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Other {
    Nothing,
    Http1,
    Tls,
    Unknown,
}

/// A connection whose first words were read, and are read again by whoever gets it.
pub(super) struct Greeted<S> {
    stream: S,
    /// What is to be read before more of the stream: at first the preface.
    ready: BytesMut,
    authority: Option<Authority>,
}

impl<S> Greeted<S> {
    /// Corrects what Mixer calls a Unix socket.
    pub(super) fn correct_authority(mut self) -> Greeted<S> {
        self.authority = Some(Authority::default());
        self
    }
}

/// Reads the preface.
pub(super) async fn greet<S>(mut stream: S) -> io::Result<Result<Greeted<S>, Other>>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut read = [0; PREFACE.len()];
    let mut len = 0;
    while len < read.len() {
        match stream.read(&mut read[len..]).await? {
            0 => break,
            more => len += more,
        }
        if !PREFACE.starts_with(&read[..len]) {
            break;
        }
    }
    let said = &read[..len];
    if said == PREFACE {
        return Ok(Ok(Greeted {
            stream,
            ready: PREFACE.as_slice().into(),
            authority: None,
        }));
    }
    let other = Other::of(said);
    if other == Other::Http1 {
        let text = "this port speaks gRPC, over HTTP/2 alone\n";
        let answer = format!(
            "HTTP/1.1 400 Bad Request\r\ncontent-type: text/plain\r\ncontent-length: {}\r\n\
             connection: close\r\n\r\n{text}",
            text.len()
        );
        stream.write_all(answer.as_bytes()).await?;
        stream.shutdown().await?;
    }
    Ok(Err(other))
}

impl Other {
    fn of(said: &[u8]) -> Other {
        match said {
            [] => Other::Nothing,
            // A record of a handshake, of any version.
            [0x16] | [0x16, 3, ..] => Other::Tls,
            [b'A'..=b'Z', ..] if !PREFACE.starts_with(said) => Other::Http1,
            _ => Other::Unknown,
        }
    }

    /// What was met in place of HTTP/2, for the log.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Other::Nothing => "the client closed the connection before it said anything",
            Other::Http1 => "the client speaks HTTP/1; this port speaks gRPC, over HTTP/2 alone",
            Other::Tls => {
                "the client speaks TLS, and this server doesn't: set `tls-cert` and `tls-key`, or \
                 turn it off in the client"
            }
            Other::Unknown => "the client doesn't speak HTTP/2",
        }
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Greeted<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            if !self.ready.is_empty() {
                let len = self.ready.len().min(buffer.remaining());
                buffer.put_slice(&self.ready.split_to(len));
                return Poll::Ready(Ok(()));
            }
            let Greeted {
                stream,
                ready,
                authority,
            } = &mut *self;
            let Some(authority) = authority else {
                return Pin::new(stream).poll_read(cx, buffer);
            };
            let mut bytes = [0; READ];
            let mut read = ReadBuf::new(&mut bytes);
            match Pin::new(stream).poll_read(cx, &mut read) {
                Poll::Ready(Ok(())) if !read.filled().is_empty() => {
                    authority.pass(read.filled(), ready);
                }
                end => return end,
            }
        }
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Greeted<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn greeted(said: &[u8]) -> Result<Vec<u8>, Other> {
        let (mut client, server) = tokio::io::duplex(1024);
        client.write_all(said).await.expect("room");
        drop(client);
        let mut read = Vec::new();
        let mut greeted = greet(server).await.unwrap_or(Err(Other::Http1))?;
        greeted.read_to_end(&mut read).await.expect("what was said");
        Ok(read)
    }

    #[tokio::test]
    async fn what_was_read_is_read_again() {
        let said = [PREFACE.as_slice(), b"and more"].concat();
        assert_eq!(greeted(&said).await, Ok(said));
    }

    #[tokio::test]
    async fn who_speaks_something_else_is_told_apart() {
        assert_eq!(greeted(b"").await, Err(Other::Nothing));
        assert_eq!(greeted(b"GET / HTTP/1.1\r\n\r\n").await, Err(Other::Http1));
        assert_eq!(greeted(b"POST / HTTP/1.1\r\n").await, Err(Other::Http1));
        assert_eq!(greeted(b"\x16\x03\x01\x02\x00").await, Err(Other::Tls));
        assert_eq!(greeted(b"\xff\xff").await, Err(Other::Unknown));
        assert_eq!(greeted(b"PRI * HTTP").await, Err(Other::Unknown));
    }
}

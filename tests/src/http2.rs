//! HTTP/2 frame by frame, for clients that no library would be.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Types of frames.
pub const DATA: u8 = 0;
/// Headers, and trailers.
pub const HEADERS: u8 = 1;
/// The end of a stream before its time.
pub const RST_STREAM: u8 = 3;
/// What a side asks of the other.
pub const SETTINGS: u8 = 4;
/// Whether the other side is there.
pub const PING: u8 = 6;
/// The end of a connection.
pub const GOAWAY: u8 = 7;

/// Nothing here takes this long.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection.
#[derive(Debug)]
pub struct Http2 {
    stream: TcpStream,
}

/// A frame that was received.
#[derive(Debug)]
pub struct Frame {
    /// Its type.
    pub kind: u8,
    /// Its flags.
    pub flags: u8,
    /// The stream that it is on.
    pub stream: u32,
    /// What is in it.
    pub payload: Vec<u8>,
}

/// A frame to send.
#[must_use]
pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let len = (payload.len() as u32).to_be_bytes();
    [&len[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// The headers of a gRPC request, uncompressed, and others behind them.
#[must_use]
pub fn headers(path: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let mut headers = Vec::new();
    let first = [
        (":method", "POST"),
        (":scheme", "http"),
        (":path", path),
        (":authority", "test"),
        ("content-type", "application/grpc"),
    ];
    for (name, value) in first.iter().chain(more) {
        // A literal that is not to be remembered, without compression.
        headers.push(0);
        for text in [name, value] {
            match u8::try_from(text.len()) {
                Ok(len @ 0..127) => headers.push(len),
                _ => {
                    let mut rest = text.len() - 127;
                    headers.push(127);
                    while rest >= 128 {
                        headers.push(rest as u8 & 0x7F | 0x80);
                        rest >>= 7;
                    }
                    headers.push(rest as u8);
                }
            }
            headers.extend(text.bytes());
        }
    }
    headers
}

impl Http2 {
    /// Connects and says hello, with these settings: pairs of numbers.
    ///
    /// # Panics
    /// If there is no connection.
    pub async fn connect(address: SocketAddr, settings: &[(u16, u32)]) -> Http2 {
        let mut stream = TcpStream::connect(address).await.expect("it listens");
        stream.set_nodelay(true).expect("an open connection");
        let pair = |(name, value): &(u16, u32)| {
            let (name, value) = (name.to_be_bytes(), value.to_be_bytes());
            [name.as_slice(), value.as_slice()].concat()
        };
        let settings: Vec<u8> = settings.iter().flat_map(pair).collect();
        let hello = [
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".as_slice(),
            &frame(SETTINGS, 0, 0, &settings),
        ]
        .concat();
        stream.write_all(&hello).await.expect("an open connection");
        Http2 { stream }
    }

    /// Sends bytes; whether the connection takes them.
    pub async fn send(&mut self, bytes: &[u8]) -> bool {
        self.stream.write_all(bytes).await.is_ok()
    }

    /// Sends a request with a message.
    pub async fn request(&mut self, id: u32, path: &str, message: &[u8]) -> bool {
        let body = crate::raw::framed(message);
        let head = frame(HEADERS, 4, id, &headers(path, &[]));
        self.send(&[head, frame(DATA, 1, id, &body)].concat()).await
    }

    /// The next frame; none at the end of the connection.
    ///
    /// # Panics
    /// If nothing happens.
    pub async fn next(&mut self) -> Option<Frame> {
        let read = timeout(PATIENCE, self.read()).await;
        read.expect("a frame, or the end of the connection").ok()
    }

    /// The next frame of a type; none at the end of the connection.
    pub async fn next_of(&mut self, kind: u8) -> Option<Frame> {
        loop {
            let frame = self.next().await?;
            if frame.kind == kind {
                return Some(frame);
            }
        }
    }

    /// Reads until the connection ends, and answers nothing.
    pub async fn until_end(&mut self) {
        while self.next().await.is_some() {}
    }

    async fn read(&mut self) -> std::io::Result<Frame> {
        let mut head = [0; 9];
        self.stream.read_exact(&mut head).await?;
        let [_, _, _, kind, flags, a, b, c, d] = head;
        let len = u32::from_be_bytes([0, head[0], head[1], head[2]]);
        let mut payload = vec![0; len as usize];
        self.stream.read_exact(&mut payload).await?;
        Ok(Frame {
            kind,
            flags,
            stream: u32::from_be_bytes([a, b, c, d]),
            payload,
        })
    }
}

/// Calls one after the other, and connects again as gRPC's libraries do: what the server has not
/// accepted, as it says in its GOAWAY, is sent again.
#[derive(Debug)]
pub struct Caller {
    address: SocketAddr,
    connection: Option<Http2>,
    id: u32,
}

/// Why a call has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failed {
    /// Nobody listens any more.
    Gone,
    /// The server had it, and did not answer.
    Lost(String),
}

impl Caller {
    /// Not yet connected.
    #[must_use]
    pub fn new(address: SocketAddr) -> Caller {
        Caller {
            address,
            connection: None,
            id: 1,
        }
    }

    /// Calls a method.
    ///
    /// # Errors
    /// There was no answer, or it was an error.
    pub async fn call(&mut self, path: &str, message: &[u8]) -> Result<(), Failed> {
        loop {
            if self.connection.is_none() {
                let Ok(stream) = TcpStream::connect(self.address).await else {
                    return Err(Failed::Gone);
                };
                let mut connection = Http2 { stream };
                let settings = frame(SETTINGS, 0, 0, &[]);
                let hello = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", &settings[..]].concat();
                // Who has not said hello before the listener was closed was never accepted.
                if !connection.send(&hello).await || connection.next().await.is_none() {
                    return Err(Failed::Gone);
                }
                self.connection = Some(connection);
                self.id = 1;
            }
            match self.call_here(path, message).await {
                Ok(true) => return Ok(()),
                Ok(false) => self.connection = None,
                Err(lost) => return Err(lost),
            }
        }
    }

    /// Whether the server has answered; if not, it has not accepted the call.
    async fn call_here(&mut self, path: &str, message: &[u8]) -> Result<bool, Failed> {
        let connection = self.connection.as_mut().expect("it is connected");
        let id = self.id;
        self.id += 2;
        let mut leaving = false;
        let mut has_data = false;
        if !connection.request(id, path, message).await {
            leaving = true;
        }
        while let Some(Frame {
            kind,
            flags,
            stream,
            payload,
        }) = connection.next().await
        {
            match kind {
                PING | SETTINGS if flags & 1 == 0 => {
                    let payload = if kind == PING { payload } else { Vec::new() };
                    connection.send(&frame(kind, 1, 0, &payload)).await;
                }
                GOAWAY => {
                    let last = payload[..4].try_into().expect("four bytes");
                    if u32::from_be_bytes(last) < id {
                        return Ok(false);
                    }
                    leaving = true;
                }
                RST_STREAM if stream == id => {
                    // REFUSED_STREAM says that it was not accepted.
                    return match payload[..] {
                        [0, 0, 0, 7] => Ok(false),
                        _ => Err(Failed::Lost(format!("reset: {payload:?}"))),
                    };
                }
                DATA if stream == id => has_data = true,
                HEADERS if stream == id && flags & 1 == 1 => {
                    if leaving {
                        self.connection = None;
                    }
                    return match has_data {
                        true => Ok(true),
                        false => Err(Failed::Lost("it was refused".into())),
                    };
                }
                _ => {}
            }
        }
        Err(Failed::Lost(format!(
            "the connection ended, leaving: {leaving}"
        )))
    }
}

//! A server of one file, over HTTP/1.1, with bad days.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What is answered.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// The file.
    File(String),
    /// The file, with a tag; to who has the tag that it is the same.
    Tagged(String, &'static str),
    /// These bytes, and the end.
    Bytes(Vec<u8>),
    /// Nothing, until there is another answer.
    Silence,
}

impl Answer {
    /// An answer without a body.
    pub(crate) fn head(head: &str) -> Answer {
        let head = head.replace('\n', "\r\n");
        Answer::Bytes(format!("HTTP/1.1 {head}\r\n\r\n").into_bytes())
    }
}

pub(crate) struct Web {
    pub(crate) address: SocketAddr,
    answer: watch::Sender<Answer>,
    asked: watch::Sender<usize>,
    requests: Arc<Mutex<Vec<String>>>,
    running: Option<JoinHandle<()>>,
}

impl Web {
    pub(crate) async fn start(answer: Answer) -> Web {
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let mut web = Web {
            address,
            answer: watch::Sender::new(answer),
            asked: watch::Sender::new(0),
            requests: Arc::default(),
            running: None,
        };
        web.come_up().await;
        web
    }

    /// Listens again where it did before.
    pub(crate) async fn come_up(&mut self) {
        let listener = TcpListener::bind(self.address).await.expect("a port");
        self.address = listener.local_addr().expect("an address");
        let (answer, asked) = (self.answer.clone(), self.asked.clone());
        let requests = self.requests.clone();
        self.running = Some(tokio::spawn(async move {
            let mut connections = tokio::task::JoinSet::new();
            loop {
                let (mut stream, _) = listener.accept().await.expect("a connection");
                let (answer, asked, requests) = (answer.clone(), asked.clone(), requests.clone());
                connections.spawn(async move {
                    if let Some(request) = request(&mut stream).await {
                        requests.lock().expect("no panic").push(request.clone());
                        asked.send_modify(|asked| *asked += 1);
                        respond(stream, &request, answer.subscribe()).await;
                    }
                });
            }
        }));
    }

    /// Refuses connections, and ends those that there are.
    pub(crate) async fn go_down(&mut self) {
        let running = self.running.take().expect("it is up");
        running.abort();
        let _ = running.await;
    }

    pub(crate) fn answer(&self, answer: Answer) {
        self.answer.send_replace(answer);
    }

    /// Waits until it is asked once more.
    pub(crate) async fn is_asked(&self) {
        let mut asked = self.asked.subscribe();
        asked.mark_unchanged();
        asked.changed().await.expect("it runs");
    }

    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no panic").clone()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}/list.txt", self.address)
    }
}

/// The head of a request.
async fn request(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read_buf(&mut head).await.ok()? == 0 {
            return None;
        }
    }
    String::from_utf8(head).ok()
}

async fn respond(mut stream: TcpStream, request: &str, mut answers: watch::Receiver<Answer>) {
    let answer = answers.wait_for(|answer| !matches!(answer, Answer::Silence));
    let answer = answer.await.expect("the server runs").clone();
    let ok = |file: &str, more: &str| {
        let length = file.len();
        format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n{more}\r\n{file}").into_bytes()
    };
    let bytes = match answer {
        Answer::File(file) => ok(&file, ""),
        Answer::Tagged(_, tag) if request.contains(&format!("if-none-match: {tag}\r\n")) => {
            b"HTTP/1.1 304 Not Modified\r\n\r\n".to_vec()
        }
        Answer::Tagged(file, tag) => ok(&file, &format!("etag: {tag}\r\n")),
        Answer::Bytes(bytes) => bytes,
        Answer::Silence => unreachable!("it was waited for another"),
    };
    // The client may have had enough.
    let _ = stream.write_all(&bytes).await;
    let _ = stream.shutdown().await;
    let _ = stream.read(&mut [0; 64]).await;
}

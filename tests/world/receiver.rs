//! A receiver of hooks: a real HTTP server that keeps what it is sent and answers as it is told.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How it answers one request.
#[derive(Clone, Debug)]
pub enum Answers {
    /// With a status.
    Status(u16),
    /// With a status and one more header.
    With(u16, &'static str, String),
    /// Not at all: it hangs up after reading.
    Drop,
    /// After a while, with 200.
    After(Duration),
    /// With 200 and a body that goes on for so many bytes.
    Long(usize),
}

/// A message as it arrived.
#[derive(Clone, Debug)]
pub struct Received {
    pub path: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

pub struct Receiver {
    pub address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
    answers: Arc<Mutex<VecDeque<Answers>>>,
    connections: Arc<AtomicUsize>,
    running: tokio::task::JoinHandle<()>,
}

impl Receiver {
    /// One that takes everything.
    pub async fn new() -> Self {
        // Under every address of this machine, so that what is sent to a wrong one is seen.
        let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
        let address = ([127, 0, 0, 1], listener.local_addr().unwrap().port()).into();
        let connections = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&connections);
        let (received, answers) = (Arc::default(), Arc::<Mutex<VecDeque<Answers>>>::default());
        let (kept, told) = (Arc::clone(&received), Arc::clone(&answers));
        let running = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::Relaxed);
                tokio::spawn(serve(stream, Arc::clone(&kept), Arc::clone(&told)));
            }
        });
        Self { address, received, answers, connections, running }
    }

    /// The next requests are answered so, one each; what follows is taken.
    pub fn answers(&self, next: impl IntoIterator<Item = Answers>) {
        self.answers.lock().unwrap().extend(next);
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// How often somebody connected, whatever was sent then.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::Relaxed)
    }

    /// Everything that arrived.
    pub fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl Received {
    pub fn header(&self, name: &str) -> &str {
        self.headers.iter().find(|(own, _)| own == name).map_or("", |(_, value)| value)
    }

    pub fn id(&self) -> &str {
        self.header("webhook-id")
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn kind(&self) -> String {
        self.json()["type"].as_str().unwrap().to_owned()
    }

    /// `data.id`.
    pub fn about(&self) -> String {
        self.json()["data"]["id"].as_str().unwrap().to_owned()
    }
}

/// Serves the requests of one connection.
async fn serve(mut stream: TcpStream, received: Arc<Mutex<Vec<Received>>>, answers: Arc<Mutex<VecDeque<Answers>>>) {
    while let Some(message) = read(&mut stream).await {
        received.lock().unwrap().push(message);
        let answer = answers.lock().unwrap().pop_front().unwrap_or(Answers::Status(200));
        let text = match answer {
            Answers::Drop => return,
            Answers::Status(status) => format!("HTTP/1.1 {status} X\r\ncontent-length: 0\r\n\r\n"),
            Answers::With(status, name, value) => {
                format!("HTTP/1.1 {status} X\r\n{name}: {value}\r\ncontent-length: 0\r\n\r\n")
            }
            Answers::After(wait) => {
                tokio::time::sleep(wait).await;
                "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_owned()
            }
            Answers::Long(bytes) => format!("HTTP/1.1 200 OK\r\ncontent-length: {bytes}\r\n\r\n{}", "x".repeat(bytes)),
        };
        if stream.write_all(text.as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn read(stream: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    let head = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let text = String::from_utf8(bytes[..head].to_vec()).unwrap();
    let mut lines = text.lines();
    let path = lines.next().unwrap().split(' ').nth(1).unwrap().to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, value)| value.parse().unwrap());
    let mut body = bytes[head + 4..].to_vec();
    while body.len() < length {
        if stream.read_buf(&mut body).await.ok()? == 0 {
            return None;
        }
    }
    Some(Received { path, headers, body: String::from_utf8(body).unwrap() })
}

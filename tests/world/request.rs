//! Requests as a client makes them.

use reqwest::header::HeaderMap;
use reqwest::{Client, Method};
use serde_json::Value;
use sha2::{Digest, Sha256};

/// A client that gives an idle connection up before the server does (5 s): one of the two would meet the other's farewell.
pub fn client() -> Client {
    Client::builder().no_proxy().pool_idle_timeout(std::time::Duration::from_secs(2)).build().unwrap()
}

/// A request being put together; a copy of it is sent again as it was.
#[derive(Clone)]
pub struct Ask {
    client: Client,
    method: Method,
    url: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Vec<u8>>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
    /// The body as it came, for what is no text.
    pub bytes: Vec<u8>,
    /// Null when the body is no JSON.
    pub body: Value,
}

impl Ask {
    pub fn new(client: &Client, method: Method, url: String) -> Self {
        Self { client: client.clone(), method, url, headers: Vec::new(), body: None }
    }

    pub fn by(self, token: &str) -> Self {
        self.header("authorization", format!("Bearer {token}"))
    }

    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// A key that nobody else uses.
    pub fn once(self) -> Self {
        let key = uuid::Uuid::new_v4().to_string();
        self.key(&key)
    }

    /// The same request under another key.
    pub fn once_more(mut self) -> Self {
        self.headers.retain(|(name, _)| *name != "idempotency-key");
        self.once()
    }

    /// The same request to another server.
    pub fn at(mut self, server: &crate::world::Server) -> Self {
        let mut url: reqwest::Url = self.url.parse().unwrap();
        url.set_port(Some(server.address.port())).unwrap();
        self.url = url.into();
        self
    }

    pub fn header(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub fn json(self, body: &Value) -> Self {
        self.bytes(serde_json::to_vec(body).unwrap()).header("content-type", "application/json")
    }

    pub fn bytes(mut self, body: Vec<u8>) -> Self {
        self.body = Some(body);
        self
    }

    /// SHA-256 of the body as it will be sent, as a countersign names it.
    pub fn req(&self) -> String {
        hex::encode(Sha256::digest(self.body.as_deref().unwrap_or_default()))
    }

    /// The request as it goes over the line, for a client that does not wait for its answer.
    pub fn wire(&self) -> Vec<u8> {
        let url: reqwest::Url = self.url.parse().unwrap();
        let body = self.body.as_deref().unwrap_or_default();
        let mut head = format!("{} {} HTTP/1.1\r\nhost: {}\r\n", self.method, url.path(), url.authority());
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
        [head.as_bytes(), body].concat()
    }

    pub async fn send(self) -> Answer {
        self.try_send().await.unwrap()
    }

    pub async fn try_send(self) -> Result<Answer, reqwest::Error> {
        let mut request = self.client.request(self.method, self.url);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        if let Some(body) = self.body {
            request = request.body(body);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await?.to_vec();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let body = serde_json::from_str(&text).unwrap_or_default();
        Ok(Answer { status, headers, text, bytes, body })
    }
}

impl Answer {
    /// The member at a JSON pointer; null when there is none.
    pub fn at(&self, pointer: &str) -> Value {
        self.body.pointer(pointer).cloned().unwrap_or_default()
    }

    /// The text of a member.
    pub fn text_at(&self, pointer: &str) -> String {
        self.at(pointer).as_str().unwrap_or_default().to_owned()
    }

    /// The number of a member.
    pub fn fen(&self, pointer: &str) -> i64 {
        self.at(pointer).as_i64().unwrap_or_else(|| panic!("no number at {pointer}: {}", self.text))
    }

    /// The code of a problem document.
    pub fn code(&self) -> String {
        self.text_at("/code")
    }

    /// Itself, if it has this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text);
        self
    }

    /// Itself, if it is a problem document with this status and code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Self {
        assert_eq!((self.status, self.code().as_str()), (status, code), "{}", self.text);
        let kind = self.headers.get("content-type").map(|kind| kind.to_str().unwrap().to_owned());
        assert_eq!(kind.as_deref(), Some("application/problem+json"));
        self
    }
}

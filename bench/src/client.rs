//! A client that keeps one connection, as a browser's tab or a program does.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use bytes::Bytes;
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

pub struct Client {
    address: SocketAddr,
    connection: Option<SendRequest<Full<Bytes>>>,
    cookies: Vec<(String, String)>,
    key: Option<&'static str>,
    /// Browsers take compressed pages.
    browser: bool,
}

#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub location: String,
    pub etag: String,
    pub body: Bytes,
    pub took: Duration,
}

impl Answer {
    /// How the answer begins, where it is text.
    pub fn start(&self) -> String {
        std::str::from_utf8(&self.body).unwrap_or_default().chars().take(200).collect()
    }

    /// This answer, if it is what was hoped for.
    pub fn expect(self, status: u16) -> Result<Self> {
        if self.status.as_u16() != status {
            bail!("answered {} instead of {status}: {}", self.status, self.start());
        }
        Ok(self)
    }
}

/// What is sent.
#[derive(Clone, Debug)]
pub struct Ask {
    pub method: Method,
    pub path: String,
    pub kind: &'static str,
    pub body: Bytes,
    pub if_match: Option<String>,
}

impl Ask {
    pub fn get(path: impl Into<String>) -> Self {
        Self { method: Method::GET, path: path.into(), kind: "", body: Bytes::new(), if_match: None }
    }

    pub fn json(method: Method, path: impl Into<String>, body: &serde_json::Value) -> Self {
        Self { method, path: path.into(), kind: "application/json", body: body.to_string().into(), if_match: None }
    }

    pub fn form(path: impl Into<String>, fields: &[(&str, &str)]) -> Self {
        let encode = platform::web::encode;
        let body: Vec<String> =
            fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
        let kind = "application/x-www-form-urlencoded";
        Self { method: Method::POST, path: path.into(), kind, body: body.join("&").into(), if_match: None }
    }

    pub fn if_match(mut self, version: i64) -> Self {
        self.if_match = Some(format!("\"{version}\""));
        self
    }
}

impl Client {
    /// A person's browser.
    pub fn browser(address: SocketAddr) -> Self {
        Self { address, connection: None, cookies: Vec::new(), key: None, browser: true }
    }

    /// A program with a key.
    pub fn program(address: SocketAddr, key: &'static str) -> Self {
        Self { key: Some(key), browser: false, ..Self::browser(address) }
    }

    async fn connection(&mut self) -> Result<&mut SendRequest<Full<Bytes>>> {
        if self.connection.as_ref().is_none_or(SendRequest::is_closed) {
            let stream = TcpStream::connect(self.address).await?;
            stream.set_nodelay(true)?;
            let (sender, connection) = handshake(TokioIo::new(stream)).await?;
            tokio::spawn(connection);
            self.connection = Some(sender);
        }
        let connection = self.connection.as_mut().context("no connection")?;
        connection.ready().await?;
        Ok(connection)
    }

    pub async fn send(&mut self, ask: Ask) -> Result<Answer> {
        let mut request = Request::builder().method(ask.method).uri(&ask.path).header(header::HOST, "oases");
        if !ask.kind.is_empty() {
            request = request.header(header::CONTENT_TYPE, ask.kind);
        }
        if let Some(key) = self.key {
            request = request.header(header::AUTHORIZATION, format!("Bearer {key}"));
        }
        if let Some(version) = ask.if_match {
            request = request.header(header::IF_MATCH, version);
        }
        if self.browser {
            request = request.header(header::ACCEPT_ENCODING, "gzip, deflate, br").header(header::ACCEPT, "text/html");
        }
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, pairs.join("; "));
        }
        let request = request.body(Full::new(ask.body))?;
        let started = Instant::now();
        let response = self.connection().await?.send_request(request).await?;
        let (parts, body) = response.into_parts();
        let body = body.collect().await?.to_bytes();
        let took = started.elapsed();
        for value in parts.headers.get_all(header::SET_COOKIE) {
            if let Some((name, value)) = value.to_str()?.split(';').next().and_then(|pair| pair.split_once('=')) {
                self.cookies.retain(|(held, _)| held != name);
                self.cookies.push((name.to_owned(), value.to_owned()));
            }
        }
        let text = |name| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        Ok(Answer { status: parts.status, location: text(header::LOCATION), etag: text(header::ETAG), body, took })
    }

    /// Signs in as a person does; answers how long the password's check took.
    pub async fn sign_in(&mut self, email: &str, password: &str) -> Result<Duration> {
        let answer = self.send(Ask::form("/sign-in", &[("email", email), ("password", password)])).await?;
        Ok(answer.expect(303)?.took)
    }
}

//! The program, in a process of its own.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::net::TcpStream;
use tokio::process::{Child, ChildStdout, Command};
use tokio::time::timeout;

/// How long anything may take.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

pub(crate) struct Program {
    process: Child,
    pub(crate) address: String,
    /// It says little more than where it listens. It could not say that if nobody was there to hear it.
    _says: Lines<BufReader<ChildStdout>>,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn status(&self) -> &str {
        self.head.split(' ').nth(1).expect("a status")
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("JSON")
    }
}

impl Program {
    /// Starts it on a store in a file, at any address.
    pub(crate) async fn start(store: &Path) -> Self {
        Self::start_at("127.0.0.1:0", store).await
    }

    /// Starts it on a store in a file.
    pub(crate) async fn start_at(address: &str, store: &Path) -> Self {
        let mut process = Command::new(env!("CARGO_BIN_EXE_todo"))
            .env("STORE", format!("sqlite:{}", store.display()))
            .env("LISTEN", address)
            // As `cargo run` does it, from a folder that knows nothing of the page.
            .env("CARGO_MANIFEST_DIR", env!("CARGO_MANIFEST_DIR"))
            .current_dir(store.parent().unwrap())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = loop {
            let line = timeout(PATIENCE, lines.next_line()).await.expect("a line");
            let line = line.unwrap().expect("it says where it listens");
            if let Some((_, address)) = line.split_once("listening on http://") {
                break address.to_owned();
            }
        };
        Self {
            process,
            address,
            _says: lines,
        }
    }

    /// Tells it to end, and checks that it does so in order.
    pub(crate) async fn end(mut self) {
        let id = self.process.id().expect("it runs").to_string();
        let told = Command::new("kill").args(["-s", "TERM", &id]).status();
        assert!(told.await.unwrap().success());
        let ended = timeout(PATIENCE, self.process.wait()).await;
        assert!(ended.expect("an end").unwrap().success());
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, "").await
    }

    pub(crate) async fn post(&self, path: &str, payload: &str) -> Answer {
        self.ask("POST", path, payload).await
    }

    async fn ask(&self, method: &str, path: &str, body: &str) -> Answer {
        let headers = format!(
            "connection: close\r\ncontent-type: application/json\r\ncontent-length: {}",
            body.len()
        );
        let head = format!("{method} {path} HTTP/1.1\r\n{headers}");
        let mut socket = self.say(&head, body).await;
        let mut answer = String::new();
        let read = timeout(PATIENCE, socket.read_to_string(&mut answer)).await;
        read.expect("an answer").unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
        Answer {
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    /// Waits until an event of this type is there, and returns it.
    pub(crate) async fn event(&self, of_type: &str) -> Value {
        let head = format!("GET /events?type={of_type} HTTP/1.1\r\naccept: text/event-stream");
        let mut lines = BufReader::new(self.say(&head, "").await).lines();
        loop {
            let line = timeout(PATIENCE, lines.next_line()).await.expect("a line");
            let line = line.unwrap().expect("not the end");
            if let Some(event) = line.strip_prefix("data: {\"specversion\"") {
                return serde_json::from_str(&format!("{{\"specversion\"{event}")).unwrap();
            }
        }
    }

    /// Follows a query.
    pub(crate) async fn follow(&self, path: &str) -> Followed {
        let head = format!("GET {path} HTTP/1.1\r\naccept: text/event-stream");
        Followed(BufReader::new(self.say(&head, "").await).lines())
    }

    async fn say(&self, head: &str, body: &str) -> TcpStream {
        let mut socket = TcpStream::connect(&self.address).await.unwrap();
        let request = format!("{head}\r\nhost: localhost\r\n\r\n{body}");
        socket.write_all(request.as_bytes()).await.unwrap();
        socket
    }
}

/// What comes of a query, again and again.
pub(crate) struct Followed(Lines<BufReader<TcpStream>>);

impl Followed {
    pub(crate) async fn next(&mut self) -> Value {
        loop {
            let line = timeout(PATIENCE, self.0.next_line()).await.expect("a line");
            let line = line.unwrap().expect("not the end");
            if let Some(result) = line.strip_prefix("data: ") {
                return serde_json::from_str(result).expect("JSON");
            }
        }
    }
}

use std::net::SocketAddr;
use std::time::Duration;

use eventsourcing_server::Serving;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// Whoever is at the other end of a WebSocket.
#[derive(Debug)]
pub(super) struct Client {
    socket: WebSocketStream<TcpStream>,
}

/// How a connection has ended.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Closed {
    pub(super) code: u16,
    pub(super) reason: String,
}

const PATIENCE: Duration = Duration::from_mins(1);

impl Client {
    /// A connection that has been greeted.
    pub(super) async fn of(server: &Serving) -> Self {
        Self::at(server.address()).await
    }

    /// The same, at an address.
    pub(super) async fn at(address: SocketAddr) -> Self {
        let (client, hello) = Self::greeted(address, &[]).await;
        assert_eq!(hello["type"], "hello");
        client
    }

    /// A connection with headers, and the greeting.
    pub(super) async fn greeted(address: SocketAddr, headers: &[(&'static str, &str)]) -> (Self, Value) {
        let headers = [&[("sec-websocket-protocol", "eventsourcing.v1")], headers].concat();
        let mut client = Self::connect(address, &headers).await.expect("a connection");
        let hello = client.hears().await;
        (client, hello)
    }

    /// A connection with these headers and no others, if it is accepted.
    pub(super) async fn connect(
        address: SocketAddr,
        headers: &[(&'static str, &str)],
    ) -> Result<Self, Box<Error>> {
        let mut request = format!("ws://{address}/ws").into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().append(*name, value.parse().unwrap());
        }
        let socket = TcpStream::connect(address).await.expect("a server");
        let (socket, response) = client_async(request, socket).await?;
        assert_eq!(response.headers()["sec-websocket-protocol"], "eventsourcing.v1");
        Ok(Self { socket })
    }

    pub(super) async fn says(&mut self, message: Value) {
        self.sends(Message::text(message.to_string())).await;
    }

    pub(super) async fn sends(&mut self, message: Message) {
        self.socket.send(message).await.expect("the server listens");
    }

    /// The next message.
    pub(super) async fn hears(&mut self) -> Value {
        loop {
            match self.next().await {
                Message::Text(text) => return serde_json::from_str(&text).expect("JSON"),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("instead of a message: {other:?}"),
            }
        }
    }

    /// The next message of this type; others are passed over.
    pub(super) async fn hears_of(&mut self, kind: &str) -> Value {
        loop {
            let message = self.hears().await;
            if message["type"] == kind {
                return message;
            }
        }
    }

    /// The result of a command that it sends now.
    pub(super) async fn commands(&mut self, request: &str, command: Value) -> Value {
        self.says(json!({ "type": "command", "request": request, "command": command }))
            .await;
        let result = self.hears_of("result").await;
        assert_eq!(result["request"], request);
        result
    }

    /// Creates a todo.
    pub(super) async fn creates(&mut self, id: &str) {
        let result = self.commands(id, create(id)).await;
        assert!(result["success"].is_object(), "{result}");
    }

    /// Subscribes, and returns the cursor it begins after.
    pub(super) async fn subscribes(&mut self, mut subscribe: Value) -> Value {
        subscribe["type"] = json!("subscribe");
        self.says(subscribe).await;
        self.hears_of("subscribed").await["cursor"].clone()
    }

    /// The subjects of the next events.
    pub(super) async fn hears_events(&mut self, count: usize) -> Vec<String> {
        let mut subjects = Vec::new();
        while subjects.len() < count {
            let message = self.hears_of("events").await;
            let events = message["events"].as_array().expect("events");
            subjects.extend(
                events
                    .iter()
                    .map(|event| event["subject"].as_str().unwrap().to_owned()),
            );
        }
        subjects
    }

    /// How it ends; messages before that are passed over.
    pub(super) async fn ends(&mut self) -> Closed {
        loop {
            if let Message::Close(close) = self.next().await {
                let close = close.expect("a reason");
                return Closed {
                    code: close.code.into(),
                    reason: close.reason.to_string(),
                };
            }
        }
    }

    async fn next(&mut self) -> Message {
        let next = timeout(PATIENCE, self.socket.next()).await;
        next.expect("it takes too long")
            .expect("the connection has ended")
            .expect("a message")
    }
}

pub(super) fn create(id: &str) -> Value {
    json!({ "name": "Create", "target": format!("todo-{id}"), "payload": { "title": "buy milk" } })
}

//! A client of the WebSocket.

use std::net::SocketAddr;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::error::{BoxError, Failed};
use crate::service::Ring;

pub(crate) struct Client {
    socket: WebSocketStream<TcpStream>,
}

/// Where a subscription begins.
#[derive(Clone, Copy)]
pub(crate) enum After {
    Beginning,
    End,
}

impl Client {
    /// A connection that has been greeted.
    pub(crate) async fn connect(server: SocketAddr) -> Result<Self, BoxError> {
        Self::over(TcpSocket::new_v4()?, server).await
    }

    /// The same, whose operating system keeps little of what is not read.
    pub(crate) async fn connect_narrow(server: SocketAddr) -> Result<Self, BoxError> {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(64 * 1024)?;
        Self::over(socket, server).await
    }

    async fn over(socket: TcpSocket, server: SocketAddr) -> Result<Self, BoxError> {
        let stream = socket.connect(server).await?;
        stream.set_nodelay(true)?;
        let mut request = format!("ws://{server}/ws").into_client_request()?;
        let protocol = HeaderValue::from_static("eventsourcing.v1");
        request.headers_mut().insert("sec-websocket-protocol", protocol);
        // Of the default, ten thousand clients would take more than a GiB.
        let config = WebSocketConfig::default().read_buffer_size(8 * 1024);
        let (socket, _) = client_async_with_config(request, stream, Some(config)).await?;
        let mut client = Self { socket };
        client.hear("hello").await?;
        Ok(client)
    }

    /// Subscribes to all events, and waits until the server knows.
    pub(crate) async fn subscribe(&mut self, after: After) -> Result<(), BoxError> {
        self.ask_for_events(after).await?;
        self.hear("subscribed").await
    }

    /// Subscribes to all events.
    pub(crate) async fn ask_for_events(&mut self, after: After) -> Result<(), BoxError> {
        let mut subscribe = json!({ "type": "subscribe", "subscription": "all", "credits": "unlimited" });
        if let After::End = after {
            subscribe["after"] = json!("end");
        }
        Ok(self.socket.send(Message::text(subscribe.to_string())).await?)
    }

    /// The next message, which has to be of this type.
    async fn hear(&mut self, kind: &str) -> Result<(), BoxError> {
        let text = self.next().await?;
        let message: Value = serde_json::from_str(&text)?;
        if message["type"] == kind {
            Ok(())
        } else {
            Err(Failed::Ended(text.to_string()).into())
        }
    }

    /// The next message.
    pub(crate) async fn next(&mut self) -> Result<Utf8Bytes, BoxError> {
        text(&mut self.socket).await
    }

    /// Reads whatever there still is, and returns how the connection has ended: with a code, or without a farewell.
    pub(crate) async fn drain(mut self) -> Option<u16> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Close(close))) => return close.map(|close| close.code.into()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    }

    /// Splits off what sends commands from what hears of their results.
    pub(crate) fn into_commander(self) -> (Commands, Results) {
        let (sink, stream) = self.socket.split();
        (Commands { sink, last: 0 }, Results { stream })
    }
}

async fn text(
    socket: &mut (
             impl futures_util::Stream<Item = Result<Message, tokio_tungstenite::tungstenite::Error>> + Unpin
         ),
) -> Result<Utf8Bytes, BoxError> {
    loop {
        match socket.next().await.transpose()? {
            Some(Message::Text(text)) => return Ok(text),
            Some(Message::Close(close)) => return Err(Failed::Ended(format!("{close:?}")).into()),
            Some(_) => {}
            None => return Err(Failed::Ended("without a farewell".to_owned()).into()),
        }
    }
}

/// Sends commands.
pub(crate) struct Commands {
    sink: SplitSink<WebSocketStream<TcpStream>, Message>,
    last: u32,
}

impl Commands {
    pub(crate) async fn send(&mut self, ring: Ring) -> Result<(), BoxError> {
        self.last += 1;
        let command = json!({
            "type": "command",
            "request": self.last.to_string(),
            "command": { "name": "Ring", "payload": ring },
        });
        Ok(self.sink.send(Message::text(command.to_string())).await?)
    }
}

/// Hears of results.
pub(crate) struct Results {
    stream: SplitStream<WebSocketStream<TcpStream>>,
}

#[derive(Deserialize)]
struct ResultMessage {
    success: Option<serde::de::IgnoredAny>,
}

impl Results {
    /// Waits for the results of so many commands, all of which have to succeed.
    pub(crate) async fn succeed(&mut self, commands: u32) -> Result<(), BoxError> {
        for _ in 0..commands {
            let text = text(&mut self.stream).await?;
            let result: ResultMessage = serde_json::from_str(&text)?;
            if result.success.is_none() {
                return Err(Failed::Command(text.to_string()).into());
            }
        }
        Ok(())
    }
}

//! A client that has many commands under way on one connection.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::Value;
use tokio::time::Instant;
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;

use crate::{Address, payload};

/// Keeps so many commands under way. Returns how many were done.
pub(crate) async fn client(address: Address, under_way: usize, until: Instant) -> usize {
    let mut request = format!("ws://{address}/ws")
        .into_client_request()
        .expect("an address");
    let protocol = "eventsourcing.v1".parse().expect("a header");
    request.headers_mut().insert("sec-websocket-protocol", protocol);
    let (mut socket, _) = connect_async(request).await.expect("it connects");
    let mut open = 0;
    for client in 0..under_way {
        socket.feed(command(client)).await.expect("it is sent");
        open += 1;
    }
    socket.flush().await.expect("it is sent");
    let mut done = 0;
    while open > 0 {
        let message = socket.next().await.expect("it goes on").expect("it is heard");
        let message: Value = match message {
            Message::Text(text) => serde_json::from_str(&text).expect("JSON"),
            _ => continue,
        };
        if message["type"] != "result" {
            continue;
        }
        assert!(message.get("success").is_some(), "{message}");
        done += 1;
        if Instant::now() < until {
            socket.send(command(0)).await.expect("it is sent");
        } else {
            open -= 1;
        }
    }
    done
}

fn command(client: usize) -> Message {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let request = NEXT.fetch_add(1, Ordering::Relaxed);
    let payload = payload(client);
    Message::text(format!(
        r#"{{"type":"command","request":"{request}","command":{{"name":"Deposit","payload":{payload}}}}}"#
    ))
}

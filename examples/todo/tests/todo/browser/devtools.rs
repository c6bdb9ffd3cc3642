use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::program::PATIENCE;

/// A connection to a browser: the [Chrome DevTools Protocol](https://chromedevtools.github.io/devtools-protocol/).
pub(super) struct DevTools {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    last_call: u64,
    events: Vec<Value>,
}

impl DevTools {
    pub(super) async fn connect(address: &str) -> Self {
        let (socket, _) = connect_async(address).await.unwrap();
        Self {
            socket,
            last_call: 0,
            events: Vec::new(),
        }
    }

    /// Calls a method, and returns its result.
    pub(super) async fn call(
        &mut self,
        session: Option<&str>,
        method: &str,
        parameters: Value,
    ) -> Value {
        self.last_call += 1;
        let mut call = json!({"id": self.last_call, "method": method, "params": parameters});
        if let Some(session) = session {
            call["sessionId"] = session.into();
        }
        let sent = self.socket.send(Message::text(call.to_string())).await;
        sent.expect("the browser listens");
        loop {
            let mut message = self.hear(&call).await;
            if message["id"] == self.last_call {
                assert!(message.get("error").is_none(), "{call}: {message}");
                return message["result"].take();
            }
        }
    }

    /// Waits for an event.
    pub(super) async fn event(&mut self, session: &str, name: &str) {
        while !self.events.iter().any(|event| is(event, session, name)) {
            self.hear(&json!(name)).await;
        }
    }

    /// Forgets the events of this name, so that another one can be waited for.
    pub(super) fn forget(&mut self, session: &str, name: &str) {
        self.events.retain(|event| !is(event, session, name));
    }

    /// What the pages have done wrong: errors that nobody has caught, and what their policy forbids.
    pub(super) fn complaints(self) -> Vec<Value> {
        let is_complaint = |event: &Value| {
            event["method"] == "Runtime.exceptionThrown"
                || event["params"]["entry"]["source"] == "security"
        };
        self.events.into_iter().filter(is_complaint).collect()
    }

    async fn hear(&mut self, for_what: &Value) -> Value {
        // Longer than any promise of a page takes.
        let message = timeout(2 * PATIENCE, self.socket.next()).await;
        let message = message.unwrap_or_else(|_| panic!("in vain: {for_what}"));
        let message = message.expect("not the end").unwrap();
        let message: Value = serde_json::from_str(message.to_text().unwrap()).expect("JSON");
        if message.get("method").is_some() {
            self.events.push(message.clone());
        }
        message
    }
}

fn is(event: &Value, session: &str, name: &str) -> bool {
    event["sessionId"] == session && event["method"] == name
}

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use tokio::sync::{mpsc, oneshot};

use super::{CommandResult, Incoming, Protocol, ProtocolError, RequestId, WireCommand, WireEvent};
use crate::{Limits, RecordedEvent};

/// A protocol within the process, for tests: everything goes through its JSON form, as over a network.
///
/// ```
/// use std::sync::Arc;
/// use eventsourcing::wire::{CommandResult, MemoryProtocol, Protocol as _, Rejection, WireCommand};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let (protocol, client, _events) = MemoryProtocol::new();
/// let service = async {
///     let incoming = protocol.next_command().await.expect("a command");
///     assert_eq!(incoming.command.name, "Tick");
///     let result = CommandResult::Rejected(Rejection::new("no clock"));
///     protocol.send_result(incoming.request, result).await.expect("the client waits");
/// };
/// let tick = WireCommand::from_bytes("Tick", "{}");
/// let (result, ()) = tokio::join!(client.send(&tick), service);
/// assert_eq!(result, Some(CommandResult::Rejected(Rejection::new("no clock"))));
/// # }
/// ```
#[derive(Debug)]
pub struct MemoryProtocol {
    requests: tokio::sync::Mutex<mpsc::Receiver<Request>>,
    waiting: Mutex<Waiting>,
    events: mpsc::Sender<Bytes>,
}

#[derive(Debug)]
struct Request {
    command: Bytes,
    answer: oneshot::Sender<Bytes>,
}

#[derive(Debug, Default)]
struct Waiting {
    last: u64,
    answers: HashMap<RequestId, oneshot::Sender<Bytes>>,
}

/// How many commands, and how many events, may lie between the two ends.
const BETWEEN: usize = 64;

impl MemoryProtocol {
    /// The protocol, the end of it that sends commands, and the end that receives events.
    pub fn new() -> (Arc<Self>, MemoryClient, MemoryEvents) {
        let (sender, requests) = mpsc::channel(BETWEEN);
        let (events, receiver) = mpsc::channel(BETWEEN);
        let protocol = Self {
            requests: tokio::sync::Mutex::new(requests),
            waiting: Mutex::default(),
            events,
        };
        (
            Arc::new(protocol),
            MemoryClient { requests: sender },
            MemoryEvents { events: receiver },
        )
    }
}

impl Waiting {
    fn add(&mut self, answer: oneshot::Sender<Bytes>) -> RequestId {
        self.last += 1;
        let request = RequestId(self.last);
        self.answers.insert(request, answer);
        request
    }
}

#[async_trait]
impl Protocol for MemoryProtocol {
    async fn next_command(&self) -> Option<Incoming> {
        let mut requests = self.requests.lock().await;
        loop {
            let Request { command, answer } = requests.recv().await?;
            match WireCommand::from_json(&command, &Limits::DEFAULT) {
                Ok(command) => {
                    let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
                    let request = waiting.add(answer);
                    return Some(Incoming { request, command });
                }
                Err(invalid) => {
                    let result = CommandResult::from(invalid);
                    // Who does not wait any more need not be told.
                    let _ = write(&result).map(|result| answer.send(result));
                }
            }
        }
    }

    async fn send_result(&self, request: RequestId, result: CommandResult) -> Result<(), ProtocolError> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let answer = waiting.answers.remove(&request);
        drop(waiting);
        let answer = answer.ok_or_else(|| ProtocolError::new("there is no such request"))?;
        answer
            .send(write(&result)?)
            .map_err(|_| ProtocolError::new("the client does not wait any more"))
    }

    async fn publish_event(&self, event: &Arc<RecordedEvent>) -> Result<(), ProtocolError> {
        let event = write(&WireEvent(Arc::clone(event)))?;
        // Nobody need listen.
        let _ = self.events.send(event).await;
        Ok(())
    }
}

fn write(value: &impl serde::Serialize) -> Result<Bytes, ProtocolError> {
    serde_json::to_vec(value)
        .map(Bytes::from)
        .map_err(ProtocolError::new)
}

/// The end of a [`MemoryProtocol`] that sends commands. When it and all its clones are dropped, there are no more.
#[derive(Clone, Debug)]
pub struct MemoryClient {
    requests: mpsc::Sender<Request>,
}

impl MemoryClient {
    /// Sends a command, and waits for what comes of it; `None` if the other end is gone.
    pub async fn send(&self, command: &WireCommand) -> Option<CommandResult> {
        self.send_json(serde_json::to_vec(command).ok()?).await
    }

    /// Sends any bytes in place of a command.
    pub async fn send_json(&self, command: impl Into<Bytes>) -> Option<CommandResult> {
        let (answer, result) = oneshot::channel();
        let command = command.into();
        self.requests.send(Request { command, answer }).await.ok()?;
        serde_json::from_slice(&result.await.ok()?).ok()
    }
}

/// The end of a [`MemoryProtocol`] that receives events. While it is there, it has to be read: the service waits for it.
#[derive(Debug)]
pub struct MemoryEvents {
    events: mpsc::Receiver<Bytes>,
}

impl MemoryEvents {
    /// The next event that is published; `None` if there will be none any more.
    pub async fn next(&mut self) -> Option<WireEvent> {
        serde_json::from_slice(&self.events.recv().await?).ok()
    }
}

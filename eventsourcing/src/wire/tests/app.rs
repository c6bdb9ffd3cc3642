//! The service: notes that are written, and wiped out two at a time.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::command::Prepare;
use crate::execute::Executor;
use crate::memory::MemoryStore;
use crate::prelude::*;
use crate::service::{Service, service};
use crate::store::{
    Append, AppendError, Appended, Capabilities, Dictionary, EventLog, EventStore, FeedError, FeedPage,
    ReadError, ReadFeed, ReadStreams, Settled, StoreError, StoreIdentity, StreamsRead, TenantStore,
};
use crate::wire::{CommandResult, Dispatcher, DispatcherBuilder, Rejection, Success, WireCommand};
use crate::{CommandId, Position, TenantId};

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "note")]
pub(super) struct NoteId(u32);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "note")]
pub(super) enum NoteEvent {
    Written {
        text: String,
    },
    Wiped {
        #[stream]
        note: NoteId,
        #[stream]
        other: NoteId,
    },
}

#[derive(Clone, Debug, Default)]
pub(super) struct Note {
    text: String,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum NoteError {
    #[error("there is nothing to write")]
    Empty,
    #[error("`{0}` is not to be written")]
    Unsuitable(String),
}

#[crate::aggregate::aggregate(id = NoteId, event = NoteEvent, error = NoteError)]
impl Note {
    #[apply]
    fn written(&mut self, text: &String) {
        self.text.clone_from(text);
    }

    #[apply]
    fn wiped(&mut self) {
        self.text.clear();
    }

    #[command]
    pub(super) fn write(&self, text: String) -> Result<Option<NoteEvent>, NoteError> {
        assert!(text != "panic", "told to");
        if text.is_empty() {
            return Err(NoteError::Empty);
        }
        Ok((text != self.text).then_some(NoteEvent::Written { text }))
    }
}

/// Wipes two notes at once.
#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(NoteEvent::Wiped))]
pub(super) struct Wipe {
    #[stream(state = Note)]
    pub(super) note: NoteId,
    #[stream(state = Note)]
    pub(super) other: NoteId,
}

impl CommandLogic for Wipe {
    type Error = NoteError;

    fn handle(&self, state: &WipeState, cx: &mut Decide<Self>) -> Result<(), NoteError> {
        require!(!state.note.text.is_empty(), NoteError::Empty);
        emit!(
            cx,
            NoteEvent::Wiped {
                note: self.note.clone(),
                other: self.other.clone()
            }
        );
        Ok(())
    }

    fn rejection(error: &NoteError) -> Rejection {
        Rejection::of(error)
            .with_code("empty")
            .with_details(json!({ "notes": 2 }))
    }

    async fn prepare(&mut self, cx: &Prepare) -> Result<(), NoteError> {
        match cx.resource::<Vec<NoteId>>() {
            Some(kept) if kept.contains(&self.note) => Err(NoteError::Unsuitable(self.note.0.to_string())),
            _ => Ok(()),
        }
    }
}

#[service(aggregates(Note), commands(Wipe))]
pub(super) struct Notes;

pub(super) fn builder(store: impl EventStore) -> DispatcherBuilder {
    Dispatcher::builder(Executor::new(store), <Notes as Service>::TABLE)
}

pub(super) fn dispatcher() -> Dispatcher {
    builder(MemoryStore::new()).build()
}

pub(super) fn note(number: u32) -> StreamId {
    StreamId::new(&format!("note-{number}")).unwrap()
}

pub(super) fn write(number: u32, text: &str) -> WireCommand {
    command("Write", &json!({ "text": text })).for_target(note(number))
}

pub(super) fn wipe(number: u32, other: u32) -> WireCommand {
    command("Wipe", &json!({ "note": number, "other": other }))
}

pub(super) fn command(name: &str, payload: &Value) -> WireCommand {
    WireCommand::new(name, payload).unwrap()
}

pub(super) fn id(number: u128) -> CommandId {
    CommandId::new(Uuid::from_u128(number))
}

pub(super) fn success(result: CommandResult) -> Success {
    result
        .into_success()
        .unwrap_or_else(|other| panic!("it was to succeed: {other:?}"))
}

/// A store whose appends all end in one way.
#[derive(Debug)]
pub(super) struct Failing(pub(super) fn() -> AppendError);

#[derive(Debug)]
struct FailingLog {
    log: Arc<dyn EventLog>,
    fail: fn() -> AppendError,
}

impl EventStore for Failing {
    fn identity(&self) -> StoreIdentity {
        MemoryStore::new().identity()
    }

    fn capabilities(&self) -> Capabilities {
        MemoryStore::new().capabilities()
    }

    fn tenant(&self, tenant: &TenantId) -> TenantStore {
        let TenantStore {
            tenant,
            log,
            checkpoints,
            rows,
            leases,
            snapshots,
        } = MemoryStore::new().tenant(tenant);
        let log = Arc::new(FailingLog { log, fail: self.0 });
        TenantStore {
            tenant,
            log,
            checkpoints,
            rows,
            leases,
            snapshots,
        }
    }
}

#[async_trait]
impl EventLog for FailingLog {
    async fn append(&self, _: Arc<Append>) -> Result<Appended, AppendError> {
        Err((self.fail)())
    }

    async fn settle(&self, _: Arc<Append>) -> Result<Settled, StoreError> {
        Err(StoreError::broken("nobody knows"))
    }

    async fn read_streams(&self, read: &ReadStreams) -> Result<StreamsRead, ReadError> {
        self.log.read_streams(read).await
    }

    async fn read_feed(&self, read: &ReadFeed) -> Result<FeedPage, FeedError> {
        self.log.read_feed(read).await
    }

    async fn wait_beyond(&self, position: Position) -> Result<Position, StoreError> {
        self.log.wait_beyond(position).await
    }

    async fn dictionary(&self) -> Result<Dictionary, StoreError> {
        self.log.dictionary().await
    }
}

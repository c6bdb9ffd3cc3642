//! A command that is no Rust type: the seam below all others.

use std::sync::Arc;

use bytes::Bytes;
use serde_json::{Value, json};

use super::app::{NoteId, Notes, builder, command, success};
use crate::bus::Bus;
use crate::command::{
    Access, CommandKind, Decider, InvalidStreamField, Plan, Planned, Prepare, Reads, Slot, Undecided,
};
use crate::environment::Environment;
use crate::event::DecodeError;
use crate::execute::Executor;
use crate::memory::MemoryStore;
use crate::service::Service as _;
use crate::store::Fingerprint;
use crate::wire::{
    CommandHandler, CommandResult, Dispatcher, InvalidPayload, OpenCommand, Preparing, Received, Rejection,
    WireCommand,
};
use crate::{
    ContentType, EventId, EventTypeName, NewEvent, Position, RecordedEvent, StreamId, TenantId, TypeSet,
};

const TICKED: EventTypeName = EventTypeName::from_static("clock.Ticked");

/// Lets a clock tick, but not too often.
#[derive(Debug)]
struct Tick;

struct OpenTick {
    clock: StreamId,
    most: u64,
    /// It ought not to link what it does not plan.
    link: Option<StreamId>,
    payload: Vec<u8>,
    metadata: Bytes,
    id: EventId,
    ticks: u64,
}

impl CommandHandler for Tick {
    fn name(&self) -> &'static str {
        "Tick"
    }

    fn open(&self, received: Received<'_>) -> Result<Box<dyn OpenCommand>, InvalidPayload> {
        let payload: Value = serde_json::from_slice(received.payload)
            .map_err(|error| InvalidPayload::new("", error.to_string()))?;
        let most = payload["most"]
            .as_u64()
            .ok_or_else(|| InvalidPayload::new("/most", "it is no number"))?;
        let clock = StreamId::new("clock").map_err(|error| InvalidPayload::new("", error.to_string()))?;
        Ok(Box::new(OpenTick {
            clock,
            most,
            link: payload["link"].as_str().and_then(|link| StreamId::new(link).ok()),
            payload: received.payload.to_vec(),
            metadata: received.metadata,
            id: EventId::new(received.ids.new_id()),
            ticks: 0,
        }))
    }
}

impl OpenCommand for OpenTick {
    fn fingerprint(&self) -> Result<Fingerprint, serde_json::Error> {
        Ok(Fingerprint::of("Tick", &self.payload))
    }

    fn prepare<'a>(&'a mut self, _: &'a Prepare) -> Preparing<'a> {
        Box::pin(async { Ok(()) })
    }
}

impl Decider for OpenTick {
    type Rejection = Rejection;

    fn kind(&self) -> CommandKind {
        CommandKind::Named("Tick".into())
    }

    fn knows(&self, event_type: &str) -> bool {
        TICKED == *event_type
    }

    fn commit_order(&self) -> bool {
        false
    }

    fn plan(&self, plan: &mut Plan) -> Result<(), InvalidStreamField> {
        plan.add(Planned {
            stream: self.clock.clone(),
            access: Access::ReadWrite,
            reads: Reads::Events([TICKED].into_iter().collect::<TypeSet>()),
            slot: Slot { field: 0, index: 0 },
        });
        Ok(())
    }

    fn reset(&mut self) {
        self.ticks = 0;
    }

    fn fold(&mut self, _: Slot, _: &StreamId, events: &[Arc<RecordedEvent>]) -> Result<(), DecodeError> {
        self.ticks += events.len() as u64;
        Ok(())
    }

    fn decide(&mut self, writable: Vec<StreamId>) -> Result<Vec<NewEvent>, Undecided<Rejection>> {
        assert_eq!(writable, std::slice::from_ref(&self.clock));
        if self.ticks >= self.most {
            return Err(Undecided::Rejected(Rejection::new("it has ticked enough")));
        }
        Ok(vec![NewEvent {
            id: self.id,
            event_type: TICKED,
            schema_version: 1,
            content_type: ContentType::JSON,
            payload: Bytes::from_static(b"{}"),
            metadata: self.metadata.clone(),
            home: self.clock.clone(),
            links: self.link.clone().into_iter().collect(),
        }])
    }
}

fn tick(command: &WireCommand) -> Option<Arc<dyn CommandHandler>> {
    let tick: Arc<dyn CommandHandler> = Arc::new(Tick);
    (command.name == tick.name()).then_some(tick)
}

#[tokio::test]
async fn a_handler_needs_no_rust_types() {
    let dispatcher = builder(MemoryStore::new()).router(tick).build();
    let tick = |most: u64| command("Tick", &json!({ "most": most }));
    for position in 1..=2 {
        let success = success(dispatcher.dispatch(tick(2)).await);
        assert_eq!(success.position.get(), position);
    }
    assert_eq!(
        dispatcher.dispatch(tick(2)).await,
        CommandResult::Rejected(Rejection::new("it has ticked enough"))
    );
    assert!(matches!(
        dispatcher.dispatch(command("Tick", &json!({}))).await,
        CommandResult::Invalid { path, .. } if path == "/payload/most"
    ));
}

#[tokio::test]
async fn what_a_handler_emits_to_another_store_is_refused() {
    let (main, notes) = (MemoryStore::new(), MemoryStore::new());
    let executor = Executor::builder(main.clone()).store_for::<NoteId>(notes).build();
    let dispatcher = Dispatcher::builder(executor, Notes::TABLE).router(tick).build();
    let linked = command("Tick", &json!({ "most": 2, "link": "note-1" }));
    assert!(matches!(
        dispatcher.dispatch(linked).await,
        CommandResult::Invalid { path, message } if path == "/payload" && message.contains("two stores")
    ));
    let end = Bus::new(main, &Environment::default())
        .end(&TenantId::DEFAULT)
        .await;
    assert_eq!(end.unwrap().position, Position::START);
}

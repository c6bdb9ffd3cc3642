//! A shop with a manager of each kind.

use std::sync::Arc;

use uuid::Uuid;

use crate::event::Event;
use crate::prelude::*;
use crate::process::{Behaviour, Manager, Outgoing, ProcessManager as _};
use crate::store::{Appended, Checkpoint, Progress, StoreEpoch, StoreId, StoreIdentity};
use crate::wire::Rejection;
use crate::{
    CommandId, EventId, EventTypeName, Metadata, NewEvent, Position, RecordedEvent, StreamVersion, TenantId,
};

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "order")]
pub(super) struct OrderId(pub(super) u32);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "order")]
pub(super) enum OrderEvent {
    Placed {
        #[stream]
        order: OrderId,
    },
    Paid {
        #[stream]
        order: OrderId,
    },
}

macro_rules! command {
    ($name:ident, $state:ident) => {
        #[derive(Command, Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[command(emits(OrderEvent))]
        pub(super) struct $name {
            #[stream]
            pub(super) order: OrderId,
        }

        impl CommandLogic for $name {
            type Error = std::convert::Infallible;

            fn handle(&self, _: &$state, _: &mut Decide<Self>) -> Result<(), Self::Error> {
                Ok(())
            }
        }
    };
}

command!(Pay, PayState);
command!(Ship, ShipState);
command!(Cancel, CancelState);

/// Sends two commands for each order that is placed.
#[process_manager(on = OrderEvent::Placed, start = beginning, sends(Ship))]
pub(super) fn ship_twice(order: &OrderId) -> Vec<Ship> {
    let order = order.clone();
    vec![Ship { order: order.clone() }, Ship { order }]
}

#[derive(Default)]
pub(super) struct Fulfilment;

#[process_manager(key = OrderId, category = "fulfilment", start = beginning, sends(Pay, Ship, Cancel))]
impl Fulfilment {
    #[start(OrderEvent::Placed, key = order)]
    fn placed(&mut self, order: &OrderId) -> Pay {
        Pay { order: order.clone() }
    }

    #[on(OrderEvent::Paid, key = order)]
    fn paid(&mut self, order: &OrderId) -> Ship {
        Ship { order: order.clone() }
    }

    #[on_rejected(Pay)]
    fn not_paid(&mut self, command: &Pay, _rejection: &Rejection) -> Cancel {
        Cancel {
            order: command.order.clone(),
        }
    }
}

pub(super) fn stateless() -> (&'static str, Behaviour) {
    facts(ship_twice::MANAGER)
}

pub(super) fn stateful() -> (&'static str, Behaviour) {
    facts(Fulfilment::MANAGER)
}

fn facts(manager: Manager) -> (&'static str, Behaviour) {
    (manager.name, manager.behaviour)
}

/// An event of an order as it was recorded at a position.
pub(super) fn recorded(event: &OrderEvent, position: u64) -> Arc<RecordedEvent> {
    let encoded = event.encode().unwrap();
    Arc::new(RecordedEvent {
        id: EventId::new(Uuid::from_u128(u128::from(position))),
        tenant: TenantId::DEFAULT,
        position: Position::new(position),
        event_type: EventTypeName::from_static(encoded.event_type.name),
        schema_version: encoded.event_type.version,
        content_type: encoded.content_type,
        payload: encoded.payload,
        metadata: Metadata::of_command(CommandId::new(Uuid::from_u128(99))).to_bytes(),
        recorded_at: Timestamp::UNIX_EPOCH,
        home: StreamVersion {
            stream: event.streams().unwrap().remove(0),
            version: Version::FIRST,
        },
        links: Vec::new(),
    })
}

/// A new event as its store would have recorded it.
pub(super) fn as_recorded(event: &NewEvent, version: u64) -> Arc<RecordedEvent> {
    Arc::new(RecordedEvent {
        id: event.id,
        tenant: TenantId::DEFAULT,
        position: Position::new(100 + version),
        event_type: event.event_type.clone(),
        schema_version: event.schema_version,
        content_type: event.content_type.clone(),
        payload: event.payload.clone(),
        metadata: event.metadata.clone(),
        recorded_at: Timestamp::UNIX_EPOCH,
        home: StreamVersion {
            stream: event.home.clone(),
            version: Version::new(version),
        },
        links: Vec::new(),
    })
}

pub(super) fn appended(events: Vec<Arc<RecordedEvent>>, repeated: bool) -> Appended {
    Appended {
        events,
        position: Position::new(200),
        repeated,
    }
}

/// From nowhere to a position.
pub(super) fn progress(position: u64) -> Progress {
    Progress {
        reader: "reader".into(),
        from: None,
        to: Checkpoint {
            store: StoreIdentity {
                id: StoreId::new(Uuid::from_u128(1)),
                epoch: StoreEpoch::new(Uuid::from_u128(2)),
            },
            position: Position::new(position),
        },
    }
}

/// The names of commands, in order.
pub(super) fn name(command: &Outgoing) -> &str {
    &command.name
}

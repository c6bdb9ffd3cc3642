//! What process managers make of events. What they send is executed by nobody here.

mod functions;
mod records;
mod states;

use std::sync::Arc;

use eventsourcing::event::{Encoded, Event};
use eventsourcing::prelude::*;
use eventsourcing::uuid::Uuid;
use eventsourcing::wire::Rejection;
use eventsourcing::{
    CommandId, EventId, EventTypeName, Metadata, NewEvent, Position, RecordedEvent, StreamVersion, TenantId,
};

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "order")]
struct OrderId(u32);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "order")]
enum OrderEvent {
    Placed {
        #[stream]
        order: OrderId,
        total: u64,
        r#type: String,
    },
    Paid {
        #[stream]
        order: OrderId,
        total: u64,
    },
    Cancelled {
        #[stream]
        order: OrderId,
    },
    Noted(Noted),
}

#[derive(Event, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[event(name = "order.Noted")]
struct Noted {
    #[stream]
    order: OrderId,
    text: String,
}

macro_rules! command {
    ($name:ident, $state:ident) => {
        #[derive(Command, Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[command(emits(OrderEvent))]
        struct $name {
            #[stream]
            order: OrderId,
            #[serde(default)]
            why: String,
        }

        impl CommandLogic for $name {
            type Error = std::convert::Infallible;

            fn handle(&self, _: &$state, _: &mut Decide<Self>) -> Result<(), Self::Error> {
                Ok(())
            }
        }

        impl $name {
            fn of(order: u32, why: &str) -> Self {
                Self {
                    order: OrderId(order),
                    why: why.into(),
                }
            }
        }
    };
}

command!(TakePayment, TakePaymentState);
command!(Ship, ShipState);
command!(Cancel, CancelState);

fn placed(order: u32) -> OrderEvent {
    OrderEvent::Placed {
        order: OrderId(order),
        total: 5,
        r#type: "book".into(),
    }
}

fn paid(order: u32) -> OrderEvent {
    OrderEvent::Paid {
        order: OrderId(order),
        total: 5,
    }
}

fn cancelled(order: u32) -> OrderEvent {
    OrderEvent::Cancelled {
        order: OrderId(order),
    }
}

fn noted(order: u32) -> Noted {
    Noted {
        order: OrderId(order),
        text: "gift".into(),
    }
}

/// An event in a store, where it is event 3 of its stream.
fn recorded(event: &impl Event) -> Arc<RecordedEvent> {
    let Encoded {
        event_type,
        content_type,
        payload,
    } = event.encode().unwrap();
    let id = EventId::new(Uuid::from_u128(9));
    stored(NewEvent {
        id,
        event_type: EventTypeName::from_static(event_type.name),
        schema_version: event_type.version,
        content_type,
        payload,
        metadata: Metadata::of_command(CommandId::new(id.get())).to_bytes(),
        home: event.streams().unwrap().remove(0),
        links: Vec::new(),
    })
}

/// What a store makes of an event.
fn stored(event: NewEvent) -> Arc<RecordedEvent> {
    Arc::new(RecordedEvent {
        id: event.id,
        tenant: TenantId::DEFAULT,
        position: Position::new(7),
        event_type: event.event_type,
        schema_version: event.schema_version,
        content_type: event.content_type,
        payload: event.payload,
        metadata: event.metadata,
        recorded_at: Timestamp::UNIX_EPOCH,
        home: StreamVersion {
            stream: event.home,
            version: Version::new(3),
        },
        links: Vec::new(),
    })
}

#[derive(Default)]
struct Fulfilment {
    total: u64,
    notes: Vec<String>,
}

#[process_manager(key = OrderId, category = "fulfilment", start = beginning, sends(TakePayment, Ship, Cancel))]
impl Fulfilment {
    #[start(OrderEvent::Placed, key = order)]
    fn placed(&mut self, order: &OrderId, total: &u64) -> TakePayment {
        self.total = *total;
        TakePayment::of(order.0, "")
    }

    #[on(Noted, key = order)]
    fn noted(&mut self, text: &str) {
        self.notes.push(text.to_owned());
    }

    #[on(OrderEvent::Paid, key = order, strict)]
    fn paid(&mut self, order: &OrderId, cx: &mut Sends<Self>) {
        let why = format!("{} for {}", self.notes.join(" and "), self.total);
        cx.send(Ship::of(order.0, &why));
    }

    #[on_rejected(TakePayment)]
    fn not_paid(&mut self, command: &TakePayment, rejection: &Rejection, cx: &mut Sends<Self>) {
        cx.send(Cancel::of(command.order.0, &rejection.message));
    }

    #[stop(OrderEvent::Cancelled, key = order)]
    fn cancelled(&self) {}
}

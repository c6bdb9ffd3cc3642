// What the macro writes passes under every lint that a careful crate denies.

#![deny(
    warnings,
    dead_code,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused_qualifications
)]
#![deny(
    rust_2018_idioms,
    single_use_lifetimes,
    unnameable_types,
    elided_lifetimes_in_paths,
    unused_lifetimes
)]
#![forbid(unsafe_code)]

//! A documented crate.

use eventsourcing::prelude::*;
use eventsourcing::process::ProcessManager;
use eventsourcing::wire::Rejection;

/// A key.
#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "order")]
pub struct OrderId(u32);

/// An event.
#[derive(Event, Clone, Debug)]
pub enum OrderEvent {
    /// A variant.
    Placed {
        /// A field.
        #[stream]
        order: OrderId,
        /// A field that is named by a keyword.
        r#type: String,
    },
    /// Another one.
    #[deprecated]
    Sent {
        /// A field.
        #[stream]
        order: OrderId,
    },
}

/// A struct event.
#[derive(Event, Clone, Debug, Serialize, Deserialize)]
pub struct Noted {
    #[stream]
    order: OrderId,
}

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(OrderEvent::Placed))]
struct TakePayment {
    #[stream]
    order: OrderId,
}

impl CommandLogic for TakePayment {
    type Error = std::convert::Infallible;

    fn handle(&self, _: &TakePaymentState, _: &mut Decide<Self>) -> Result<(), Self::Error> {
        Ok(())
    }
}

/// A public process manager that sends a command that is not.
#[process_manager(on = [OrderEvent::Placed, OrderEvent::Sent, Noted], start = now, sends(TakePayment))]
pub fn ask(order: &OrderId, cx: &mut Sends<ask>) {
    cx.send(TakePayment { order: order.clone() });
}

#[process_manager(on = OrderEvent::Placed, start = beginning)]
fn ask_again(_: &Recorded<OrderEvent>, order: &OrderId, r#type: &str) -> Vec<TakePayment> {
    r#type
        .lines()
        .map(|_| TakePayment { order: order.clone() })
        .collect()
}

/// A state.
#[derive(Debug, Default)]
pub struct Fulfilment {
    placed: bool,
}

#[process_manager(key = OrderId, category = "fulfilment", start = now, sends(TakePayment))]
impl Fulfilment {
    #[start([OrderEvent::Placed, Noted], key = order, strict)]
    #[stop(OrderEvent::Sent, key = order)]
    fn placed(&mut self, order: &OrderId) -> Option<TakePayment> {
        self.placed = true;
        Some(TakePayment { order: order.clone() })
    }

    #[on_rejected(TakePayment)]
    fn rejected(&self, rejection: &Rejection, command: &TakePayment, cx: &mut Sends<Self>) {
        if self.is_placed() && rejection.message.is_empty() {
            cx.send(command.clone());
        }
    }

    /// An ordinary method.
    pub fn is_placed(&self) -> bool {
        self.placed
    }
}

#[test]
fn it_runs() {
    assert_eq!(ask::MANAGER.name, "ask");
    assert_eq!(ask_again::MANAGER.name, "ask_again");
    assert_eq!(Fulfilment::MANAGER.on.len(), 3);
}

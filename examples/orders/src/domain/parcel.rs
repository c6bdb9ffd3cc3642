//! Parcels: what is confirmed is sent.

use eventsourcing::prelude::*;

use super::{OrderEvent, OrderId};

/// What happens to parcels.
#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "parcel")]
pub enum ParcelEvent {
    /// It is on its way.
    Sent {
        /// What is in it.
        order: OrderId,
    },
}

/// What goes to a customer. Whether it did is not asked: each order is confirmed once, and each confirmation dealt with once.
#[derive(Debug)]
pub struct Parcel;

#[aggregate(id = ParcelId(OrderId), category = "parcel", event = ParcelEvent, stateless)]
impl Parcel {
    /// Sends it.
    #[command(type = SendParcel)]
    pub fn send(&self, order: OrderId) -> ParcelEvent {
        ParcelEvent::Sent { order }
    }
}

/// Sends a parcel for each order that is confirmed.
#[process_manager(on = OrderEvent::Confirmed, start = beginning)]
pub fn send_what_is_confirmed(_: &Recorded<OrderEvent>, order: &OrderId) -> SendParcel {
    SendParcel::new(order.clone().into(), order.clone())
}

//! Parcels: what is confirmed is sent.

use std::fmt;

use eventsourcing::prelude::*;

use super::{OrderEvent, OrderId};

/// The parcel of an order. Its events are in the stream `parcel-<number of the order>`.
#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "parcel")]
#[serde(transparent)]
pub struct ParcelId(String);

impl fmt::Display for ParcelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

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

/// Why a parcel is not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParcelError {
    /// It was.
    #[error("the parcel was sent already")]
    SentAlready,
}

/// Whether a parcel is on its way.
#[derive(Clone, Debug, Default)]
pub struct Parcel {
    sent: bool,
}

#[aggregate(id = ParcelId, event = ParcelEvent, error = ParcelError)]
impl Parcel {
    /// Sends it.
    ///
    /// # Errors
    /// If it is on its way already.
    #[command(type = SendParcel)]
    pub fn send(&self, order: OrderId) -> Result<ParcelEvent, ParcelError> {
        require!(!self.sent, ParcelError::SentAlready);
        Ok(ParcelEvent::Sent { order })
    }

    #[apply]
    fn sent(&mut self) {
        self.sent = true;
    }
}

/// Sends a parcel for each order that is confirmed.
#[process_manager(on = OrderEvent::Confirmed, start = beginning)]
pub fn send_what_is_confirmed(_: &Recorded<OrderEvent>, order: &OrderId) -> SendParcel {
    SendParcel {
        id: ParcelId(order.to_string()),
        order: order.clone(),
    }
}

//! A domain that cases of process managers share.
#![allow(dead_code)]

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "order")]
pub struct OrderId(pub u32);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "order")]
pub enum OrderEvent {
    Placed {
        #[stream]
        order: OrderId,
        total: u64,
    },
    Paid {
        #[stream]
        order: OrderId,
    },
    Cancelled {
        #[stream]
        order: OrderId,
    },
    Noted(Noted),
}

#[derive(Event, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[event(name = "order.Noted")]
pub struct Noted {
    #[stream]
    pub order: OrderId,
    pub text: String,
}

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(OrderEvent::Paid))]
pub struct TakePayment {
    #[stream]
    pub order: OrderId,
}

impl CommandLogic for TakePayment {
    type Error = std::convert::Infallible;

    fn handle(&self, _: &TakePaymentState, _: &mut Decide<Self>) -> Result<(), Self::Error> {
        Ok(())
    }
}

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(OrderEvent::Cancelled))]
pub struct Cancel {
    #[stream]
    pub order: OrderId,
}

impl CommandLogic for Cancel {
    type Error = std::convert::Infallible;

    fn handle(&self, _: &CancelState, _: &mut Decide<Self>) -> Result<(), Self::Error> {
        Ok(())
    }
}

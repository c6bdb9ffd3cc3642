//! The service that is tested: orders that are paid for from accounts, and slips on which is printed what is said of them.

use std::fmt;

use eventsourcing::prelude::*;
use eventsourcing::wire::Rejection;

pub use super::money::{Deposit, MoneyEvent, TakePayment};

macro_rules! key {
    ($name:ident, $category:literal) => {
        #[derive(StreamKey, Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[stream_key(category = $category)]
        #[serde(transparent)]
        pub struct $name(pub String);

        impl $name {
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }
    };
}

key!(OrderId, "order");
key!(CustomerId, "customer");
key!(TillId, "till");
key!(SlipId, "slip");

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "order")]
pub enum OrderEvent {
    Placed {
        #[stream]
        order: OrderId,
        customer: CustomerId,
        total: u64,
    },
    Remarked {
        #[stream]
        order: OrderId,
        text: String,
    },
    Confirmed {
        #[stream]
        order: OrderId,
    },
    Cancelled {
        #[stream]
        order: OrderId,
        reason: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    #[error("the order was placed already")]
    PlacedAlready,
    #[error("the order is not open")]
    NotOpen,
    #[error("too much was said of the order")]
    TooManyRemarks,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    #[default]
    Unknown,
    Open,
    Closed,
}

#[derive(Clone, Debug, Default)]
pub struct Order {
    stage: Stage,
    remarks: u32,
}

#[aggregate(id = OrderId, event = OrderEvent, error = OrderError)]
impl Order {
    #[command(type = PlaceOrder)]
    pub fn place(
        &self,
        cx: &Cx<OrderId>,
        customer: CustomerId,
        total: u64,
    ) -> Result<OrderEvent, OrderError> {
        require!(self.stage == Stage::Unknown, OrderError::PlacedAlready);
        let order = cx.id().clone();
        Ok(OrderEvent::Placed {
            order,
            customer,
            total,
        })
    }

    /// May be before the order, and after it.
    #[command(type = RemarkOn)]
    pub fn remark(&self, cx: &Cx<OrderId>, text: String) -> Result<OrderEvent, OrderError> {
        require!(self.remarks < 10_000, OrderError::TooManyRemarks);
        Ok(OrderEvent::Remarked {
            order: cx.id().clone(),
            text,
        })
    }

    #[command(type = ConfirmOrder)]
    pub fn confirm(&self, cx: &Cx<OrderId>) -> Result<OrderEvent, OrderError> {
        require!(self.stage == Stage::Open, OrderError::NotOpen);
        Ok(OrderEvent::Confirmed {
            order: cx.id().clone(),
        })
    }

    #[command(type = CancelOrder)]
    pub fn cancel(&self, cx: &Cx<OrderId>, reason: String) -> Result<OrderEvent, OrderError> {
        require!(self.stage == Stage::Open, OrderError::NotOpen);
        Ok(OrderEvent::Cancelled {
            order: cx.id().clone(),
            reason,
        })
    }

    #[apply]
    fn placed(&mut self) {
        self.stage = Stage::Open;
    }

    #[apply]
    fn remarked(&mut self) {
        self.remarks += 1;
    }

    #[apply]
    fn confirmed(&mut self) {
        self.stage = Stage::Closed;
    }

    #[apply]
    fn cancelled(&mut self) {
        self.stage = Stage::Closed;
    }
}

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "slip")]
pub enum SlipEvent {
    Printed { text: String },
    Jammed,
    Repaired,
}

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlipError {
    #[error("paper jam")]
    Jammed,
    #[error("there is no paper jam")]
    NotJammed,
    #[error("the slip is full")]
    Full,
    #[error("cannot be printed: {0}")]
    Unprintable(String),
}

#[derive(Clone, Debug, Default)]
pub struct Slip {
    lines: u32,
    jammed: bool,
}

#[aggregate(id = SlipId, event = SlipEvent, error = SlipError)]
impl Slip {
    /// What is empty is not printed, and what begins with `!` cannot be.
    #[command(type = Print)]
    pub fn print(&self, text: String) -> Result<Option<SlipEvent>, SlipError> {
        require!(!self.jammed, SlipError::Jammed);
        require!(self.lines < 10_000, SlipError::Full);
        require!(!text.starts_with('!'), SlipError::Unprintable(text));
        Ok((!text.is_empty()).then_some(SlipEvent::Printed { text }))
    }

    #[command(type = Jam)]
    pub fn jam(&self) -> Result<SlipEvent, SlipError> {
        require!(!self.jammed, SlipError::Jammed);
        Ok(SlipEvent::Jammed)
    }

    #[command(type = Repair)]
    pub fn repair(&self) -> Result<SlipEvent, SlipError> {
        require!(self.jammed, SlipError::NotJammed);
        Ok(SlipEvent::Repaired)
    }

    #[apply]
    fn printed(&mut self) {
        self.lines += 1;
    }

    #[apply]
    fn jammed(&mut self) {
        self.jammed = true;
    }

    #[apply]
    fn repaired(&mut self) {
        self.jammed = false;
    }
}

/// Prints what is said of an order.
#[process_manager(on = OrderEvent::Remarked, start = beginning)]
pub fn print_remarks(order: &OrderId, text: &str) -> Print {
    assert!(text != "panic", "nobody can read that");
    Print {
        id: SlipId::new(order.to_string()),
        text: text.to_owned(),
    }
}

/// Greets whoever orders something, from the day on which the shop is polite.
#[process_manager(on = OrderEvent::Placed, start = now)]
pub fn greet(order: &OrderId) -> Print {
    Print {
        id: greeting(order),
        text: "welcome".to_owned(),
    }
}

pub fn greeting(order: &OrderId) -> SlipId {
    SlipId::new(format!("greeting-{order}"))
}

/// Leads an order to its end.
#[derive(Clone, Debug, Default)]
pub struct Fulfilment {
    total: u64,
}

#[process_manager(
    key = OrderId,
    category = "fulfilment",
    start = beginning,
    sends(TakePayment, ConfirmOrder, CancelOrder),
)]
impl Fulfilment {
    #[start(OrderEvent::Placed, key = order, strict)]
    fn placed(&mut self, order: &OrderId, customer: &CustomerId, total: &u64, cx: &mut Sends<Self>) {
        self.total = *total;
        cx.send(TakePayment {
            customer: customer.clone(),
            till: TillId::new("1"),
            order: order.clone(),
            amount: *total,
        });
    }

    #[on(MoneyEvent::Taken, key = order, strict)]
    fn paid(&mut self, order: &OrderId, amount: &u64, cx: &mut Sends<Self>) {
        assert_eq!(self.total, *amount, "another sum was paid");
        cx.send(ConfirmOrder { id: order.clone() });
    }

    #[on_rejected(TakePayment)]
    fn not_paid(&mut self, command: &TakePayment, rejection: &Rejection, cx: &mut Sends<Self>) {
        cx.send(CancelOrder {
            id: command.order.clone(),
            reason: rejection.message.clone(),
        });
    }

    #[stop(OrderEvent::Confirmed, key = order)]
    #[stop(OrderEvent::Cancelled, key = order)]
    fn done(&mut self) {}
}

#[service(
    aggregates(Order, Slip),
    commands(Deposit, TakePayment),
    process_managers(print_remarks, greet, Fulfilment)
)]
#[derive(Debug)]
pub struct Shop;

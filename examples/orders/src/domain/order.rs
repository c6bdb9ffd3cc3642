//! An order: what somebody wants, and whether they get it.

use eventsourcing::prelude::*;

use super::{Cents, Sku};

/// What happens to an order.
#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "order")]
pub enum OrderEvent {
    /// Somebody wants something.
    Placed {
        /// The order.
        #[stream]
        order: OrderId,
        /// What they want.
        sku: Sku,
        /// How many of it.
        quantity: u32,
        /// What that costs.
        total: Cents,
        /// The card that pays for it.
        card: String,
    },
    /// They get it.
    Confirmed {
        /// The order.
        #[stream]
        order: OrderId,
    },
    /// They do not.
    Cancelled {
        /// The order.
        #[stream]
        order: OrderId,
        /// Why not.
        reason: String,
    },
}

/// Why an order is not what was wanted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderError {
    /// The number is taken.
    #[error("the order was placed already")]
    PlacedAlready,
    /// There is no such order, or it has come to its end.
    #[error("the order is not open")]
    NotOpen,
    /// Nothing of something.
    #[error("an order is for one piece at least")]
    Empty,
}

/// How far an order has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// There is none of this number.
    #[default]
    Unknown,
    /// It is under way.
    Open,
    /// It has come to its end.
    Closed,
}

#[aggregate(id = OrderId(String), category = "order", event = OrderEvent, error = OrderError)]
impl Order {
    /// Orders something.
    ///
    /// # Errors
    /// If there is an order of this number already, or it is for nothing.
    #[command(type = PlaceOrder)]
    pub fn place(
        &self,
        cx: &Cx<OrderId>,
        sku: Sku,
        quantity: u32,
        total: Cents,
        card: String,
    ) -> Result<OrderEvent, OrderError> {
        require!(*self == Self::Unknown, OrderError::PlacedAlready);
        require!(quantity > 0, OrderError::Empty);
        let order = cx.id().clone();
        Ok(OrderEvent::Placed {
            order,
            sku,
            quantity,
            total,
            card,
        })
    }

    /// Promises that the customer gets it.
    ///
    /// # Errors
    /// If it is not open.
    #[command(type = ConfirmOrder)]
    pub fn confirm(&self, cx: &Cx<OrderId>) -> Result<OrderEvent, OrderError> {
        require!(*self == Self::Open, OrderError::NotOpen);
        Ok(OrderEvent::Confirmed {
            order: cx.id().clone(),
        })
    }

    /// Tells the customer that it cannot be.
    ///
    /// # Errors
    /// If it is not open.
    #[command(type = CancelOrder)]
    pub fn cancel(&self, cx: &Cx<OrderId>, reason: String) -> Result<OrderEvent, OrderError> {
        require!(*self == Self::Open, OrderError::NotOpen);
        Ok(OrderEvent::Cancelled {
            order: cx.id().clone(),
            reason,
        })
    }

    #[apply]
    fn happened(&mut self, event: &OrderEvent) {
        *self = match event {
            OrderEvent::Placed { .. } => Self::Open,
            OrderEvent::Confirmed { .. } | OrderEvent::Cancelled { .. } => Self::Closed,
        };
    }
}

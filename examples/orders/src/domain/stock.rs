//! Goods in stock: how many there are, and for whom they are set aside.

use std::collections::BTreeMap;

use eventsourcing::prelude::*;

use super::OrderId;

/// What happens to goods of one kind.
#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "stock")]
pub enum StockEvent {
    /// Some came in.
    Received {
        /// How many.
        quantity: u32,
    },
    /// Some were set aside.
    Reserved {
        /// For which order.
        order: OrderId,
        /// How many.
        quantity: u32,
    },
    /// Those that were set aside for an order are free again.
    Released {
        /// The order.
        order: OrderId,
    },
}

/// Why goods cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StockError {
    /// There are not that many.
    #[error("{wanted} wanted, {left} left")]
    OutOfStock {
        /// How many were wanted.
        wanted: u32,
        /// How many there are.
        left: u32,
    },
    /// An order takes what it needs once.
    #[error("the order `{0}` has its share already")]
    ReservedAlready(OrderId),
}

/// How many there are, and for whom they are set aside.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stock {
    left: u32,
    reserved: BTreeMap<OrderId, u32>,
}

#[aggregate(id = Sku(String), category = "stock", event = StockEvent, error = StockError)]
impl Stock {
    /// Takes in what was delivered.
    #[command(type = ReceiveGoods)]
    pub fn receive(&self, quantity: u32) -> StockEvent {
        StockEvent::Received { quantity }
    }

    /// Sets goods aside for an order.
    ///
    /// # Errors
    /// If there are not enough, or the order has its share already.
    #[command(type = ReserveGoods)]
    pub fn reserve(&self, order: OrderId, quantity: u32) -> Result<StockEvent, StockError> {
        require!(
            !self.reserved.contains_key(&order),
            StockError::ReservedAlready(order)
        );
        let (wanted, left) = (quantity, self.left);
        require!(left >= wanted, StockError::OutOfStock { wanted, left });
        Ok(StockEvent::Reserved { order, quantity })
    }

    /// Frees what was set aside for an order, if anything was.
    #[command(type = ReleaseGoods)]
    pub fn release(&self, order: OrderId) -> Option<StockEvent> {
        let reserved = self.reserved.contains_key(&order);
        reserved.then_some(StockEvent::Released { order })
    }

    #[apply]
    fn received(&mut self, quantity: &u32) {
        self.left += quantity;
    }

    #[apply]
    fn reserved(&mut self, order: &OrderId, quantity: &u32) {
        self.left -= quantity;
        self.reserved.insert(order.clone(), *quantity);
    }

    #[apply]
    fn released(&mut self, order: &OrderId) {
        self.left += self.reserved.remove(order).unwrap_or_default();
    }
}

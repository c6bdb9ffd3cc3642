//! The shop: everything that belongs together.

use eventsourcing::prelude::*;

use super::{CardNetwork, Fulfilment, Order, Parcel, Stock, TakePayment, send_what_is_confirmed};

/// A shop that sells from stock, for money.
#[service(
    aggregates(Order, Stock, Parcel),
    commands(TakePayment),
    process_managers(Fulfilment, send_what_is_confirmed),
    resources(CardNetwork)
)]
#[derive(Debug)]
pub struct Shop;

//! Payments: each order is paid for once, with a card that its bank accepts.

use std::fmt;
use std::time::Duration;

use eventsourcing::command::Prepare;
use eventsourcing::prelude::*;

use super::{Cents, OrderId};

/// The payment for an order. Its events are in the stream `payment-<number of the order>`.
#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "payment")]
#[serde(transparent)]
pub struct PaymentId(String);

impl PaymentId {
    /// The payment for an order.
    pub fn of(order: &OrderId) -> Self {
        Self(order.to_string())
    }
}

impl fmt::Display for PaymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What happens to payments.
#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "payment")]
pub enum PaymentEvent {
    /// The money is ours.
    Taken {
        /// The payment.
        #[stream]
        payment: PaymentId,
        /// What it is for.
        order: OrderId,
        /// How much.
        amount: Cents,
        /// What the bank calls it.
        authorization: String,
    },
}

/// Why an order is not paid for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaymentError {
    /// Its bank does not accept the card.
    #[error("the card ending in {0} was declined")]
    Declined(String),
    /// It is.
    #[error("the order is paid for already")]
    PaidAlready,
}

/// Whether an order is paid for.
#[derive(Clone, Debug, Default)]
pub struct Payment {
    taken: bool,
}

impl State for Payment {
    type Key = PaymentId;
    type Event = PaymentEvent;

    fn apply(&mut self, _: &PaymentId, event: &Recorded<PaymentEvent>) {
        match event.payload() {
            PaymentEvent::Taken { .. } => self.taken = true,
        }
    }
}

/// Takes the money for an order from a card.
#[derive(Command, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[command(emits(PaymentEvent::Taken))]
pub struct TakePayment {
    /// The payment.
    #[stream(state = Payment)]
    pub payment: PaymentId,
    /// What it is for.
    pub order: OrderId,
    /// How much.
    pub amount: Cents,
    /// The card.
    pub card: String,
    /// What the bank says. It is asked before the decision, and not a part of what is wanted.
    #[serde(skip)]
    pub authorization: Option<String>,
}

impl CommandLogic for TakePayment {
    type Error = PaymentError;

    async fn prepare(&mut self, cx: &Prepare) -> Result<(), PaymentError> {
        let network = cx.resource::<CardNetwork>().copied().unwrap_or_default();
        self.authorization = network.authorize(&self.card, &self.order).await;
        Ok(())
    }

    fn handle(&self, state: &TakePaymentState, cx: &mut Decide<Self>) -> Result<(), PaymentError> {
        require!(!state.payment.taken, PaymentError::PaidAlready);
        let Some(authorization) = self.authorization.clone() else {
            let ending = self.card.chars().rev().take(4).collect::<Vec<_>>();
            return Err(PaymentError::Declined(ending.into_iter().rev().collect()));
        };
        emit!(
            cx,
            PaymentEvent::Taken {
                payment: self.payment.clone(),
                order: self.order.clone(),
                amount: self.amount,
                authorization,
            }
        );
        Ok(())
    }
}

/// The banks behind the cards. They take their time, and decline every card whose number ends in `0000`.
#[derive(Clone, Copy, Debug, Default)]
pub struct CardNetwork {
    /// How long an answer takes.
    pub delay: Duration,
}

impl CardNetwork {
    async fn authorize(&self, card: &str, order: &OrderId) -> Option<String> {
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        (!card.ends_with("0000")).then(|| format!("auth-{order}"))
    }
}

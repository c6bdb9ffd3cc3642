//! The accounts that orders are paid for from.

use eventsourcing::prelude::*;

use super::shop::{CustomerId, OrderId, TillId};

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "money")]
pub enum MoneyEvent {
    Deposited {
        #[stream]
        customer: CustomerId,
        amount: u64,
    },
    Taken {
        #[stream]
        customer: CustomerId,
        #[stream]
        till: TillId,
        order: OrderId,
        amount: u64,
    },
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Account {
    balance: u64,
}

impl State for Account {
    type Key = CustomerId;
    type Event = MoneyEvent;

    fn apply(&mut self, _: &CustomerId, event: &Recorded<MoneyEvent>) {
        match event.payload() {
            MoneyEvent::Deposited { amount, .. } => self.balance += amount,
            MoneyEvent::Taken { amount, .. } => self.balance -= amount,
        }
    }
}

/// All orders are paid for into one.
#[derive(Clone, Copy, Debug, Default)]
pub struct Till {
    payments: u64,
}

impl State for Till {
    type Key = TillId;
    type Event = MoneyEvent;

    fn apply(&mut self, _: &TillId, _: &Recorded<MoneyEvent>) {
        self.payments += 1;
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("{missing} are missing")]
    NotEnough { missing: u64 },
    #[error("the till is full")]
    TillFull,
}

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(MoneyEvent::Deposited))]
pub struct Deposit {
    #[stream(append)]
    pub customer: CustomerId,
    pub amount: u64,
}

impl CommandLogic for Deposit {
    type Error = MoneyError;

    fn handle(&self, _: &DepositState, cx: &mut Decide<Self>) -> Result<(), MoneyError> {
        emit!(
            cx,
            MoneyEvent::Deposited {
                customer: self.customer.clone(),
                amount: self.amount,
            }
        );
        Ok(())
    }
}

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(MoneyEvent::Taken))]
pub struct TakePayment {
    #[stream(state = Account)]
    pub customer: CustomerId,
    #[stream(state = Till)]
    pub till: TillId,
    pub order: OrderId,
    pub amount: u64,
}

impl CommandLogic for TakePayment {
    type Error = MoneyError;

    fn handle(&self, state: &TakePaymentState, cx: &mut Decide<Self>) -> Result<(), MoneyError> {
        let balance = state.customer.balance;
        require!(state.till.payments < 1_000_000, MoneyError::TillFull);
        require!(
            balance >= self.amount,
            MoneyError::NotEnough {
                missing: self.amount - balance
            }
        );
        emit!(
            cx,
            MoneyEvent::Taken {
                customer: self.customer.clone(),
                till: self.till.clone(),
                order: self.order.clone(),
                amount: self.amount,
            }
        );
        Ok(())
    }
}

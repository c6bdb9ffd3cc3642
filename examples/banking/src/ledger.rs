//! The books of the bank: a projection. It follows the log of events, in commit order and each event once.

use std::collections::BTreeMap;

use eventsourcing::Position;
use eventsourcing::event::{DecodeError, Recorded};
use eventsourcing::store::{FeedError, FeedFilter, TenantStore};
use eventsourcing::stream::StreamKey as _;
use eventsourcing::subscription::Subscription;

use crate::domain::{AccountEvent, AccountId, Money};

/// The books: one page for each account.
#[derive(Debug)]
pub struct Ledger {
    subscription: Subscription,
    pages: BTreeMap<AccountId, Page>,
}

/// What happened to an account, added up. `opened_with + received - sent - fees` is its balance.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Whose it is.
    pub owner: String,
    /// What it held at first.
    pub opened_with: Money,
    /// What came in: deposits, transfers, and fees of others.
    pub received: Money,
    /// What was transferred to others.
    pub sent: Money,
    /// What was paid for that.
    pub fees: Money,
    /// What it holds now.
    pub balance: Money,
}

impl Ledger {
    /// Empty books on a store.
    pub fn new(store: &TenantStore) -> Self {
        let accounts = FeedFilter {
            categories: AccountId::CATEGORY.map(|category| vec![category]),
            ..FeedFilter::ALL
        };
        Self {
            subscription: Subscription::new(store, None, accounts),
            pages: BTreeMap::new(),
        }
    }

    /// Reads on, until the books hold everything up to a position.
    ///
    /// # Errors
    /// If the log cannot be read, or takes more from an account than it holds.
    pub async fn read_to(&mut self, position: Position) -> Result<(), LedgerError> {
        while self.position() < position {
            for event in self.subscription.next().await?.events {
                self.enter(&Recorded::decode(event)?)?;
            }
        }
        Ok(())
    }

    /// The pages, in alphabetical order of the accounts.
    pub fn into_pages(self) -> BTreeMap<AccountId, Page> {
        self.pages
    }

    /// What all accounts hold together.
    pub fn total(&self) -> Money {
        self.pages.values().map(|page| page.balance).sum()
    }

    fn position(&self) -> Position {
        self.subscription
            .checkpoint()
            .map_or(Position::START, |checkpoint| checkpoint.position)
    }

    fn enter(&mut self, event: &Recorded<AccountEvent>) -> Result<(), LedgerError> {
        match event.payload() {
            AccountEvent::Opened {
                account,
                owner,
                amount,
                ..
            } => {
                let page = self.page(account);
                page.owner.clone_from(owner);
                page.opened_with = *amount;
                page.balance = *amount;
            }
            AccountEvent::Deposited { account, amount } => self.page(account).receive(*amount),
            AccountEvent::Transferred { from, to, amount } => {
                self.page(from).sent += *amount;
                self.move_money(from, to, *amount, event.position())?;
            }
            AccountEvent::FeePaid { from, to, amount } => {
                self.page(from).fees += *amount;
                self.move_money(from, to, *amount, event.position())?;
            }
        }
        Ok(())
    }

    fn move_money(
        &mut self,
        from: &AccountId,
        to: &AccountId,
        amount: Money,
        position: Position,
    ) -> Result<(), LedgerError> {
        let payer = self.page(from);
        payer.balance = payer
            .balance
            .checked_sub(amount)
            .ok_or_else(|| LedgerError::Overdrawn {
                account: from.clone(),
                position,
            })?;
        self.page(to).receive(amount);
        Ok(())
    }

    fn page(&mut self, account: &AccountId) -> &mut Page {
        self.pages.entry(account.clone()).or_default()
    }
}

impl Page {
    fn receive(&mut self, amount: Money) {
        self.received += amount;
        self.balance += amount;
    }
}

/// Why the books cannot be kept.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The log cannot be read.
    #[error("the log cannot be read")]
    Feed(#[from] FeedError),
    /// An event cannot be read.
    #[error(transparent)]
    Event(#[from] DecodeError),
    /// An account paid what it did not have. The bank has failed at its only duty.
    #[error("the event at position {position} takes more from the account `{account}` than it holds")]
    Overdrawn {
        /// The account.
        account: AccountId,
        /// Where the event is in the log.
        position: Position,
    },
}

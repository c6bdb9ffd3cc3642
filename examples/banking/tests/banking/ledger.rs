use banking::domain::transfer_with_fee::FEE;
use banking::domain::{AccountEvent, AccountId, BankError, Money, OpenAccount, Transfer, TransferWithFee};
use banking::ledger::{Ledger, LedgerError, Page};
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::store::EventStore as _;
use eventsourcing::{Position, TenantId};

use crate::accounts::{alice, bob, euros, fees};

fn open(account: AccountId, fee_account: Option<AccountId>) -> OpenAccount {
    OpenAccount {
        account,
        owner: "somebody".into(),
        amount: euros(100),
        fee_account,
    }
}

#[tokio::test]
async fn the_columns_of_a_page_add_up_to_its_balance() {
    let store = MemoryStore::new();
    let bank = Executor::new(store.clone());
    bank.execute(open(fees(), None)).await.unwrap();
    bank.execute(open(alice(), Some(fees()))).await.unwrap();
    bank.execute(open(bob(), None)).await.unwrap();
    bank.execute(Transfer {
        from: bob(),
        to: alice(),
        amount: euros(20),
    })
    .await
    .unwrap();
    let last = bank
        .execute(TransferWithFee {
            from: alice(),
            to: bob(),
            amount: euros(50),
        })
        .await
        .unwrap();

    let mut ledger = Ledger::new(&store.tenant(&TenantId::DEFAULT));
    ledger.read_to(last.position()).await.unwrap();

    assert_eq!(ledger.total(), euros(300));
    assert_eq!(
        ledger.into_pages()[&alice()],
        Page {
            owner: "somebody".into(),
            opened_with: euros(100),
            received: euros(20),
            sent: euros(50),
            fees: FEE,
            balance: euros(70).checked_sub(FEE).unwrap(),
        }
    );
}

#[tokio::test]
async fn the_books_of_a_bank_where_nothing_happened_are_empty() {
    let mut ledger = Ledger::new(&MemoryStore::new().tenant(&TenantId::DEFAULT));
    ledger.read_to(Position::START).await.unwrap();
    assert_eq!(ledger.total(), Money::ZERO);
}

/// What no honest bank has: a transfer without a look at the accounts.
#[derive(Command)]
#[command(emits(AccountEvent::Transferred))]
struct Forgery {
    #[stream(append)]
    from: AccountId,
    #[stream(append)]
    to: AccountId,
}

impl CommandLogic for Forgery {
    type Error = BankError;

    fn handle(&self, _: &ForgeryState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        let (from, to) = (self.from.clone(), self.to.clone());
        emit!(
            cx,
            AccountEvent::Transferred {
                from,
                to,
                amount: Money::from_cents(1)
            }
        );
        Ok(())
    }
}

#[tokio::test]
async fn an_account_that_paid_what_it_did_not_have_is_found() {
    let store = MemoryStore::new();
    let forged = Executor::new(store.clone())
        .execute(Forgery {
            from: alice(),
            to: bob(),
        })
        .await
        .unwrap();

    let mut ledger = Ledger::new(&store.tenant(&TenantId::DEFAULT));
    let error = ledger.read_to(forged.position()).await.unwrap_err();

    assert!(matches!(error, LedgerError::Overdrawn { account, .. } if account == alice()));
}

use std::sync::Arc;

use banking::domain::transfer_with_fee::FEE;
use banking::domain::{AccountEvent, AccountId, Money};
use banking::statement::{BalanceRow, Balances, statement};
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::testing::scenario;

use crate::accounts::{alice, bob, euros, fees};

fn opened(account: AccountId, amount: Money) -> AccountEvent {
    AccountEvent::Opened {
        account,
        owner: "somebody".into(),
        amount,
        fee_account: None,
    }
}

fn row(account: AccountId, balance: Money, entries: u64) -> BalanceRow {
    BalanceRow {
        account,
        owner: "somebody".into(),
        balance,
        entries,
    }
}

#[test]
fn what_is_paid_is_taken_from_one_account_and_added_to_another() {
    scenario()
        .given([
            opened(alice(), euros(100)),
            opened(bob(), euros(0)),
            opened(fees(), euros(0)),
        ])
        .projection(Balances)
        .when([
            AccountEvent::Deposited {
                account: bob(),
                amount: euros(5),
            },
            AccountEvent::Transferred {
                from: alice(),
                to: bob(),
                amount: euros(30),
            },
            AccountEvent::FeePaid {
                from: bob(),
                to: fees(),
                amount: FEE,
            },
        ])
        .then_rows([
            row(alice(), euros(70), 1),
            row(bob(), euros(35).checked_sub(FEE).unwrap(), 3),
            row(fees(), FEE, 1),
        ])
        .when([AccountEvent::Deposited {
            account: AccountId::new("mallory"),
            amount: euros(1),
        }])
        .then_fails();
}

#[tokio::test]
async fn a_statement_has_everything_that_is_in_the_store() {
    let store = MemoryStore::new();
    let bank = Executor::new(store.clone());
    for account in [alice(), bob()] {
        let open = banking::domain::OpenAccount {
            account,
            owner: "somebody".into(),
            amount: euros(100),
            fee_account: None,
        };
        bank.execute(open).await.unwrap();
    }
    for transfers in 1..=3 {
        let transfer = banking::domain::Transfer {
            from: alice(),
            to: bob(),
            amount: euros(10),
        };
        bank.execute(transfer).await.unwrap();
        let statement = statement(Arc::new(store.clone()), alice()).await.unwrap();
        assert_eq!(statement, row(alice(), euros(100 - 10 * transfers), transfers));
    }
    let nobody = statement(Arc::new(store), AccountId::new("mallory"))
        .await
        .unwrap_err();
    assert_eq!(nobody.to_string(), "there is no account `mallory`");
}

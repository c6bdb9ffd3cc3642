//! Projections that are what the service was given, and not their defaults.

use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;

use super::bank::{AccountEvent, AccountId, Close, Move, Open, open};

#[derive(Row, Debug, PartialEq)]
#[row(table = "greetings")]
struct GreetingRow {
    #[key]
    account: AccountId,
    text: String,
}

/// Nobody knows how to greet by default.
struct Greetings {
    greeting: String,
}

#[projection(name = "greetings", version = 1, row = GreetingRow)]
impl Greetings {
    #[on(AccountEvent::Opened)]
    fn opened(&self, account: &AccountId, owner: &str, rows: &mut Rows<GreetingRow>) {
        rows.entry(account).text = format!("{}, {owner}!", self.greeting);
    }
}

#[module(projections(Greetings))]
struct Lobby;

#[service(
    commands(Open, Move, Close),
    projections(super::bank::Balances),
    modules(Lobby),
    resources(u32)
)]
struct Bank;

#[tokio::test]
async fn a_projection_without_a_default_is_what_the_service_was_given() {
    let greeting = "Welcome".to_owned();
    let bank = Bank::builder(MemoryStore::new())
        .projection(Greetings { greeting })
        .provide(7_u32);
    let bank = bank.start().await.unwrap();
    let done = open(&bank, "a", "Ada").await;
    bank.wait_for::<Greetings>(done).await.unwrap();
    let rows = bank.rows::<GreetingRow>().all().await.unwrap();
    assert_eq!(rows[0].text, "Welcome, Ada!");
}

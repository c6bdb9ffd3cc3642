// Nothing that is generated relies on what happens to be in scope.
#![no_implicit_prelude]
#![deny(warnings)]

use ::eventsourcing::StreamId;
use ::eventsourcing::event::Event;
use ::eventsourcing::projection::{Row, Rows, projection};
use ::eventsourcing::query::{NoAnswer, Query, QueryLogic, Reading};
use ::eventsourcing::service::service;

#[derive(Event)]
#[event(prefix = "account")]
pub enum AccountEvent {
    Opened {
        #[stream]
        account: StreamId,
    },
}

#[derive(Row)]
#[row(table = "accounts")]
pub struct AccountRow {
    #[key]
    pub account: StreamId,
}

#[derive(::std::default::Default)]
pub struct Accounts;

#[projection(name = "accounts", version = 1, row = AccountRow)]
impl Accounts {
    #[on(AccountEvent::Opened)]
    fn opened(&self, account: &StreamId, rows: &mut Rows<AccountRow>) {
        rows.entry(account);
    }
}

#[derive(Query, ::eventsourcing::prelude::Serialize, ::eventsourcing::prelude::Deserialize)]
#[query(result = usize, of(Accounts))]
pub struct HowMany {}

impl QueryLogic for HowMany {
    async fn answer(&self, read: &Reading<Self>) -> ::std::result::Result<usize, NoAnswer> {
        ::std::result::Result::Ok(read.rows::<AccountRow>().all().await?.len())
    }
}

#[service(
    projections(Accounts),
    queries(HowMany),
    extern_events(AccountEvent = "it is a test")
)]
pub struct Bank;

#[::core::prelude::v1::test]
fn it_runs() {
    let _ = Bank::describe();
}

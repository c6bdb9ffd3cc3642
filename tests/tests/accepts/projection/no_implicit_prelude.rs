// Nothing that is generated relies on what happens to be in scope.
#![no_implicit_prelude]
#![deny(warnings)]

use ::eventsourcing::StreamId;
use ::eventsourcing::event::Event;
use ::eventsourcing::projection::{Row, Rows, projection};

#[derive(Event)]
#[event(prefix = "account")]
pub enum AccountEvent {
    Opened {
        #[stream]
        account: StreamId,
        owner: ::std::string::String,
    },
    Closed {
        #[stream]
        account: StreamId,
    },
}

#[derive(Row)]
#[row(table = "balances")]
pub struct BalanceRow {
    #[key]
    pub account: StreamId,
    #[key]
    pub owner: ::std::string::String,
    #[index]
    pub balance: i64,
    #[column(json, name = "labels")]
    pub tags: ::std::vec::Vec<::std::string::String>,
    pub note: ::std::option::Option<::std::string::String>,
}

#[derive(::std::default::Default)]
pub struct Balances;

#[projection(name = "balances", version = 1, row = BalanceRow, parallel_by = account, slices = 2, changed = "it is a test")]
impl Balances {
    #[on(AccountEvent::Opened)]
    fn opened(&self, account: &StreamId, owner: &str, rows: &mut Rows<BalanceRow>) {
        rows.entry((account, owner)).balance += 1;
    }

    #[on(AccountEvent::Closed)]
    fn closed(&self, rows: &mut Rows<BalanceRow>) -> ::std::result::Result<(), ::std::fmt::Error> {
        let _ = rows;
        ::std::result::Result::Ok(())
    }
}

#[::core::prelude::v1::test]
fn it_runs() {
    let _ = BalanceRow::BALANCE.at_least(1);
    let _ = BalanceRow::TAGS;
}

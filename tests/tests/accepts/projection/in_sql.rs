// A projection in SQL relies on nothing that happens to be in scope.
#![no_implicit_prelude]
#![deny(warnings)]
#![deny(missing_docs)]
//! It is documented.

use ::eventsourcing::StreamId;
use ::eventsourcing::event::{Event, Recorded};
use ::eventsourcing::postgres::{PgTx, sqlx};
use ::eventsourcing::projection::{Pending, projection};

/// What happens.
#[derive(Event)]
#[event(prefix = "account")]
pub enum AccountEvent {
    /// Of which somebody takes the fields.
    Opened {
        /// The stream.
        #[stream]
        account: StreamId,
        /// A field.
        owner: ::std::string::String,
    },
    /// Of which somebody takes the whole.
    Closed {
        /// The stream.
        #[stream]
        account: StreamId,
    },
}

/// What is noted of it.
#[derive(::std::default::Default)]
pub struct Audit;

#[projection(name = "audit", version = 2, tables("audit", "audit_lines"), parallel_by = account)]
impl Audit {
    #[create]
    async fn create(&self, transaction: &mut PgTx) {
        let _ = (
            transaction.table(Self::AUDIT),
            transaction.table(Audit::AUDIT_LINES),
        );
    }

    #[on(AccountEvent::Opened)]
    async fn opened(&self, tx: &mut PgTx, account: &StreamId, owner: &str) -> sqlx::Result<()> {
        let insert = tx.sql("insert into {} values ($1, $2)", [Self::AUDIT]);
        let query = sqlx::query(insert).bind(account.as_str()).bind(owner);
        query.execute(&mut **tx).await.map(::std::mem::drop)
    }

    #[on(AccountEvent::Closed)]
    async fn closed(&self, event: &Recorded<AccountEvent>, tx: &mut PgTx) {
        let _ = (event.payload(), tx.tenant());
    }
}

/// The same, inline.
#[derive(::std::default::Default)]
pub struct Inline;

#[projection(name = "inline", version = 1, tables("inline"), inline)]
impl Inline {
    #[create]
    async fn create(&self, tx: &mut PgTx) {
        let _ = tx;
    }

    #[on(AccountEvent::Opened)]
    async fn opened(&self, owner: &str, event: &Pending<AccountEvent>, tx: &mut PgTx) {
        let _ = (owner, event.id(), tx);
    }
}

// The facade may be known under another name only, and a query may be defined in a function.
extern crate eventsourcing as renamed;

use renamed::StreamId;
use renamed::event::Event;
use renamed::projection::{Row, Rows, projection};
use renamed::query::{NoAnswer, Query, QueryLogic, Reading};

mod eventsourcing {}

#[derive(Event)]
#[event(prefix = "account", crate = renamed)]
enum AccountEvent {
    Opened {
        #[stream]
        account: StreamId,
    },
}

#[derive(Row)]
#[row(table = "accounts", crate = renamed)]
struct AccountRow {
    #[key]
    account: StreamId,
}

#[derive(Default)]
struct Accounts;

#[projection(name = "accounts", version = 1, row = AccountRow, crate = renamed)]
impl Accounts {
    #[on(AccountEvent::Opened)]
    fn opened(&self, account: &StreamId, rows: &mut Rows<AccountRow>) {
        rows.entry(account);
    }
}

#[test]
fn it_runs() {
    #[derive(Query)]
    #[query(result = Option<StreamId>, of(Accounts), name = "the.first", crate = renamed)]
    struct First {
        r#after: Option<StreamId>,
    }

    impl QueryLogic for First {
        async fn answer(&self, read: &Reading<Self>) -> Result<Option<StreamId>, NoAnswer> {
            let first = read.rows::<AccountRow>().first().await?;
            Ok(first.map(|row| row.account).or(self.after.clone()))
        }
    }

    assert_eq!(First::NAME, "the.first");
    assert_eq!(First::OF.len(), 1);
}

// The facade may be known under another name only.
extern crate eventsourcing as renamed;

use renamed::StreamId;
use renamed::event::{Event, Recorded};
use renamed::projection::{Row, Rows, projection};

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
#[row(table = "balances", crate = renamed)]
struct BalanceRow {
    #[key]
    account: StreamId,
    r#type: i32,
}

struct Balances(i32);

impl Default for Balances {
    fn default() -> Self {
        Self(3)
    }
}

#[projection(name = "balances", version = 1, row = BalanceRow, crate = renamed)]
impl Balances {
    #[on(AccountEvent)]
    fn opened(&self, event: &Recorded<AccountEvent>, rows: &mut Rows<BalanceRow>) {
        let AccountEvent::Opened { account } = event.payload();
        rows.entry(account).r#type = self.0;
    }
}

#[test]
fn it_runs() {
    let _ = BalanceRow::TYPE.is(3);
    let _ = BalanceRow::ACCOUNT.ascending();
}

//! What one writes by hand: pages of events, a statement for each, and the checkpoint in the same transaction.

use serde_json::Value;
use tokio_postgres::{Client, NoTls};

const TABLES: &str = "
    create table hand_balances (account text primary key, cents bigint not null, deposits integer not null);
    create table hand_checkpoint (position bigint not null);
    insert into hand_checkpoint values (0)";
const PAGE: &str = "
    select position, payload from eventsourcing.events
     where position > $1 order by position limit 1000";
const DEPOSIT: &str = "
    insert into hand_balances values ($1, $2, 1)
    on conflict (account) do update set cents = hand_balances.cents + excluded.cents, deposits = hand_balances.deposits + 1";

pub(crate) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.expect("it connects");
    #[expect(clippy::disallowed_methods, reason = "it ends with the client")]
    drop(tokio::spawn(connection));
    client.batch_execute(TABLES).await.expect("the tables are made");
    client
}

/// Makes balances of all events. Returns how many there were.
pub(crate) async fn project(client: &mut Client) -> u32 {
    let page = client.prepare(PAGE).await.expect("it is a statement");
    let deposit = client.prepare(DEPOSIT).await.expect("it is a statement");
    let mut events = 0;
    let mut position = 0_i64;
    loop {
        let work = client.transaction().await.expect("it begins");
        let rows = work.query(&page, &[&position]).await.expect("it reads");
        let Some(last) = rows.last() else { return events };
        for row in &rows {
            let event: Value = serde_json::from_slice(row.get(1)).expect("it is JSON");
            let (account, amount) = (event["account"].as_str(), event["amount"].as_i64());
            work.execute(&deposit, &[&account, &amount])
                .await
                .expect("it writes");
            events += 1;
        }
        position = last.get(0);
        work.execute("update hand_checkpoint set position = $1", &[&position])
            .await
            .expect("it writes");
        work.commit().await.expect("it commits");
    }
}

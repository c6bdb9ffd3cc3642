//! Rows lie in tables of the file, beside those of the application, and people look at them through views.

use std::sync::Arc;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::rows::{Place, PrepareError, RowStore, TableRefused};
use eventsourcing_core::store::{EventStore, ReadFeed};
use eventsourcing_sqlite::SqliteStore;
use eventsourcing_testkit::fixture::rows::{balances, put, row};
use eventsourcing_testkit::fixture::{append, event, tenant};
use rusqlite::Connection;

use crate::folder::{Folder, log};

/// A store of one event, with one balance of one tenant.
async fn with_a_balance(folder: &Folder) -> (SqliteStore, Arc<dyn RowStore>) {
    let store = folder.open().await;
    let log = log(&store);
    log.append(Arc::new(append([event("a.Happened", "a-1")])))
        .await
        .unwrap();
    let end = log.read_feed(&ReadFeed::after(None)).await.unwrap();
    let rows = store.tenant(&tenant("ours")).rows;
    rows.prepare(&balances(1)).await.unwrap();
    let write = put(Place::START, end.scanned_to, vec![row("1", "alice", 7)]);
    rows.write(Arc::new(write)).await.unwrap();
    (store, rows)
}

fn seen(connection: &Connection) -> Option<(String, String, i64)> {
    let mut rows = connection
        .prepare("select _tenant, owner, balance from balances")
        .unwrap();
    let mut found = rows.query([]).unwrap();
    let row = found.next().unwrap()?;
    Some((row.get(0).unwrap(), row.get(1).unwrap(), row.get(2).unwrap()))
}

#[tokio::test]
async fn people_see_the_active_version() {
    let folder = Folder::new();
    let (_store, rows) = with_a_balance(&folder).await;
    let people = folder.connect();
    let balance = Some(("ours".to_owned(), "alice".to_owned(), 7));
    assert!(
        people.prepare("select * from balances").is_err(),
        "nothing is active yet"
    );
    rows.activate(&balances(1).projection).await.unwrap();
    assert_eq!(seen(&people), balance);
    rows.prepare(&balances(2)).await.unwrap();
    assert_eq!(seen(&people), balance, "it is not active yet");
    rows.activate(&balances(2).projection).await.unwrap();
    assert_eq!(seen(&people), None);
    rows.activate(&balances(1).projection).await.unwrap();
    assert_eq!(seen(&people), balance);
    rows.drop_version(&balances(1).projection).await.unwrap();
    let left: i64 = people
        .query_row(
            "select count(*) from sqlite_schema where name in ('balances', 'balances_v1', 'closed', 'closed_v1')",
            [],
            |row| row.get(0),
        )
        .unwrap();
    assert_eq!(left, 0);
}

#[tokio::test]
async fn a_table_of_the_application_is_left_alone() {
    for name in ["balances", "Balances", "balances_v1"] {
        let folder = Folder::new();
        let store = folder.open().await;
        folder
            .connect()
            .execute_batch(&format!("create table {name} (own text)"))
            .unwrap();
        let rows = store.tenant(&TenantId::DEFAULT).rows;
        let refused = rows.prepare(&balances(1)).await.unwrap_err();
        let taken = matches!(
            refused,
            PrepareError::Table {
                refused: TableRefused::NameTaken,
                ..
            }
        );
        assert!(taken, "{refused:?}");
        let columns =
            folder
                .connect()
                .query_row("select sql from sqlite_schema where name = ?1", [name], |row| {
                    row.get::<_, String>(0)
                });
        assert!(columns.unwrap().contains("own text"));
    }
}

#[tokio::test]
async fn what_has_an_index_is_found_by_it() {
    let folder = Folder::new();
    let (_store, _rows) = with_a_balance(&folder).await;
    let plan: String = folder
        .connect()
        .query_row(
            "explain query plan select owner from balances_v1 where _tenant = 'ours' and balance >= 5 order by balance",
            [],
            |row| row.get(3),
        )
        .unwrap();
    assert!(
        plan.contains("USING INDEX _balances_v1_") && plan.contains("balance>?"),
        "{plan}"
    );
}

//! What people find in the file.

use eventsourcing_testkit::fixture::{AppendExt, NewEventExt, append, event, new_command};
use rusqlite::Connection;

use crate::folder::{Folder, log};

#[tokio::test]
async fn the_log_can_be_read_by_people() {
    let folder = Folder::new();
    let transferred = event("account.Transferred", "account-a")
        .linked_to("account-b")
        .with_payload(r#"{"amount": 30, "note": "für Miete"}"#);
    let id = transferred.id.to_string();
    let stamped = event("file.Stamped", "file-1").with_binary(&b"\x00\xff"[..]);
    log(&folder.open().await)
        .append(append([transferred, stamped]).into())
        .await
        .unwrap();

    let row = |position: u32, column: &str| -> String {
        let query = format!("select {column} from es_log where position = ?1");
        folder
            .connect()
            .query_row(&query, [position], |row| row.get(0))
            .unwrap()
    };
    assert_eq!(row(1, "payload"), r#"{"amount": 30, "note": "für Miete"}"#);
    assert_eq!(row(1, "payload ->> 'note'"), "für Miete");
    assert_eq!(
        row(1, "stream || ' ' || version || ' ' || links"),
        r#"account-a 1 [["account-b",1]]"#
    );
    assert_eq!(row(1, "event_id"), id);
    assert!(row(1, "recorded_at").starts_with("20"));
    assert_eq!(row(2, "payload"), "00FF");
}

#[tokio::test]
async fn events_are_neither_changed_nor_deleted_by_mistake() {
    let folder = Folder::new();
    log(&folder.open().await)
        .append(append([event("a.Happened", "a-1")]).into())
        .await
        .unwrap();
    let connection = folder.connect();
    connection
        .execute("update es_events set payload = x''", [])
        .unwrap_err();
    connection.execute("delete from es_events", []).unwrap_err();
}

#[tokio::test]
async fn an_event_without_links_takes_one_place_and_no_more() {
    let folder = Folder::new();
    let log = log(&folder.open().await);
    log.append(append([event("a.Happened", "a-1")]).into())
        .await
        .unwrap();
    assert_eq!(rows(&folder.connect(), "es_places"), 1);
    log.append(append([event("a.Happened", "a-1").linked_to("b-1")]).into())
        .await
        .unwrap();
    assert_eq!(rows(&folder.connect(), "es_places"), 3);
}

#[tokio::test]
async fn only_commands_with_an_id_are_recorded() {
    let folder = Folder::new();
    let log = log(&folder.open().await);
    log.append(append([event("a.Happened", "a-1")]).into())
        .await
        .unwrap();
    assert_eq!(rows(&folder.connect(), "es_commands"), 0);
    log.append(append([]).under(new_command()).into()).await.unwrap();
    assert_eq!(rows(&folder.connect(), "es_commands"), 1);
}

fn rows(connection: &Connection, table: &str) -> u32 {
    connection
        .query_row(&format!("select count(*) from {table}"), [], |row| row.get(0))
        .unwrap()
}

//! A file that is damaged is told from one that is busy or full.

use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom, Write};

use eventsourcing_core::store::ErrorClass;
use eventsourcing_sqlite::SqliteErrorKind;
use eventsourcing_testkit::fixture::{append, event, read, whole};

use crate::folder::{Folder, log, sqlite_kind};

#[tokio::test]
async fn a_damaged_file_is_for_a_person_to_look_at() {
    let folder = Folder::new();
    let store = folder.open().await;
    log(&store)
        .append(append([event("a.Happened", "a-1")]).into())
        .await
        .unwrap();
    folder
        .connect()
        .execute_batch("pragma wal_checkpoint(truncate)")
        .unwrap();
    let root: u32 = folder
        .connect()
        .query_row(
            "select rootpage from sqlite_schema where name = 'es_places'",
            [],
            |row| row.get(0),
        )
        .unwrap();
    let mut file = OpenOptions::new().write(true).open(folder.file()).unwrap();
    file.seek(SeekFrom::Start(u64::from(root - 1) * 4096)).unwrap();
    file.write_all(&[0xff; 4096]).unwrap();

    let reopened = folder.open().await;
    let error = log(&reopened)
        .read_streams(&read([whole("a-1")]))
        .await
        .unwrap_err();
    assert_eq!(error.class(), ErrorClass::Bug);
    assert_eq!(sqlite_kind(&error), Some(SqliteErrorKind::Corrupt), "{error:?}");
    let error = log(&reopened)
        .append(append([event("a.Happened", "a-1")]).into())
        .await
        .unwrap_err();
    assert_eq!(error.class(), ErrorClass::Bug);
}

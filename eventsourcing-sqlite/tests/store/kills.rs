//! What was acknowledged outlives the process.

use std::sync::Arc;

use eventsourcing_sqlite::SqliteStore;
use eventsourcing_testkit::crash::{Kills, address, work_until_killed};
use tokio::runtime::Runtime;

use crate::folder::Folder;

#[test]
#[ignore = "run by the test below, which kills it"]
fn victim() {
    work_at_address();
}

pub(crate) fn work_at_address() {
    let Some(file) = address() else { return };
    Runtime::new().unwrap().block_on(async {
        let store = SqliteStore::open(file).await.expect("the store should open");
        work_until_killed(Arc::new(store)).await;
    });
}

#[test]
fn what_was_acknowledged_survives_whoever_wrote_it() {
    let folder = Folder::new();
    let survived =
        Kills::new("kills::victim").times(20).seed(20).run(folder.file(), async || Arc::new(folder.open().await));
    assert!(survived.acknowledged > 0 && survived.seen > 0, "{survived:?}");
}

//! What was acknowledged outlives the process.

use std::ffi::OsString;
use std::io;
use std::process::Command;
use std::sync::Arc;

use eventsourcing_core::store::EventStore;
use eventsourcing_sqlite::SqliteOptions;
use eventsourcing_testkit::crash::{
    BoxError, Kills, StoppingClock, Subject, Victim, address, work_until_killed,
};
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
        let options = SqliteOptions::new().clock(StoppingClock);
        let store = options.open(file).await.expect("the store should open");
        work_until_killed(Arc::new(store)).await;
    });
}

impl Subject for Folder {
    fn address(&self) -> OsString {
        self.file().into()
    }

    fn command(&self) -> io::Result<Command> {
        Victim::test("kills::victim")
    }

    async fn open(&self) -> Result<Arc<dyn EventStore>, BoxError> {
        Ok(Arc::new(Self::open(self).await))
    }
}

#[test]
fn what_was_acknowledged_survives_whoever_wrote_it() {
    let survived = Kills::new(20).times(40).run(&mut Folder::new()).unwrap();
    assert!(survived.acknowledged > 0 && survived.seen > 0, "{survived:?}");
    assert!(survived.stopped > 0, "{survived:?}");
}

//! What is wrong with one stream is not held against those that are read with it.

use std::sync::Arc;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::{ErrorClass, EventStore, ReadError};
use eventsourcing_testkit::conformance::Setup;
use eventsourcing_testkit::fixture::{append, event, read, whole};
use tokio::task::JoinSet;

use crate::schema::TestSchema;

#[tokio::test]
async fn a_read_that_fails_fails_alone() {
    let schema = TestSchema::new();
    let log = schema.open().await.tenant(&TenantId::DEFAULT).log;
    for stream in ["a-1", "a-2", "a-poison"] {
        let sent = append([event("a.Happened", stream)]);
        log.append(Arc::new(sent)).await.expect("appended");
    }
    let poison = format!(
        "set session_replication_role = replica; update {}.events set type = 1000 where stream = 'a-poison'",
        schema.name
    );
    let client = schema.client().await;
    client
        .batch_execute(&poison)
        .await
        .expect("an administrator may do anything");

    // Nobody else runs until all are handed in: they are one batch.
    let mut reading = JoinSet::new();
    for stream in ["a-1", "a-poison", "a-2", "a-none"] {
        let log = Arc::clone(&log);
        reading.spawn(async move { (stream, log.read_streams(&read([whole(stream)])).await) });
    }
    for (stream, outcome) in reading.join_all().await {
        let head = outcome.as_ref().map(|read| read.slices[0].head.get());
        let expected = match stream {
            "a-poison" => Err(ErrorClass::Bug),
            "a-none" => Ok(0),
            _ => Ok(1),
        };
        assert_eq!(head.map_err(ReadError::class), expected, "{stream}: {outcome:?}");
    }
    Setup::remove(&schema).await;
}

//! What one command of a batch does wrong is not held against the others.

use std::sync::Arc;
use std::time::Duration;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::{AppendError, ErrorClass, EventLog, EventStore};
use eventsourcing_postgres::PostgresOptions;
use eventsourcing_testkit::conformance::Setup;
use eventsourcing_testkit::fixture::{AppendExt, append, event, read, whole};
use tokio::task::JoinSet;

use crate::schema::{TestSchema, waiting_for_the_lock};

#[tokio::test]
async fn an_error_of_the_database_is_settled_command_by_command() {
    let schema = TestSchema::new();
    let log = schema.open().await.tenant(&TenantId::DEFAULT).log;
    let client = schema.client().await;
    let fails_on_poison = "
        set search_path to {}; create sequence writes;
        create function poison() returns trigger language plpgsql as $$ begin
            perform nextval('{}.writes');
            if exists (select from written where stream = 'a-poison') then raise exception 'poison'; end if;
            return null;
        end $$;
        create trigger poison after insert on events referencing new table as written
            for each statement execute function poison()";
    client
        .batch_execute(&fails_on_poison.replace("{}", &schema.name))
        .await
        .expect("a trigger");

    // Two calls wait for the lock, one behind the other; what comes then is the next batch.
    client
        .batch_execute("begin; select lock_log()")
        .await
        .expect("the lock");
    let mut sending = JoinSet::new();
    let mut send = |name: &'static str, stream: &str| {
        let log = Arc::clone(&log);
        let sent = append([event("a.Happened", stream)]).if_absent(stream);
        sending.spawn(async move { (name, log.append(Arc::new(sent)).await) });
    };
    send("first", "a-first");
    waiting_for_the_lock(&schema, 1).await;
    send("second", "a-second");
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    send("good", "a-1");
    send("poisoned", "a-poison");
    send("late", "a-first");
    send("good", "a-2");
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    client.batch_execute("commit").await.expect("the lock is free");

    for (name, outcome) in sending.join_all().await {
        let class = outcome.as_ref().map_err(AppendError::class).map(|_| ());
        let expected = match name {
            "poisoned" => Err(ErrorClass::Bug),
            "late" => Err(ErrorClass::Conflict),
            _ => Ok(()),
        };
        assert_eq!(class, expected, "{name}: {outcome:?}");
    }
    // The first, the second, all others at once, and then each of these for itself. With the late one, the statement that looks and
    // writes has written nothing, and another one follows.
    let writes = client
        .query_one("select last_value from writes", &[])
        .await
        .expect("a count");
    assert_eq!(writes.get::<_, i64>(0), 1 + 1 + 2 + (3 + 2));
    assert_eq!(head(&*log, "a-poison").await, 0);
    for stream in ["a-1", "a-2", "a-first", "a-second"] {
        assert_eq!(head(&*log, stream).await, 1, "{stream}");
    }
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn whoever_holds_the_lock_of_all_writes_for_long_makes_appends_fail_and_not_hang() {
    let schema = TestSchema::new();
    schema.open().await;
    let url = format!("{}?options=-c%20lock_timeout%3D20ms", schema.url);
    let options = PostgresOptions::new(&url).expect("an address");
    let store = options.schema(&schema.name).expect("a name").connect().await;
    let log = store.expect("a store").tenant(&TenantId::DEFAULT).log;
    let gate = schema.client().await;
    let hold = format!(
        "begin; set local search_path to {}; select lock_log()",
        schema.name
    );
    gate.batch_execute(&hold).await.expect("the lock");

    let sent = Arc::new(append([event("a.Happened", "a-1")]));
    let refused = log.append(Arc::clone(&sent)).await.expect_err("the lock is held");
    assert_eq!(refused.class(), ErrorClass::Retry, "{refused:?}");
    gate.batch_execute("rollback").await.expect("the lock is free");
    log.append(sent).await.expect("it succeeds");
    assert_eq!(head(&*log, "a-1").await, 1);
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn what_waits_is_bounded_in_number_and_in_bytes() {
    let schema = TestSchema::new();
    let patient = || schema.options().reconnect_within(Duration::from_mins(1));
    let gate = schema.client().await;
    let few = patient().longest_queue(4).connect().await.expect("a store");
    let small = patient().largest_queue(0).connect().await.expect("a store");
    let hold = format!(
        "begin; set local search_path to {}; select lock_log()",
        schema.name
    );
    for (store, payload) in [(few, 10), (small, 1_000_000)] {
        let log = store.tenant(&TenantId::DEFAULT).log;
        gate.batch_execute(&hold).await.expect("the lock");
        let mut sending = JoinSet::new();
        for _ in 0..100 {
            let (log, mut big) = (Arc::clone(&log), event("a.Big", "a-1"));
            big.payload = format!("\"{}\"", "x".repeat(payload)).into();
            sending.spawn(async move { log.append(Arc::new(append([big]))).await });
        }
        let refused = sending.join_next().await.expect("a hundred").expect("no panic");
        let refused = refused.expect_err("nothing can be written now");
        assert_eq!(refused.class(), ErrorClass::Overloaded, "{refused:?}");
        gate.batch_execute("rollback").await.expect("the lock is free");
        let outcomes = sending.join_all().await;
        assert!(outcomes.iter().any(Result::is_ok), "what was taken is done");
        log.append(Arc::new(append([event("a.Later", "a-1")])))
            .await
            .expect("there is room again");
    }
    Setup::remove(&schema).await;
}

async fn head(log: &dyn EventLog, stream: &str) -> u64 {
    let read = log.read_streams(&read([whole(stream)])).await;
    read.expect("the stream is readable").slices[0].head.get()
}

//! A reader moves with the append in whatever company: of a batch, of somebody who saves, or of whoever has given it up.

use std::sync::Arc;
use std::time::Duration;

use eventsourcing_core::store::{
    Append, AppendError, Checkpoint, ErrorClass, EventLog, EventStore, ReadFeed, Settled, TenantStore,
};
use eventsourcing_core::{Position, TenantId};
use eventsourcing_postgres::tokio_postgres::Client;
use eventsourcing_testkit::conformance::Setup;
use eventsourcing_testkit::fixture::{AppendExt, append, event, new_command, tenant};
use tokio::task::{JoinSet, yield_now};
use tokio::time::timeout;

use crate::schema::{TestSchema, waiting_for_the_lock};

#[tokio::test]
async fn each_reader_of_a_batch_moves_or_stays_for_itself() {
    let schema = TestSchema::new();
    let store = schema.open().await;
    let (own, theirs) = (store.tenant(&TenantId::DEFAULT), store.tenant(&tenant("theirs")));
    theirs.log.append(caused("their-own")).await.expect("an event");
    let start = place(&own, "a-start").await;
    let command = new_command();
    let known = append([event("a.Caused", "a-known")]).under(command);
    own.log.append(Arc::new(known.clone())).await.expect("an event");
    own.checkpoints.save("behind", start).await.expect("saved");
    let end = place(&own, "a-end").await;
    let ahead = Checkpoint {
        position: Position::new(end.position.get() + 1_000),
        ..end
    };

    let plain = |stream: &str| append([event("a.Caused", stream)]);
    let batch = [
        ("done", &own, plain("b-1").moving("one", None, end)),
        ("overtaken", &own, plain("b-2").moving("behind", None, end)),
        ("done", &own, plain("b-3")),
        (
            "conflict",
            &own,
            plain("b-4").if_absent("a-end").moving("four", None, end),
        ),
        ("done", &own, plain("b-5").moving("behind", Some(start), end)),
        ("done", &own, known.moving("six", None, end)),
        ("refused", &own, plain("b-7").moving("seven", None, ahead)),
        ("done", &theirs, plain("b-8").moving("one", None, end)),
        ("overtaken", &own, plain("b-9").moving("one", None, end)),
        ("done", &own, append([]).moving("ten", None, end)),
    ];
    let gate = schema.client().await;
    let hold = format!(
        "begin; set local search_path to {}; select lock_log()",
        schema.name
    );
    gate.batch_execute(&hold).await.expect("the lock");
    let mut sending = JoinSet::new();
    let mut send = |name: &'static str, log: &Arc<dyn EventLog>, sent: Append| {
        let log = Arc::clone(log);
        sending.spawn(async move { (name, log.append(Arc::new(sent)).await) });
    };
    // Two calls wait for the lock, one behind the other; what comes then is the next batch.
    send("done", &own.log, plain("b-first"));
    waiting_for_the_lock(&schema, 1).await;
    send("done", &own.log, plain("b-second"));
    for (name, tenant, sent) in batch {
        send(name, &tenant.log, sent);
    }
    for _ in 0..20 {
        yield_now().await;
    }
    gate.batch_execute("commit").await.expect("the lock is free");

    for (name, outcome) in sending.join_all().await {
        let found = match &outcome {
            Ok(_) => "done",
            Err(AppendError::Overtaken(_)) => "overtaken",
            Err(AppendError::Conflict(_)) => "conflict",
            Err(AppendError::Checkpoint(_)) => "refused",
            Err(_) => "something else",
        };
        assert_eq!(found, name, "{outcome:?}");
    }
    for (tenant, reader, expected) in [
        (&own, "one", Some(end)),
        (&own, "behind", Some(end)),
        (&own, "four", None),
        (&own, "six", Some(end)),
        (&own, "seven", None),
        (&own, "ten", Some(end)),
        (&theirs, "one", Some(end)),
    ] {
        let loaded = tenant.checkpoints.load(reader).await.expect("it is readable");
        assert_eq!(loaded, expected, "{reader}");
    }
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn a_checkpoint_that_is_just_being_saved_is_waited_for() {
    let schema = TestSchema::new();
    let own = schema.open().await.tenant(&TenantId::DEFAULT);
    let start = place(&own, "a-start").await;
    let end = place(&own, "a-end").await;
    own.checkpoints.save("saved", start).await.expect("saved");
    let saving = schema.client().await;
    for (reader, from) in [("new", None), ("saved", Some(start))] {
        for (ending, saved) in [("rollback", from), ("commit", Some(end))] {
            let save = format!(
                "begin; set local search_path to {}; \
                 select save_checkpoint(1, '{reader}', s.id, s.epoch, {}) from store s",
                schema.name, end.position
            );
            saving.batch_execute(&save).await.expect("it is saved");
            let mut sending = JoinSet::new();
            let log = Arc::clone(&own.log);
            let sent = append([event("a.Caused", "b-1")]).moving(reader, from, start);
            sending.spawn(async move { log.append(Arc::new(sent)).await });
            blocking_somebody(&schema, &saving).await;
            saving.batch_execute(ending).await.expect("it ends");
            let outcome = sending.join_all().await.remove(0);
            match outcome {
                Ok(_) => assert_eq!(ending, "rollback"),
                Err(AppendError::Overtaken(overtaken)) => {
                    assert_eq!((ending, overtaken.saved), ("commit", saved));
                }
                Err(other) => panic!("{reader}: {other:?}"),
            }
            if ending == "rollback" && from.is_none() {
                own.checkpoints.forget(reader).await.expect("forgotten");
            }
        }
    }
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn a_move_that_is_absent_is_refused_to_a_process_that_has_not_heard_of_it() {
    let schema = TestSchema::new();
    let slow = schema.open().await.tenant(&TenantId::DEFAULT);
    let settler = schema.open().await.tenant(&TenantId::DEFAULT);
    let start = place(&slow, "a-start").await;
    let sent = Arc::new(append([]).moving("reader", None, start));
    let settled = settler.log.settle(Arc::clone(&sent)).await;
    assert_eq!(settled.expect("an answer"), Settled::Absent);

    let refused = slow.log.append(Arc::clone(&sent)).await;
    assert_eq!(refused.expect_err("it comes too late").class(), ErrorClass::Retry);
    let loaded = settler.checkpoints.load("reader").await;
    assert_eq!(loaded.expect("it is readable"), None);
    slow.log
        .append(sent)
        .await
        .expect("sent anew, it is another attempt");
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn a_reader_from_an_epoch_that_is_over_may_land_anywhere() {
    let schema = TestSchema::new();
    let own = schema.open().await.tenant(&TenantId::DEFAULT);
    let start = place(&own, "a-start").await;
    own.checkpoints.save("reader", start).await.expect("saved");
    let restored = format!(
        "update {}.checkpoints set epoch = gen_random_uuid(), position = 1000",
        schema.name
    );
    let client = schema.client().await;
    client
        .batch_execute(&restored)
        .await
        .expect("a checkpoint of another epoch");
    let before = own.checkpoints.load("reader").await.expect("it is readable");
    let here = Checkpoint {
        position: Position::new(1_000),
        ..start
    };
    let astray = append([]).moving("reader", Some(here), start);
    let overtaken = own.log.append(Arc::new(astray)).await;
    assert!(
        matches!(&overtaken, Err(AppendError::Overtaken(told)) if told.saved == before),
        "{overtaken:?}"
    );
    let landing = append([]).moving("reader", before, start);
    own.log.append(Arc::new(landing)).await.expect("it is moved");
    let loaded = own.checkpoints.load("reader").await.expect("it is readable");
    assert_eq!(loaded, Some(start));
    Setup::remove(&schema).await;
}

fn caused(stream: &str) -> Arc<Append> {
    Arc::new(append([event("a.Caused", stream)]))
}

/// A place in the log: that of an event which is written now.
async fn place(tenant: &TenantStore, stream: &str) -> Checkpoint {
    let appended = tenant.log.append(caused(stream)).await.expect("an event");
    let page = tenant
        .log
        .read_feed(&ReadFeed::after(None))
        .await
        .expect("a page");
    Checkpoint {
        position: appended.position,
        ..page.scanned_to
    }
}

/// Asks until a server process waits for a transaction of this client.
async fn blocking_somebody(schema: &TestSchema, client: &Client) {
    let row = client.query_one("select pg_backend_pid()", &[]).await;
    let process: i32 = row.expect("a process").get(0);
    let watcher = schema.client().await;
    let asking = async {
        loop {
            let count = "select count(*) from pg_stat_activity where $1 = any (pg_blocking_pids(pid))";
            let row = watcher.query_one(count, &[&process]).await.expect("a count");
            if row.get::<_, i64>(0) > 0 {
                return;
            }
            yield_now().await;
        }
    };
    // So that a test fails, and does not hang, if nobody comes.
    timeout(Duration::from_mins(1), asking)
        .await
        .expect("somebody should come");
}

//! What became of an append is found out for good, wherever it was waiting, and wherever it was written.

use std::sync::Arc;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::{Append, ErrorClass, EventLog, EventStore, Settled};
use eventsourcing_testkit::conformance::Setup;
use eventsourcing_testkit::fixture::{AppendExt, append, event, new_command, only, read, tenant, whole};
use tokio::runtime::Runtime;
use tokio::task::JoinSet;

use crate::schema::{TestSchema, waiting_for_the_lock};

#[tokio::test]
async fn what_is_absent_is_refused_to_a_process_that_has_not_heard_of_it() {
    let schema = TestSchema::new();
    let slow = schema.open().await.tenant(&TenantId::DEFAULT).log;
    let settler = schema.open().await.tenant(&TenantId::DEFAULT).log;

    // As if it had been handed in long ago, and had waited in a queue since.
    let sent = Arc::new(append([event("a.Lost", "a-1")]));
    assert_eq!(
        settler.settle(Arc::clone(&sent)).await.expect("an answer"),
        Settled::Absent
    );
    let refused = slow
        .append(Arc::clone(&sent))
        .await
        .expect_err("it comes too late");
    assert_eq!(refused.class(), ErrorClass::Retry);
    assert_eq!(head(&*settler).await, 0);

    slow.append(sent).await.expect("sent anew, it is another attempt");
    assert_eq!(head(&*settler).await, 1);
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn nobody_else_notices_that_an_append_is_settled() {
    let schema = TestSchema::new();
    let other = schema.open().await.tenant(&TenantId::DEFAULT).log;
    let settler = schema.open().await.tenant(&TenantId::DEFAULT).log;
    for round in 1..=20 {
        let lost = Arc::new(append([event("a.Lost", "a-1")]));
        assert_eq!(settler.settle(lost).await.expect("an answer"), Settled::Absent);
        for log in [&other, &settler] {
            let sent = append([event("a.Happened", "a-1")]);
            log.append(Arc::new(sent)).await.expect("it succeeds at once");
        }
        assert_eq!(head(&*other).await, 2 * round);
    }
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn what_one_tenant_gives_up_is_not_held_against_another() {
    let schema = TestSchema::new();
    let slow = schema.open().await;
    let settler = schema.open().await;
    let [a, b] = ["a", "b"].map(|name| slow.tenant(&tenant(name)).log);
    for log in [&a, &b] {
        let first = append([event("b.First", "b-1")]);
        log.append(Arc::new(first)).await.expect("the tenant is made");
    }
    let sent = Arc::new(append([event("a.Lost", "a-1")]));
    let settled = settler.tenant(&tenant("a")).log.settle(Arc::clone(&sent)).await;
    assert_eq!(settled.expect("an answer"), Settled::Absent);

    b.append(Arc::clone(&sent)).await.expect("it is another append");
    let refused = a.append(sent).await.expect_err("it was given up");
    assert_eq!(refused.class(), ErrorClass::Retry);
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn what_is_absent_for_a_tenant_that_is_just_being_made_stays_absent() {
    let schema = TestSchema::new();
    let (slow, settler) = (schema.open().await, schema.open().await);
    let fresh = tenant("fresh");
    let sent = Arc::new(append([event("a.Lost", "a-1")]));
    let settled = settler.tenant(&fresh).log.settle(Arc::clone(&sent)).await;
    assert_eq!(settled.expect("an answer"), Settled::Absent);
    let refused = slow.tenant(&fresh).log.append(sent).await;
    assert_eq!(refused.expect_err("it comes too late").class(), ErrorClass::Retry);
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn an_append_from_before_all_that_is_remembered_has_to_be_sent_again() {
    let schema = TestSchema::new();
    let log = schema.open().await.tenant(&TenantId::DEFAULT).log;
    let others = schema.client().await;
    let path = format!("set search_path to {}", schema.name);
    others.batch_execute(&path).await.expect("a search path");
    for (settled_meanwhile, is_remembered) in [(1_000, true), (1_001, false)] {
        let before = head(&*log).await;
        others
            .batch_execute("begin; select lock_log()")
            .await
            .expect("the lock");
        let sent = Arc::new(append([event("a.Happened", "a-1")]));
        let mut sending = JoinSet::new();
        let (slow, first) = (Arc::clone(&log), Arc::clone(&sent));
        sending.spawn(async move { slow.append(first).await });
        waiting_for_the_lock(&schema, 1).await;
        let settle = format!(
            "select settle(array[1], array[gen_random_uuid()]) from generate_series(1, {settled_meanwhile}); commit"
        );
        others.batch_execute(&settle).await.expect("settled");

        let outcome = sending.join_all().await.remove(0);
        assert_eq!(outcome.is_ok(), is_remembered, "{outcome:?}");
        if let Err(refused) = outcome {
            assert_eq!(refused.class(), ErrorClass::Retry, "{refused:?}");
            log.append(sent).await.expect("it was sent again");
        }
        assert_eq!(head(&*log).await, before + 1);
    }
    let listed = others.query_one("select count(*) from settled", &[]).await;
    let listed: i64 = listed.expect("a count").get(0);
    assert_eq!(listed, 1_000, "the list is bounded");
    Setup::remove(&schema).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_server_process_still_does_for_a_client_that_has_gone_is_found() {
    let schema = TestSchema::new();
    let settler = schema.open().await.tenant(&TenantId::DEFAULT).log;
    let gate = schema.client().await;
    let hold = format!(
        "begin; set local search_path to {}; select lock_log()",
        schema.name
    );

    let client = Runtime::new().expect("a runtime that can be shut down alone");
    let options = schema.options();
    let opened = client
        .spawn(async move { options.connect().await.expect("a store") })
        .await
        .expect("no panic");
    let log = opened.tenant(&TenantId::DEFAULT).log;
    let first = Arc::clone(&log);
    let wrote = client.spawn(async move { first.append(Arc::new(append([event("b.First", "b-1")]))).await });
    wrote.await.expect("no panic").expect("the store works");

    gate.batch_execute(&hold).await.expect("the lock");
    let sent = Arc::new(append([event("a.Lost", "a-1")]));
    let sending = Arc::clone(&sent);
    client.spawn(async move { log.append(sending).await });
    waiting_for_the_lock(&schema, 1).await;
    drop(opened);
    client.shutdown_background();

    let mut settling = JoinSet::new();
    let (asking, lost) = (Arc::clone(&settler), Arc::clone(&sent));
    settling.spawn(async move { asking.settle(lost).await.expect("an answer") });
    waiting_for_the_lock(&schema, 2).await;
    gate.batch_execute("rollback").await.expect("the lock is free");

    let settled = settling.join_all().await.remove(0);
    assert!(matches!(settled, Settled::Present(_)), "{settled:?}");
    assert_eq!(head(&*settler).await, 1);
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn an_append_is_found_whatever_its_conditions_said_of_its_home() {
    let schema = TestSchema::new();
    let log = schema.open().await.tenant(&TenantId::DEFAULT).log;
    let happened = || append([event("a.Happened", "a-1"), event("a.Happened", "b-1")]);
    let of_rare_ones = |seen| happened().if_none_of(only(&["a.Rare"]), "a-1", seen);
    let appends = [
        happened(),
        happened().if_at("a-1", 1),
        of_rare_ones(2),
        of_rare_ones(0),
        happened().if_at("b-1", 4),
        // No store has seen so many; that the stream has not moved on from there is true.
        happened().if_at("a-1", 70),
        happened().if_at("a-1", u64::MAX),
        happened().if_at("a-1", 70).if_at("a-1", 7),
        happened().under(new_command()),
    ];
    for append in appends.map(Arc::new) {
        let appended = log.append(Arc::clone(&append)).await.expect("appended");
        for _ in 0..2 {
            let settled = log.settle(Arc::clone(&append)).await.expect("an answer");
            assert_eq!(settled, Settled::Present(appended.clone()), "{append:?}");
        }
        let never_sent = Append {
            events: happened().events,
            ..Append::clone(&append)
        };
        if append.command.is_none() {
            let settled = log.settle(never_sent.into()).await.expect("an answer");
            assert_eq!(settled, Settled::Absent);
        }
    }
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn only_what_cannot_be_found_in_another_way_is_found_by_its_id() {
    let schema = TestSchema::new();
    let log = schema.open().await.tenant(&TenantId::DEFAULT).log;
    let three = || append((0..3).map(|_| event("a.Happened", "a-1")));
    let of_rare_ones = || three().if_none_of(only(&["a.Rare"]), "a-1", 3);
    for append in [
        three().if_absent("a-1"),
        three().under(new_command()),
        three(),
        three().if_at("a-1", 9),
        of_rare_ones(),
        of_rare_ones().if_at("a-1", 15),
        of_rare_ones().under(new_command()),
        three().if_at("a-1", 70),
    ] {
        log.append(append.into()).await.expect("appended");
    }
    let by_id = format!(
        "select array_agg(version order by version) from {}.events where by_id is not null",
        schema.name
    );
    let by_id = schema.client().await.query_one(&by_id, &[]).await;
    let by_id: Vec<i64> = by_id.expect("versions").get(0);
    assert_eq!(by_id, [7, 13, 22]);
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn each_append_of_a_batch_is_found() {
    let schema = TestSchema::new();
    let log = schema.open().await.tenant(&TenantId::DEFAULT).log;
    let gate = schema.client().await;
    let hold = format!(
        "begin; set local search_path to {}; select lock_log()",
        schema.name
    );
    gate.batch_execute(&hold).await.expect("the lock");
    let happened = |stream: &str| append([event("a.Happened", stream), event("a.Happened", stream)]);
    let mut sending = JoinSet::new();
    let mut send = |sent: Append| {
        let log = Arc::clone(&log);
        sending.spawn(async move {
            let sent = Arc::new(sent);
            (Arc::clone(&sent), log.append(sent).await)
        });
    };
    send(happened("a-1"));
    waiting_for_the_lock(&schema, 1).await;
    for nth in 0..20 {
        let own = format!("b-{nth}");
        send(happened("a-1"));
        send(happened(&own).if_absent(&own));
        send(happened("a-1").if_absent("a-1"));
        send(happened("c-1").under(new_command()).if_at("c-2", 70));
        send(happened(&format!("d-{nth}")).if_at(&format!("d-{nth}"), 70));
        send(append([]).if_at("d-1", 70));
        send(happened("a-1").if_none_of(only(&["a.Rare"]), "a-1", 1));
    }
    gate.batch_execute("rollback").await.expect("the lock is free");

    for (sent, outcome) in sending.join_all().await {
        let settled = log.settle(Arc::clone(&sent)).await.expect("an answer");
        let expected = match outcome {
            Ok(appended) if !sent.events.is_empty() => Settled::Present(appended),
            Ok(_) => Settled::Absent,
            Err(error) => {
                assert_eq!(error.class(), ErrorClass::Conflict, "{error:?}");
                Settled::Absent
            }
        };
        assert_eq!(settled, expected, "{sent:?}");
    }
    Setup::remove(&schema).await;
}

async fn head(log: &dyn EventLog) -> u64 {
    let read = log.read_streams(&read([whole("a-1")])).await;
    read.expect("the stream is readable").slices[0].head.get()
}

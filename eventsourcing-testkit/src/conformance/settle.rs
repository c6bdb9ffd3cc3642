//! What became of an append can be found out, once and for all.

use std::sync::Arc;

use eventsourcing_core::store::{Append, Appended, Settled};

use super::{Log, Reader, Subject};
use crate::fixture::{AppendExt, append, event, new_command};

pub(super) async fn an_append_that_took_effect_is_present(store: Subject) {
    let log = store.log();
    let append = Arc::new(append([event("a.One", "a-1"), event("b.Two", "b-1")]));
    let written = log.write(Arc::clone(&append)).await;
    log.write(append_of("a.Later")).await;
    let settled = settled(&log, &append).await.expect("it took effect");
    assert_eq!(
        (settled.events, settled.position),
        (written.events, written.position)
    );
}

pub(super) async fn an_append_that_was_never_sent_is_absent(store: Subject) {
    let log = store.log();
    log.write(append_of("a.Other")).await;
    assert_eq!(settled(&log, &append_of("a.One")).await, None);
    assert_eq!(log.types("a-1").await, ["a.Other"]);
}

pub(super) async fn an_append_that_failed_is_absent(store: Subject) {
    let log = store.log();
    log.write(append_of("a.Other")).await;
    let failed = Arc::new(append([event("a.One", "a-1")]).if_absent("a-1"));
    log.conflict(Arc::clone(&failed)).await;
    assert_eq!(settled(&log, &failed).await, None);
}

pub(super) async fn an_append_under_a_command_id_is_present(store: Subject) {
    let log = store.log();
    let append = Arc::new(append([event("a.One", "a-1")]).under(new_command()));
    let written = log.write(Arc::clone(&append)).await;
    let settled = settled(&log, &append).await.expect("it took effect");
    assert_eq!(
        (settled.events, settled.position),
        (written.events, written.position)
    );
}

pub(super) async fn an_append_without_events_is_found_by_its_command_id(store: Subject) {
    let log = store.log();
    let nothing = || Arc::new(append([]).under(new_command()));
    let sent = nothing();
    let written = log.write(Arc::clone(&sent)).await;
    log.write(append_of("a.Later")).await;
    let settled_at = settled(&log, &sent).await.map(|settled| settled.position);
    assert_eq!(settled_at, Some(written.position));
    assert_eq!(settled(&log, &nothing()).await, None);
}

pub(super) async fn settling_twice_gives_the_same_answer(store: Subject) {
    let log = store.log();
    let (sent, unsent) = (append_of("a.Sent"), append_of("a.Unsent"));
    log.write(Arc::clone(&sent)).await;
    assert_eq!(settled(&log, &sent).await, settled(&log, &sent).await);
    assert_eq!(settled(&log, &unsent).await, settled(&log, &unsent).await);
}

pub(super) async fn what_was_absent_can_be_appended_again(store: Subject) {
    let log = store.log();
    let again = append_of("a.Again");
    assert_eq!(settled(&log, &again).await, None);
    let written = log.write(Arc::clone(&again)).await;
    assert_eq!(written.events[0].id, again.events[0].id);
    assert_eq!(log.head("a-1").await, 1);
}

pub(super) async fn an_append_that_moved_a_reader_is_settled_by_its_events(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    let sent = Arc::new(caused().moving("reader", None, reader.at(1)));
    assert_eq!(settled(&reader.log, &sent).await, None);
    let written = reader.log.write(Arc::clone(&sent)).await;
    let rival = Arc::new(caused().moving("reader", None, reader.at(1)));
    assert_eq!(settled(&reader.log, &rival).await, None, "that was another one");
    let checkpoints = reader.checkpoints();
    checkpoints.forget("reader").await.expect("it can be forgotten");
    let found = settled(&reader.log, &sent).await.expect("it took effect");
    assert_eq!((found.events, found.position), (written.events, written.position));
}

pub(super) async fn an_append_that_only_moves_a_reader_is_settled_by_its_checkpoint(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    let to = |event| Arc::new(append([]).moving("reader", None, reader.at(event)));
    assert_eq!(settled(&reader.log, &to(1)).await, None);
    reader.log.write(to(1)).await;
    for passed in [0, 1] {
        let found = settled(&reader.log, &to(passed))
            .await
            .expect("the reader has come there");
        assert_eq!(found.events, []);
        assert_eq!(found.position, reader.at(2).position);
    }
    assert_eq!(settled(&reader.log, &to(2)).await, None);
    let onwards = append([]).moving("reader", Some(reader.at(1)), reader.at(2));
    reader.log.write(onwards).await;
    assert!(settled(&reader.log, &to(2)).await.is_some());
}

pub(super) async fn an_append_under_a_command_id_is_settled_by_that_and_its_checkpoint(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    let command = new_command();
    let first = reader.log.write(caused().under(command)).await;
    let again = Arc::new(caused().under(command).moving("reader", None, reader.at(1)));
    assert_eq!(
        settled(&reader.log, &again).await,
        None,
        "the reader was not moved"
    );
    reader.log.write(Arc::clone(&again)).await;
    let found = settled(&reader.log, &again).await.expect("the reader was moved");
    assert_eq!((found.events, found.position), (first.events, first.position));
    let unsent = Arc::new(
        append([])
            .under(new_command())
            .moving("reader", None, reader.at(1)),
    );
    assert_eq!(settled(&reader.log, &unsent).await, None);
}

fn caused() -> Append {
    append([event("a.Caused", "caused-1")])
}

fn append_of(name: &str) -> Arc<Append> {
    Arc::new(append([event(name, "a-1")]))
}

async fn settled(log: &Log, append: &Arc<Append>) -> Option<Appended> {
    match log.settle(append).await {
        Settled::Present(appended) => Some(appended),
        Settled::Absent => None,
    }
}

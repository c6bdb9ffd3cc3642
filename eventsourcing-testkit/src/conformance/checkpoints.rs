//! A checkpoint is kept under its name, and refused if it is not one of this log.

use eventsourcing_core::Position;
use eventsourcing_core::store::{Checkpoint, CheckpointRefused};

use super::{Reader, Subject};

pub(super) async fn what_is_saved_is_loaded(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    reader.save(reader.at(1)).await;
    assert_eq!(reader.load().await, Some(reader.at(1)));
}

pub(super) async fn there_is_none_at_first(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    assert_eq!(reader.load().await, None);
}

pub(super) async fn a_later_one_takes_its_place(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    for event in 0..3 {
        reader.save(reader.at(event)).await;
    }
    assert_eq!(reader.load().await, Some(reader.at(2)));
}

pub(super) async fn the_same_may_be_saved_again(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    reader.save(reader.at(1)).await;
    reader.save(reader.at(1)).await;
    assert_eq!(reader.load().await, Some(reader.at(1)));
}

pub(super) async fn the_beginning_of_the_log_may_be_saved(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    let beginning = Checkpoint {
        position: Position::START,
        ..reader.at(0)
    };
    reader.save(beginning).await;
    assert_eq!(reader.load().await, Some(beginning));
}

pub(super) async fn an_earlier_one_is_refused(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    reader.save(reader.at(2)).await;
    let expected = CheckpointRefused::Backwards {
        position: reader.at(0).position,
        saved: reader.at(2).position,
    };
    assert_eq!(reader.refused(reader.at(0)).await, expected);
    assert_eq!(reader.load().await, Some(reader.at(2)));
}

pub(super) async fn one_ahead_of_the_log_is_refused(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    reader.save(reader.at(1)).await;
    let ahead = reader.ahead();
    let expected = CheckpointRefused::AheadOfLog {
        position: ahead.position,
        head: reader.at(2).position,
    };
    assert_eq!(reader.refused(ahead).await, expected);
    assert_eq!(reader.load().await, Some(reader.at(1)));
}

pub(super) async fn one_of_another_store_is_refused(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    let refused = reader.refused(reader.of_another_store()).await;
    assert!(
        matches!(refused, CheckpointRefused::OtherStore { .. }),
        "{refused:?}"
    );
    assert_eq!(reader.load().await, None);
}

pub(super) async fn one_of_another_epoch_is_refused(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    let refused = reader.refused(reader.of_another_epoch()).await;
    assert!(
        matches!(refused, CheckpointRefused::OtherStore { .. }),
        "{refused:?}"
    );
    assert_eq!(reader.load().await, None);
}

pub(super) async fn once_forgotten_the_next_may_lie_anywhere(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    reader.save(reader.at(2)).await;
    reader
        .checkpoints()
        .forget("reader")
        .await
        .expect("it can be forgotten");
    assert_eq!(reader.load().await, None);
    reader.save(reader.at(0)).await;
    assert_eq!(reader.load().await, Some(reader.at(0)));
}

pub(super) async fn one_that_is_not_there_can_be_forgotten(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    reader
        .checkpoints()
        .forget("nobody")
        .await
        .expect("nothing happens");
}

pub(super) async fn names_are_apart(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    reader.save(reader.at(2)).await;
    let other = reader.checkpoints();
    other
        .save("other", reader.at(0))
        .await
        .expect("another reader may be behind");
    other.forget("other").await.expect("it can be forgotten");
    assert_eq!(reader.load().await, Some(reader.at(2)));
}

pub(super) async fn a_feed_is_read_only_after_a_checkpoint_of_its_log(store: Subject) {
    let reader = Reader::with_three_events(&store).await;
    for strange in [reader.of_another_store(), reader.of_another_epoch()] {
        let refused = reader.feed_refused(strange).await;
        assert!(
            matches!(refused, CheckpointRefused::OtherStore { .. }),
            "{refused:?}"
        );
    }
    let refused = reader.feed_refused(reader.ahead()).await;
    assert!(
        matches!(refused, CheckpointRefused::AheadOfLog { .. }),
        "{refused:?}"
    );
}

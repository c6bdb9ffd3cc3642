//! A checkpoint is kept under its name, and refused if it is not one of this log.

use std::sync::Arc;

use eventsourcing_core::store::{
    Checkpoint, CheckpointError, CheckpointRefused, CheckpointStore, ErrorClass, FeedError, ReadFeed,
    StoreEpoch, StoreId,
};
use eventsourcing_core::uuid::Uuid;
use eventsourcing_core::{Position, RecordedEvent};

use super::{Log, Subject};
use crate::fixture::{append, event};

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

/// A reader of a log of three events.
struct Reader {
    log: Log,
    places: Vec<Checkpoint>,
}

impl Reader {
    async fn with_three_events(store: &Subject) -> Self {
        let log = store.log();
        let appended = log
            .write(append((0..3).map(|_| event("a.Happened", "a-1"))))
            .await;
        let store = store.store.identity();
        let place = |event: &Arc<RecordedEvent>| Checkpoint {
            store,
            position: event.position,
        };
        Self {
            places: appended.events.iter().map(place).collect(),
            log,
        }
    }

    fn checkpoints(&self) -> &dyn CheckpointStore {
        &*self.log.tenant.checkpoints
    }

    fn at(&self, event: usize) -> Checkpoint {
        self.places[event]
    }

    fn ahead(&self) -> Checkpoint {
        Checkpoint {
            position: self.at(2).position.next(),
            ..self.at(2)
        }
    }

    fn of_another_store(&self) -> Checkpoint {
        let mut strange = self.at(0);
        strange.store.id = StoreId::new(Uuid::now_v7());
        strange
    }

    fn of_another_epoch(&self) -> Checkpoint {
        let mut strange = self.at(0);
        strange.store.epoch = StoreEpoch::new(Uuid::now_v7());
        strange
    }

    async fn load(&self) -> Option<Checkpoint> {
        self.checkpoints()
            .load("reader")
            .await
            .expect("the checkpoint should be readable")
    }

    async fn save(&self, checkpoint: Checkpoint) {
        self.checkpoints()
            .save("reader", checkpoint)
            .await
            .expect("the checkpoint should be saved");
    }

    async fn refused(&self, checkpoint: Checkpoint) -> CheckpointRefused {
        let error = self
            .checkpoints()
            .save("reader", checkpoint)
            .await
            .expect_err("the checkpoint should be refused");
        assert_eq!(error.class(), ErrorClass::Rejected);
        match error {
            CheckpointError::Refused(refused) => refused,
            other => panic!("the checkpoint should be refused for what it is, not {other:?}"),
        }
    }

    async fn feed_refused(&self, after: Checkpoint) -> CheckpointRefused {
        let error = self
            .log
            .raw()
            .read_feed(&ReadFeed::after(Some(after)))
            .await
            .expect_err("it is not of this log");
        assert_eq!(error.class(), ErrorClass::Rejected);
        match error {
            FeedError::Checkpoint(refused) => refused,
            other => panic!("the checkpoint should be refused for what it is, not {other:?}"),
        }
    }
}

use std::sync::Arc;

use eventsourcing_core::RecordedEvent;
use eventsourcing_core::store::{
    Checkpoint, CheckpointError, CheckpointRefused, CheckpointStore, ErrorClass, FeedError, ReadFeed,
    StoreEpoch, StoreId,
};
use eventsourcing_core::uuid::Uuid;

use super::{Log, Subject};
use crate::fixture::{append, event};

/// A reader of a log of three events.
pub(super) struct Reader {
    pub(super) log: Log,
    places: Vec<Checkpoint>,
}

impl Reader {
    pub(super) async fn with_three_events(store: &Subject) -> Self {
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

    /// Another handle to the same.
    pub(super) fn of(other: &Self) -> Self {
        Self {
            log: other.log.clone(),
            places: other.places.clone(),
        }
    }

    pub(super) fn checkpoints(&self) -> &dyn CheckpointStore {
        &*self.log.tenant.checkpoints
    }

    pub(super) fn at(&self, event: usize) -> Checkpoint {
        self.places[event]
    }

    pub(super) fn ahead(&self) -> Checkpoint {
        Checkpoint {
            position: self.at(2).position.next(),
            ..self.at(2)
        }
    }

    pub(super) fn of_another_store(&self) -> Checkpoint {
        let mut strange = self.at(0);
        strange.store.id = StoreId::new(Uuid::now_v7());
        strange
    }

    pub(super) fn of_another_epoch(&self) -> Checkpoint {
        let mut strange = self.at(0);
        strange.store.epoch = StoreEpoch::new(Uuid::now_v7());
        strange
    }

    pub(super) async fn load(&self) -> Option<Checkpoint> {
        self.checkpoints()
            .load("reader")
            .await
            .expect("the checkpoint should be readable")
    }

    pub(super) async fn save(&self, checkpoint: Checkpoint) {
        self.checkpoints()
            .save("reader", checkpoint)
            .await
            .expect("the checkpoint should be saved");
    }

    pub(super) async fn refused(&self, checkpoint: Checkpoint) -> CheckpointRefused {
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

    pub(super) async fn feed_refused(&self, after: Checkpoint) -> CheckpointRefused {
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

//! Who has lost a lease writes no more.

use std::sync::Arc;
use std::time::Duration;

use eventsourcing_core::store::lease::{Fence, LeaseEpoch};
use eventsourcing_core::store::rows::{Place, WriteRows, WriteRowsError};
use eventsourcing_core::store::{CheckpointRefused, ErrorClass};

use super::Subject;
use super::ledger::Ledger;
use super::poll::poll_then_drop;
use super::worker::{LONG, SHORT, WORK, Worker, fence, two};
use crate::fixture::rows::row;
use crate::fixture::tenant;

/// A write of one row, under a fence.
async fn write_under(ledger: &Ledger, fence: &Fence) -> WriteRows {
    WriteRows {
        fence: Some(fence.clone()),
        ..ledger.change(vec![row("1", "alice", 1)], vec![]).await
    }
}

async fn assert_fenced_off(ledger: &Ledger, fence: &Fence) {
    let write = write_under(ledger, fence).await;
    let refused = ledger.refused(write).await;
    assert_eq!(refused.class(), ErrorClass::Overtaken);
    assert!(
        matches!(&refused, WriteRowsError::Fenced(fenced)
            if (&fenced.lease, fenced.epoch) == (&fence.lease, fence.epoch)),
        "{refused:?}"
    );
}

pub(super) async fn a_write_under_a_lease_takes_effect(store: Subject) {
    let [ada, _] = two(&store);
    let ledger = Ledger::prepared(&store).await;
    let held = ada.granted(WORK, LONG).await;
    for writes in 1..3 {
        let landed = ledger.write(write_under(&ledger, &held).await).await;
        assert_eq!(landed.writes, writes);
    }
    assert_eq!(ledger.everything().await.rows, [row("1", "alice", 1)]);
}

pub(super) async fn a_write_under_an_expired_lease_that_nobody_has_taken_takes_effect(store: Subject) {
    let [ada, _] = two(&store);
    let ledger = Ledger::prepared(&store).await;
    let held = ada.granted(WORK, SHORT).await;
    ada.until_expired().await;
    ledger.write(write_under(&ledger, &held).await).await;
    assert_eq!(ledger.place().await.writes, 1);
}

pub(super) async fn a_write_of_one_who_has_lost_the_lease_is_fenced_off(store: Subject) {
    let [ada, bob] = two(&store);
    let ledger = Ledger::prepared(&store).await;
    let lost = ada.granted(WORK, SHORT).await;
    ledger.write(write_under(&ledger, &lost).await).await;
    let taken = bob.granted_in_time(WORK).await;
    assert_fenced_off(&ledger, &lost).await;
    ledger.write(write_under(&ledger, &taken).await).await;
}

/// As of a reader that keeps no rows: it saves its place alone.
pub(super) async fn a_place_alone_is_saved_under_the_lease_and_fenced_off_without_it(store: Subject) {
    let [ada, bob] = two(&store);
    let ledger = Ledger::prepared(&store).await;
    let place_alone = async |fence: &Fence| WriteRows {
        changes: vec![],
        ..write_under(&ledger, fence).await
    };
    let lost = ada.granted(WORK, SHORT).await;
    let landed = ledger.write(place_alone(&lost).await).await;
    assert_eq!(landed.writes, 1);
    bob.granted_in_time(WORK).await;
    let refused = ledger.refused(place_alone(&lost).await).await;
    assert!(matches!(refused, WriteRowsError::Fenced(_)), "{refused:?}");
    assert_eq!(ledger.place().await, landed);
    assert!(ledger.everything().await.rows.is_empty());
}

pub(super) async fn a_write_without_a_lease_is_fenced_off(store: Subject) {
    let [ada, _] = two(&store);
    let ledger = Ledger::prepared(&store).await;
    assert_fenced_off(&ledger, &fence(WORK, LeaseEpoch::new(1))).await;
    let released = ada.granted(WORK, LONG).await;
    ada.release(std::slice::from_ref(&released)).await;
    assert_fenced_off(&ledger, &released).await;
    let held = ada.granted(WORK, LONG).await;
    assert_fenced_off(&ledger, &released).await;
    assert_fenced_off(&ledger, &fence("other", held.epoch)).await;
}

pub(super) async fn a_lease_of_another_tenant_is_no_fence(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    let elsewhere = store.store.tenant(&tenant("somebody-else")).leases;
    let held = Worker::new(&elsewhere, "bob").granted(WORK, LONG).await;
    assert_fenced_off(&ledger, &held).await;
}

pub(super) async fn a_fence_is_told_after_a_strange_checkpoint_and_before_the_place(store: Subject) {
    let ledger = Ledger::prepared(&store).await;
    let lost = fence(WORK, LeaseEpoch::new(1));
    let nowhere = WriteRows {
        from: Place {
            writes: 9,
            ..Place::START
        },
        ..write_under(&ledger, &lost).await
    };
    let refused = ledger.refused(nowhere.clone()).await;
    assert!(matches!(refused, WriteRowsError::Fenced(_)), "{refused:?}");
    for strange in [ledger.reader.ahead(), ledger.reader.of_another_epoch()] {
        let to_nowhere = WriteRows {
            to: strange,
            ..nowhere.clone()
        };
        let refused = ledger.refused(to_nowhere).await;
        assert!(
            matches!(
                refused,
                WriteRowsError::Checkpoint(
                    CheckpointRefused::AheadOfLog { .. } | CheckpointRefused::OtherStore { .. }
                )
            ),
            "{refused:?}"
        );
    }
}

pub(super) async fn no_write_takes_effect_after_the_lease_was_taken_over(store: Subject) {
    let [ada, bob] = two(&store);
    let ledger = Ledger::prepared(&store).await;
    for round in 0..60 {
        let old = ada.granted(WORK, Duration::ZERO).await;
        let write = Arc::new(write_under(&ledger, &old).await);
        let mut writing = ledger.rows.write(write);
        // It is somewhere on its way when the lease is taken over.
        let written_before = poll_then_drop(&mut writing, round % 6).await;
        let taken = bob.granted_in_time(WORK).await;
        let place = ledger.place().await;
        let written = match written_before {
            Some(written) => written,
            None => writing.await,
        };
        assert!(
            matches!(written, Ok(_) | Err(WriteRowsError::Fenced(_))),
            "{written:?}"
        );
        assert_eq!(
            ledger.place().await,
            place,
            "nothing happens once the lease is taken over"
        );
        bob.release(&[taken]).await;
    }
}

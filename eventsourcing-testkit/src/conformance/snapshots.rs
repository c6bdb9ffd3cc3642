//! A snapshot is the newest of its stream and code, as it was saved, and never of a version that the stream has not reached.

use std::num::NonZeroU32;

use eventsourcing_core::store::{
    ErrorClass, ForgetSnapshots, Snapshot, SnapshotError, SnapshotKey, SnapshotStore, StateFingerprint,
};
use eventsourcing_core::{ContentType, Version};
use tokio::task::JoinSet;

use super::poll::poll_then_drop;
use super::{Log, Subject};
use crate::fixture::{NewEventExt, append, event, snapshot, snapshot_key, stream};

pub(super) async fn there_is_none_at_first(store: Subject) {
    let album = Album::of(&store).await;
    assert_eq!(album.at(&snapshot_key("a-1")).await, None);
}

pub(super) async fn what_is_saved_is_loaded(store: Subject) {
    let album = Album::of(&store).await;
    let content_type = ContentType::new("application/octet-stream").expect("a content type");
    let payload = (0..=u8::MAX).collect::<Vec<_>>();
    let binary = Snapshot::new(snapshot_key("a-1"), Version::new(2), content_type, payload);
    for saved in [snapshot("a-1", 1), binary] {
        album.save(&saved, 2).await;
        let loaded = album.load(&saved.key).await.expect("it was saved");
        assert_eq!(loaded, saved);
        assert!(loaded.is_intact());
    }
}

pub(super) async fn numbers_at_the_ends_come_back(store: Subject) {
    let album = Album::of(&store).await;
    for fingerprint in [0, 1, u64::MAX, 1 << 63] {
        for version in [NonZeroU32::MIN, NonZeroU32::MAX] {
            let key = SnapshotKey {
                version,
                fingerprint: StateFingerprint(fingerprint),
                ..snapshot_key("a-1")
            };
            let saved = of_key(&key, 3);
            album.save(&saved, 8).await;
            assert_eq!(album.load(&key).await, Some(saved));
        }
    }
}

pub(super) async fn the_newest_is_loaded(store: Subject) {
    let album = Album::of(&store).await;
    for at in 1..=3 {
        album.save(&snapshot("a-1", at), 2).await;
        assert_eq!(album.at(&snapshot_key("a-1")).await, Some(at));
    }
}

pub(super) async fn an_older_one_does_not_take_the_place_of_a_newer_one(store: Subject) {
    let album = Album::of(&store).await;
    for keep in [1, 2] {
        album.save(&snapshot("a-1", 3), keep).await;
        album.save(&snapshot("a-1", 2), keep).await;
        assert_eq!(album.at(&snapshot_key("a-1")).await, Some(3));
    }
}

pub(super) async fn the_last_of_one_version_is_loaded(store: Subject) {
    let album = Album::of(&store).await;
    let broken = snapshot("a-1", 2);
    let mended = Snapshot::new(
        broken.key.clone(),
        broken.at,
        ContentType::JSON,
        r#"{"mended":true}"#,
    );
    for saved in [&broken, &broken, &mended] {
        album.save(saved, 2).await;
        assert_eq!(album.load(&saved.key).await.as_ref(), Some(saved));
    }
}

pub(super) async fn several_are_loaded_at_once_and_in_order(store: Subject) {
    let album = Album::of(&store).await;
    album.save(&snapshot("a-1", 2), 1).await;
    album.save(&snapshot("b-1", 1), 1).await;
    let keys = ["b-1", "none-1", "a-1", "b-1"].map(snapshot_key);
    let loaded = album.snapshots().load(&keys).await.expect("they load");
    let loaded: Vec<_> = loaded
        .into_iter()
        .map(|saved| saved.map(|saved| saved.snapshot))
        .collect();
    let b = snapshot("b-1", 1);
    assert_eq!(loaded, [Some(b.clone()), None, Some(snapshot("a-1", 2)), Some(b)]);
    let none = album
        .snapshots()
        .load(&[])
        .await
        .expect("there is nothing to load");
    assert!(none.is_empty());
}

pub(super) async fn streams_states_and_their_code_are_apart(store: Subject) {
    let album = Album::of(&store).await;
    let key = snapshot_key("a-1");
    album.save(&snapshot("a-1", 3), 8).await;
    let others = [
        snapshot_key("b-1"),
        SnapshotKey {
            state: "another".into(),
            ..key.clone()
        },
        SnapshotKey {
            version: NonZeroU32::MAX,
            ..key.clone()
        },
        SnapshotKey {
            fingerprint: StateFingerprint(u64::MAX),
            ..key.clone()
        },
    ];
    for other in &others {
        assert_eq!(album.at(other).await, None);
    }
    for (at, other) in (1..).zip(&others) {
        album.save(&of_key(other, at.min(2)), 8).await;
        assert_eq!(album.at(other).await, Some(at.min(2)));
    }
    assert_eq!(album.at(&key).await, Some(3));
}

pub(super) async fn so_many_are_kept_of_a_state_whatever_its_code(store: Subject) {
    let album = Album::of(&store).await;
    let keys = [1, 2, 3].map(|fingerprint| SnapshotKey {
        fingerprint: StateFingerprint(fingerprint),
        ..snapshot_key("a-1")
    });
    for (at, key) in (1..).zip(&keys) {
        album.save(&of_key(key, at), 2).await;
    }
    let mut kept = Vec::new();
    for key in &keys {
        kept.push(album.at(key).await);
    }
    assert_eq!(kept, [None, Some(2), Some(3)]);
    album.save(&of_key(&keys[0], 1), 2).await;
    assert_eq!(album.at(&keys[0]).await, None, "it would be the third");
}

pub(super) async fn one_that_its_stream_has_not_reached_is_refused(store: Subject) {
    let album = Album::of(&store).await;
    album
        .log
        .write(append([event("c.Happened", "c-1").linked_to("d-1")]))
        .await;
    for (stream, head) in [("a-1", 3), ("d-1", 1), ("none-1", 0)] {
        for at in [0, head + 1] {
            let refused = album.refused(&snapshot(stream, at)).await;
            assert!(
                matches!(&refused, SnapshotError::Ahead(ahead) if ahead.head.get() == head),
                "{refused:?}"
            );
        }
        assert_eq!(album.at(&snapshot_key(stream)).await, None);
    }
    album.save(&snapshot("d-1", 1), 1).await;
}

pub(super) async fn those_of_a_stream_are_forgotten(store: Subject) {
    let album = Album::of(&store).await;
    album.save(&snapshot("a-1", 3), 2).await;
    album.save(&snapshot("b-1", 1), 2).await;
    album.forget(ForgetSnapshots::OfStream(stream("a-1"))).await;
    assert_eq!(album.at(&snapshot_key("a-1")).await, None);
    assert_eq!(album.at(&snapshot_key("b-1")).await, Some(1));
    album.save(&snapshot("a-1", 1), 2).await;
    assert_eq!(album.at(&snapshot_key("a-1")).await, Some(1));
}

pub(super) async fn those_of_a_state_are_forgotten(store: Subject) {
    let album = Album::of(&store).await;
    let other = SnapshotKey {
        state: "another".into(),
        ..snapshot_key("a-1")
    };
    for saved in [snapshot("a-1", 3), snapshot("b-1", 1), of_key(&other, 2)] {
        album.save(&saved, 2).await;
    }
    let state = snapshot_key("a-1").state;
    album.forget(ForgetSnapshots::OfState(state)).await;
    assert_eq!(album.at(&snapshot_key("a-1")).await, None);
    assert_eq!(album.at(&snapshot_key("b-1")).await, None);
    assert_eq!(album.at(&other).await, Some(2));
}

pub(super) async fn those_that_are_not_there_can_be_forgotten(store: Subject) {
    let album = Album::of(&store).await;
    album.forget(ForgetSnapshots::OfStream(stream("none-1"))).await;
    album.forget(ForgetSnapshots::OfState("none".into())).await;
}

pub(super) async fn hostile_names_name_just_their_state(store: Subject) {
    const NAMES: [&str; 5] = [
        "x",
        "X",
        "x\u{0301}",
        "'; drop table snapshots; --",
        "%_\\\u{1f}\n",
    ];
    let album = Album::of(&store).await;
    let keys = NAMES.map(|name| SnapshotKey {
        state: name.into(),
        ..snapshot_key("a-1")
    });
    for (at, key) in [1, 2, 3, 1, 2].into_iter().zip(&keys) {
        album.save(&of_key(key, at), 1).await;
    }
    album.forget(ForgetSnapshots::OfState("X".into())).await;
    let mut found = Vec::new();
    for key in &keys {
        found.push(album.at(key).await);
    }
    assert_eq!(found, [Some(1), None, Some(3), Some(1), Some(2)]);
}

pub(super) async fn snapshots_are_limited(store: Subject) {
    let limits = store.store.limits();
    let album = Album::of(&store).await;
    let payload = |bytes| {
        Snapshot::new(
            snapshot_key("a-1"),
            Version::new(3),
            ContentType::JSON,
            vec![b' '; bytes],
        )
    };
    let named = |bytes| {
        let state = "s".repeat(bytes).into();
        of_key(
            &SnapshotKey {
                state,
                ..snapshot_key("a-1")
            },
            3,
        )
    };
    for too_large in [
        payload(limits.snapshot_bytes + 1),
        named(SnapshotKey::MAX_NAME_BYTES + 1),
    ] {
        let refused = album.refused(&too_large).await;
        assert!(matches!(refused, SnapshotError::Invalid(_)), "{refused:?}");
    }
    for largest in [payload(limits.snapshot_bytes), named(SnapshotKey::MAX_NAME_BYTES)] {
        album.save(&largest, 1).await;
        assert_eq!(album.load(&largest.key).await, Some(largest));
    }
    album.save(&snapshot("b-1", 1), 1).await;
    let mut keys = vec![snapshot_key("b-1"); limits.streams];
    let loaded = album
        .snapshots()
        .load(&keys)
        .await
        .expect("as many as are allowed");
    assert!(loaded.iter().all(Option::is_some));
    keys.push(snapshot_key("b-1"));
    let refused = album.snapshots().load(&keys).await.expect_err("one too many");
    assert_eq!(refused.class(), ErrorClass::Rejected);
}

pub(super) async fn snapshots_of_tenants_are_apart(store: Subject) {
    let (a, b) = (
        Album::of_tenant(&store, "a").await,
        Album::of_tenant(&store, "b").await,
    );
    let key = snapshot_key("a-1");
    a.save(&of_key(&key, 3), 1).await;
    assert_eq!(b.at(&key).await, None);
    b.save(&of_key(&key, 2), 1).await;
    assert_eq!((a.at(&key).await, b.at(&key).await), (Some(3), Some(2)));
    for which in [
        ForgetSnapshots::OfStream(key.stream.clone()),
        ForgetSnapshots::OfState(key.state.clone()),
    ] {
        b.forget(which).await;
        assert_eq!((a.at(&key).await, b.at(&key).await), (Some(3), None));
        b.save(&of_key(&key, 2), 1).await;
    }
}

pub(super) async fn the_log_notices_nothing_of_snapshots(store: Subject) {
    let album = Album::of(&store).await;
    let (feed, end) = (album.log.feed().await, album.log.end().await);
    album.save(&snapshot("a-1", 3), 1).await;
    album.forget(ForgetSnapshots::OfStream(stream("a-1"))).await;
    assert_eq!((album.log.feed().await, album.log.end().await), (feed, end));
    assert_eq!(album.log.head("a-1").await, 3);
}

pub(super) async fn whoever_opens_the_store_next_finds_the_snapshots(store: Subject) {
    let album = Album::of(&store).await;
    album.save(&snapshot("a-1", 3), 1).await;
    drop(album);
    let store = store.reopen().await;
    let album = Album { log: store.log() };
    assert_eq!(album.load(&snapshot_key("a-1")).await, Some(snapshot("a-1", 3)));
}

pub(super) async fn of_those_saved_at_the_same_time_the_newest_stays(store: Subject) {
    const SNAPSHOTS: u64 = 40;
    let album = Album::of(&store).await;
    album
        .log
        .write(append((3..SNAPSHOTS).map(|_| event("a.Happened", "a-1"))))
        .await;
    let mut savers = JoinSet::new();
    for at in 1..=SNAPSHOTS {
        let log = album.log.clone();
        let at = if at % 2 == 0 { at } else { SNAPSHOTS - at };
        savers.spawn(async move {
            let saved = snapshot("a-1", at.max(1));
            while let Err(error) = log.tenant.snapshots.save(&saved, NonZeroU32::MIN).await {
                assert_eq!(error.class(), ErrorClass::Retry, "{error:?}");
            }
        });
    }
    savers.join_all().await;
    assert_eq!(album.at(&snapshot_key("a-1")).await, Some(SNAPSHOTS));
}

pub(super) async fn a_dropped_snapshot_is_whole_or_absent(store: Subject) {
    const POLLS: usize = 20;
    let album = Album::of(&store).await;
    for polls in 0..POLLS {
        let stream = format!("a-{polls}");
        album.log.write(append([event("a.Happened", &stream)])).await;
        let sent = snapshot(&stream, 1);
        let answer = poll_then_drop(album.snapshots().save(&sent, NonZeroU32::MIN), polls).await;
        match album.load(&sent.key).await {
            Some(saved) => assert_eq!(saved, sent),
            None => assert!(answer.is_none(), "an answer was given before poll {polls}"),
        }
        album.save(&sent, 1).await;
        assert_eq!(album.at(&sent.key).await, Some(1), "dropped at poll {polls}");
    }
}

/// The snapshots of a tenant whose stream `a-1` has three events, and `b-1` one.
struct Album {
    log: Log,
}

impl Album {
    async fn of(store: &Subject) -> Self {
        Self::filled(store.log()).await
    }

    async fn of_tenant(store: &Subject, tenant: &str) -> Self {
        Self::filled(store.tenant(tenant)).await
    }

    async fn filled(log: Log) -> Self {
        let events = ["a-1", "a-1", "a-1", "b-1"].map(|stream| event("a.Happened", stream));
        log.write(append(events)).await;
        Self { log }
    }

    fn snapshots(&self) -> &dyn SnapshotStore {
        &*self.log.tenant.snapshots
    }

    async fn save(&self, snapshot: &Snapshot, keep: u32) {
        let keep = NonZeroU32::new(keep).expect("some are kept");
        let saved = self.snapshots().save(snapshot, keep).await;
        saved.expect("the snapshot should be saved");
    }

    async fn refused(&self, snapshot: &Snapshot) -> SnapshotError {
        let refused = self.snapshots().save(snapshot, NonZeroU32::MIN).await;
        let refused = refused.expect_err("the snapshot should be refused");
        assert_eq!(refused.class(), ErrorClass::Rejected);
        refused
    }

    async fn load(&self, key: &SnapshotKey) -> Option<Snapshot> {
        let loaded = self.snapshots().load(std::slice::from_ref(key)).await;
        let mut loaded = loaded.expect("the snapshot should be readable");
        assert_eq!(loaded.len(), 1, "one answer for one key");
        loaded.remove(0).map(|saved| saved.snapshot)
    }

    /// The version of the one that is loaded.
    async fn at(&self, key: &SnapshotKey) -> Option<u64> {
        self.load(key).await.map(|snapshot| snapshot.at.get())
    }

    async fn forget(&self, which: ForgetSnapshots) {
        let forgotten = self.snapshots().forget(&which).await;
        forgotten.expect("snapshots can be forgotten");
    }
}

fn of_key(key: &SnapshotKey, at: u64) -> Snapshot {
    let payload = format!(r#"{{"events":{at}}}"#);
    Snapshot::new(key.clone(), Version::new(at), ContentType::JSON, payload)
}

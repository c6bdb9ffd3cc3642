//! Parts that go on from snapshots.

use std::sync::Arc;
use std::time::Duration;

use super::{Part, ReadSet};
use crate::command::{Decider, Slot};
use crate::event::DecodeError;
use crate::execute::Bug;
use crate::execute::state_cache::KeptStates;
use crate::snapshot::{
    Reading, Restored, Save, SnapshotPolicy, Snapshotting, StateSnapshots, UnusableSnapshot, Work, is_same,
};
use crate::store::{SavedSnapshot, SnapshotKey, StreamSlice};
use crate::{RecordedEvent, StreamId, Version};

/// What is known of the snapshots of a part.
#[derive(Debug, Default)]
pub(super) struct PartSnapshots {
    /// Whether the store was asked for one.
    is_asked: bool,
    /// What it was asked for, until it has answered.
    wanted: Option<SnapshotKey>,
    /// The version of the newest one, or of one that is about to be written.
    pub(super) newest: Version,
    /// Whether there is reason for another one, however far the stream has gone on.
    is_asked_for: bool,
    /// One that is to be held against the whole stream.
    on_trial: Option<Trial>,
}

/// A snapshot that is to be held against the whole stream.
struct Trial {
    key: SnapshotKey,
    at: Version,
    /// What the snapshot and what came after it come to.
    state: Restored,
    /// How far the stream has been folded from its start.
    whole_to: Version,
}

impl ReadSet {
    /// The snapshots to ask for: of parts that nothing was folded into yet, and whose states have snapshots.
    pub(in crate::execute) fn missing_snapshots(
        &mut self,
        decider: &mut impl Decider,
        snapshots: &Snapshotting,
    ) -> Vec<SnapshotKey> {
        if decider.commit_order() || snapshots.policy.is_off {
            return Vec::new();
        }
        let mut keys = Vec::new();
        for (stream, part) in self.parts() {
            if part.folded_to != Version::ABSENT || part.snapshots.is_asked {
                continue;
            }
            part.snapshots.is_asked = true;
            let format = decider.folded(part.slot).and_then(|folded| folded.snapshots());
            let key = format.map(|format| format.key(stream));
            if let Some(key) = key.filter(|key| snapshots.trusts(key)) {
                part.snapshots.wanted = Some(key.clone());
                keys.push(key);
            }
        }
        keys
    }

    /// Lets parts go on from the snapshots that were asked for; a share of them is put on trial instead.
    pub(in crate::execute) fn go_on_from(
        &mut self,
        decider: &mut impl Decider,
        snapshots: &Snapshotting,
        loaded: Vec<Option<SavedSnapshot>>,
        random: &mut fastrand::Rng,
    ) {
        let mut loaded = loaded.into_iter();
        for (_, part) in self.parts() {
            let Some(key) = part.snapshots.wanted.take() else {
                continue;
            };
            let Some(SavedSnapshot { snapshot, .. }) = loaded.next().flatten() else {
                continue;
            };
            let Some(folded) = decider.folded(part.slot) else {
                continue;
            };
            let restored = if snapshot.key == key {
                folded
                    .snapshots()
                    .map_or(Err(UnusableSnapshot::OtherType), |format| {
                        format.restore(&snapshot)
                    })
            } else {
                Err(UnusableSnapshot::OtherKey)
            };
            match restored {
                Ok(state) if random.f64() < snapshots.policy.verify_share => {
                    let at = snapshot.at;
                    part.snapshots.newest = at;
                    part.snapshots.on_trial = Some(Trial {
                        key,
                        at,
                        state,
                        whole_to: Version::ABSENT,
                    });
                }
                Ok(state) if folded.take_up(&*state) => {
                    part.folded_to = snapshot.at;
                    part.snapshots.newest = snapshot.at;
                    snapshots.used();
                }
                Ok(_) => part.pass_over(snapshots, &key, &UnusableSnapshot::OtherType),
                Err(error) => part.pass_over(snapshots, &key, &error),
            }
        }
    }

    /// Asks for no more snapshots.
    pub(in crate::execute) fn do_without_snapshots(&mut self) {
        for (_, part) in self.parts() {
            part.snapshots.is_asked = true;
            part.snapshots.wanted = None;
        }
    }

    /// Looks through what was read, before it is folded: for events that ask for a snapshot, and at snapshots that are on trial.
    /// What comes of these is the whole stream, folded as far as it was read. Gives the streams whose snapshots do not hold.
    pub(in crate::execute) fn try_snapshots(
        &mut self,
        decider: &mut impl Decider,
        snapshots: &Snapshotting,
        slices: &[StreamSlice],
    ) -> Result<Vec<StreamId>, DecodeError> {
        let mut differing = Vec::new();
        for (entry, slice) in self
            .entries
            .iter_mut()
            .filter(|entry| entry.check.is_some())
            .zip(slices)
        {
            for part in &mut entry.parts {
                let new = after(&entry.stream, &slice.events, part.folded_to);
                part.snapshots.notice(&snapshots.policy, new);
                // After a failure it may have gone on from a state that was kept meanwhile; then the stream was not read whole.
                let on_trial = part.snapshots.on_trial.take();
                let Some(mut trial) = on_trial.filter(|trial| trial.whole_to == part.folded_to) else {
                    continue;
                };
                let folding = Folding {
                    slot: part.slot,
                    stream: &entry.stream,
                };
                let new = after(&entry.stream, &slice.events, part.folded_to);
                let tail = after(&entry.stream, new, trial.at);
                let (gone_on, whole) = folding.both(decider, &trial, tail, new)?;
                part.folded_to = slice.head.min(entry.asked_to);
                if let Some(state) = gone_on.clone().filter(|_| part.folded_to < slice.head) {
                    (trial.state, trial.whole_to) = (state, part.folded_to);
                    part.snapshots.on_trial = Some(trial);
                } else if trial.at <= slice.head
                    && is_alike(decider, part.slot, gone_on.as_ref(), whole.as_ref())
                {
                    snapshots.verified();
                } else {
                    snapshots.differed(&trial.key);
                    part.snapshots.newest = Version::ABSENT;
                    differing.push(entry.stream.clone());
                }
            }
        }
        Ok(differing)
    }

    /// The snapshots to take of what was folded, given how long it took to read and fold it.
    pub(in crate::execute) fn due_snapshots(
        &mut self,
        decider: &mut impl Decider,
        snapshots: &Snapshotting,
        states: Option<&KeptStates>,
        took: Duration,
    ) -> Vec<Work> {
        if decider.commit_order() || snapshots.policy.is_off {
            return Vec::new();
        }
        let mut due = Vec::new();
        for (stream, part) in self.parts() {
            let reading = Reading {
                since: part.folded_to.get().saturating_sub(part.snapshots.newest.get()),
                took,
                met_event: part.snapshots.is_asked_for,
            };
            if !snapshots.policy.is_due(&reading) {
                continue;
            }
            let Some(folded) = decider.folded(part.slot) else {
                continue;
            };
            let Some(format) = folded.snapshots() else {
                continue;
            };
            let key = format.key(stream);
            if !snapshots.trusts(&key) {
                continue;
            }
            let at = part.folded_to;
            part.snapshots.newest = at;
            part.snapshots.is_asked_for = false;
            let kept = states.and_then(|states| states.note_snapshot(stream, folded, at));
            let state = kept.unwrap_or_else(|| folded.keep());
            due.push(Work::Save(Save {
                key,
                at,
                state,
                format,
            }));
        }
        due
    }

    /// Goes on, in every part whose state has snapshots, from one of the middle of what was read, as it is written and read;
    /// and checks that this comes to the same as to fold all of it.
    pub(in crate::execute) fn rehearse_snapshots(
        &mut self,
        decider: &mut impl Decider,
        slices: &[StreamSlice],
    ) -> Result<(), Bug> {
        if decider.commit_order() {
            return Ok(());
        }
        for (entry, slice) in self
            .entries
            .iter_mut()
            .filter(|entry| entry.check.is_some())
            .zip(slices)
        {
            for part in entry
                .parts
                .iter_mut()
                .filter(|part| part.folded_to == Version::ABSENT)
            {
                let format = decider.folded(part.slot).and_then(|folded| folded.snapshots());
                let Some(format) = format else { continue };
                let folding = Folding {
                    slot: part.slot,
                    stream: &entry.stream,
                };
                folding.rehearse(decider, format, &slice.events)?;
                part.folded_to = slice.head.min(entry.asked_to);
            }
        }
        Ok(())
    }

    fn parts(&mut self) -> impl Iterator<Item = (&StreamId, &mut Part)> {
        self.entries.iter_mut().flat_map(|entry| {
            let stream = &entry.stream;
            entry.parts.iter_mut().map(move |part| (stream, part))
        })
    }
}

impl PartSnapshots {
    /// Looks for events that ask for a snapshot.
    pub(super) fn notice(&mut self, policy: &SnapshotPolicy, events: &[Arc<RecordedEvent>]) {
        self.is_asked_for |= policy.is_asked_for_by_events()
            && events
                .iter()
                .any(|event| policy.is_asked_for_by(&event.event_type));
    }
}

impl Part {
    /// The stream is read from its start, and a snapshot taken that can be read.
    fn pass_over(&mut self, snapshots: &Snapshotting, key: &SnapshotKey, error: &UnusableSnapshot) {
        snapshots.unusable(key, error);
        self.snapshots.is_asked_for = true;
    }
}

/// A stream that is folded into a part.
struct Folding<'a> {
    slot: Slot,
    stream: &'a StreamId,
}

impl Folding<'_> {
    /// What a state and what came after it come to.
    fn go_on(
        &self,
        decider: &mut impl Decider,
        state: &Restored,
        tail: &[Arc<RecordedEvent>],
    ) -> Result<Option<Restored>, DecodeError> {
        if let Some(folded) = decider.folded(self.slot) {
            folded.take_up(&**state);
        }
        decider.fold(self.slot, self.stream, tail)?;
        Ok(decider.folded(self.slot).map(|folded| folded.keep()))
    }

    /// What the snapshot of a trial comes to with a piece of the tail, and what the stream comes to with the piece. The latter
    /// stays in the part.
    fn both(
        &self,
        decider: &mut impl Decider,
        trial: &Trial,
        tail: &[Arc<RecordedEvent>],
        piece: &[Arc<RecordedEvent>],
    ) -> Result<(Option<Restored>, Option<Restored>), DecodeError> {
        let earlier = decider.folded(self.slot).map(|folded| folded.keep());
        let gone_on = self.go_on(decider, &trial.state, tail)?;
        let whole = match earlier.filter(|_| trial.whole_to > Version::ABSENT) {
            Some(earlier) => self.go_on(decider, &earlier, piece)?,
            None => self.whole(decider, piece)?,
        };
        Ok((gone_on, whole))
    }

    /// What all events come to. It stays in the part.
    fn whole(
        &self,
        decider: &mut impl Decider,
        events: &[Arc<RecordedEvent>],
    ) -> Result<Option<Restored>, DecodeError> {
        if let Some(folded) = decider.folded(self.slot) {
            folded.reset();
        }
        decider.fold(self.slot, self.stream, events)?;
        Ok(decider.folded(self.slot).map(|folded| folded.keep()))
    }

    fn rehearse(
        &self,
        decider: &mut impl Decider,
        format: StateSnapshots,
        events: &[Arc<RecordedEvent>],
    ) -> Result<(), Bug> {
        let of_state = |source| Bug::UnusableSnapshot {
            state: format.name(),
            source: Box::new(source),
        };
        let (earlier, later) = events.split_at(events.len() / 2);
        let Some(state) = self.whole(decider, earlier)? else {
            return Ok(());
        };
        let written = format.encode(&*state).map_err(of_state)?;
        let read = format.decode(&written).map_err(of_state)?;
        let gone_on = self.go_on(decider, &read, later)?;
        let whole = self.whole(decider, events)?;
        if is_alike(decider, self.slot, gone_on.as_ref(), whole.as_ref()) {
            Ok(())
        } else {
            Err(Bug::SnapshotDiffers { state: format.name() })
        }
    }
}

/// Whether two states are written alike.
fn is_alike(
    decider: &mut impl Decider,
    slot: Slot,
    one: Option<&Restored>,
    other: Option<&Restored>,
) -> bool {
    let format = decider.folded(slot).and_then(|folded| folded.snapshots());
    let (Some(format), Some(one), Some(other)) = (format, one, other) else {
        return false;
    };
    match (format.encode(&**one), format.encode(&**other)) {
        (Ok(one), Ok(other)) => is_same(&one, &other),
        _ => false,
    }
}

/// The events of a stream that came after a version.
pub(super) fn after<'e>(
    stream: &StreamId,
    events: &'e [Arc<RecordedEvent>],
    version: Version,
) -> &'e [Arc<RecordedEvent>] {
    let folded = events.partition_point(|event| {
        event
            .version_in(stream)
            .is_some_and(|of_event| of_event <= version)
    });
    &events[folded..]
}

impl std::fmt::Debug for Trial {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trial")
            .field("key", &self.key)
            .field("at", &self.at)
            .finish_non_exhaustive()
    }
}

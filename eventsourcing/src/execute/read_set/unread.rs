//! Deciding on what is kept, without reading; and folding what a command itself has appended, so that the next one can.

use std::sync::Arc;

use super::{Entry, ReadSet};
use crate::command::Decider;
use crate::event::DecodeError;
use crate::execute::state_cache::{KeptStates, Quiet};
use crate::snapshot::Snapshotting;
use crate::store::Condition;
use crate::{RecordedEvent, TypeFilter, Version};

impl ReadSet {
    /// Takes what was kept of the streams for all that is in them, if nobody else has appended to any of them lately. Tells
    /// whether it does.
    pub(in crate::execute) fn take_for_granted(
        &mut self,
        decider: &mut impl Decider,
        states: &KeptStates,
    ) -> bool {
        let is_likely =
            |entry: &Entry| entry.is_quiet() && !states.is_beyond(&entry.stream, entry.folded_to());
        if decider.commit_order() || !self.checked().all(|(entry, _)| is_likely(entry)) {
            return false;
        }
        for entry in &mut self.entries {
            let kept_to = entry.folded_to();
            if let Some(check) = &mut entry.check {
                check.head = kept_to;
            }
            for part in &entry.parts {
                decider.seen(part.slot, kept_to);
            }
        }
        true
    }

    /// What must hold for a decision that was made without reading: nobody has appended anything, of whichever type. An event of a
    /// type that the program does not know is found by reading alone.
    pub(in crate::execute) fn unread_conditions(&self) -> Vec<Condition> {
        let mut conditions = self.conditions();
        for condition in &mut conditions {
            condition.types = TypeFilter::All;
        }
        conditions
    }

    /// Folds what the command itself has appended to the streams that it had read, and keeps what comes of it.
    ///
    /// Others may have come in between, with events of types that do not matter to this command. Then the stream has to be read.
    /// Tells whether nobody has.
    pub(in crate::execute) fn fold_own(
        &mut self,
        decider: &mut impl Decider,
        states: &KeptStates,
        snapshots: Option<&Snapshotting>,
        appended: &[Arc<RecordedEvent>],
    ) -> Result<bool, DecodeError> {
        let mut all_follow = true;
        if !decider.commit_order() {
            for entry in &mut self.entries {
                all_follow &= entry.fold_own(decider, states, snapshots, appended)?;
            }
        }
        Ok(all_follow)
    }
}

impl Entry {
    /// Whether all of it is kept, and likely to be all that there is.
    fn is_quiet(&self) -> bool {
        let is_kept = self.parts.iter().all(|part| {
            part.quiet.is_long()
                && part.folded_to > Version::ABSENT
                && part.folded_to == part.kept_to
                && part.folded_to == self.folded_to()
        });
        is_kept && !self.parts.is_empty()
    }

    fn fold_own(
        &mut self,
        decider: &mut impl Decider,
        states: &KeptStates,
        snapshots: Option<&Snapshotting>,
        appended: &[Arc<RecordedEvent>],
    ) -> Result<bool, DecodeError> {
        let Some(check) = &mut self.check else {
            return Ok(true);
        };
        let is_here = |event: &&Arc<RecordedEvent>| event.version_in(&self.stream).is_some();
        let own: Vec<_> = appended.iter().filter(is_here).cloned().collect();
        let version =
            |event: Option<&Arc<RecordedEvent>>| event.and_then(|event| event.version_in(&self.stream));
        let (Some(first), Some(last)) = (version(own.first()), version(own.last())) else {
            return Ok(true);
        };
        let follows = first.get() == check.head.get() + 1;
        if follows {
            check.head = last;
        }
        for part in &mut self.parts {
            if follows && part.folded_to.get() + 1 == first.get() {
                if let Some(snapshots) = snapshots {
                    part.snapshots.notice(&snapshots.policy, &own);
                }
                decider.fold(part.slot, &self.stream, &own)?;
                part.folded_to = last;
            }
            let quiet = if part.folded_to == last {
                part.quiet.longer()
            } else {
                Quiet::default()
            };
            if let Some(folded) = decider.folded(part.slot) {
                part.keep(&self.stream, folded, states, quiet);
            }
        }
        Ok(follows)
    }
}

//! A machine driven by hand: what it is told, and what it is expected to say.

use std::sync::Arc;

use super::super::machine::{Effect, Input, LoadError, Machine, Setup, Snapshots};
use super::super::{ExecuteError, InvalidCommand, RetryPolicy};
use super::probe::{Added, Probe, Refused, over, stream, writes};
use crate::command::{CommandLogic, Decide, Deciding, Decision};
use crate::environment::TokioSpawn;
use crate::snapshot::{SnapshotPolicy, Snapshotting};
use crate::store::{
    Append, AppendError, Appended, CommandKey, Conflict, DictionarySize, Fingerprint, ReadError, ReadStreams,
    StreamSlice, StreamsRead,
};
use crate::testing::SequentialIds;
use crate::{CommandId, Metadata, Position, StreamId, TenantId, Timestamp, Version};

pub(super) const KEY: CommandKey = CommandKey {
    id: CommandId::new(uuid::Uuid::from_u128(7)),
    fingerprint: Fingerprint::from_bytes([7; 16]),
};

pub(super) fn setup() -> Setup {
    Setup {
        key: None,
        policy: RetryPolicy::default(),
        max_streams: 3,
        random: fastrand::Rng::with_seed(7),
        expected: None,
        progress: None,
        states: None,
        snapshots: Snapshots::Taken(Arc::new(Snapshotting::new(
            SnapshotPolicy::never(),
            Arc::new(TokioSpawn),
        ))),
        here: None,
    }
}

pub(super) fn try_machine<C: CommandLogic>(
    command: C,
    setup: Setup,
) -> Result<Machine<Deciding<C>>, InvalidCommand> {
    let decision = Decision {
        now: Timestamp::UNIX_EPOCH,
        tenant: TenantId::DEFAULT,
        metadata: Metadata::of_command(CommandId::new(uuid::Uuid::nil())),
    };
    let ids = Arc::new(SequentialIds::default());
    let cx = Decide::new(Arc::new(decision), bytes::Bytes::from_static(b"{}"), ids);
    Machine::new(Deciding::new(command, cx), setup)
}

pub(super) fn machine(command: Probe) -> Machine<Deciding<Probe>> {
    try_machine(command, setup()).unwrap()
}

/// A command that moves something from `a` to `b`.
pub(super) fn mover() -> Probe {
    Probe {
        handle: |_, cx| {
            cx.__emit(&Added(vec![stream("a"), stream("b")]));
            Ok(())
        },
        ..over([writes(0, "a"), writes(1, "b")])
    }
}

pub(super) fn places(effect: Effect<Refused>) -> Vec<StreamId> {
    match effect {
        Effect::TakePlaces(streams) | Effect::ExtendPlaces(streams) => streams,
        _ => panic!("places were to be taken"),
    }
}

/// What is loaded, as `stream after version`.
pub(super) fn load<E>(effect: Effect<E>) -> Vec<String> {
    read(effect)
        .streams
        .iter()
        .map(|read| format!("{} after {}", read.stream, read.after))
        .collect()
}

pub(super) fn read<E>(effect: Effect<E>) -> ReadStreams {
    match effect {
        Effect::Load(read) => read,
        _ => panic!("streams were to be loaded"),
    }
}

pub(super) fn append<E>(effect: Effect<E>) -> Append {
    match effect {
        Effect::Append(append) => append,
        _ => panic!("an append was to be made"),
    }
}

pub(super) fn paused<E>(effect: &Effect<E>) -> bool {
    matches!(effect, Effect::Pause(_))
}

pub(super) fn finish<E>(effect: Effect<E>) -> Result<Appended, ExecuteError<E>> {
    match effect {
        Effect::Finish(result) => result,
        _ => panic!("that was to be the end"),
    }
}

pub(super) fn loaded(slices: impl Into<Vec<StreamSlice>>) -> Input {
    Input::Loaded(Ok(StreamsRead {
        slices: slices.into(),
        repeated: None,
        dictionary: DictionarySize(0),
    }))
}

pub(super) fn load_failed(error: impl Into<ReadError>) -> Input {
    Input::Loaded(Err(LoadError::Read(error.into())))
}

pub(super) fn append_failed(error: impl Into<AppendError>) -> Input {
    Input::Appended(Err(error.into()))
}

pub(super) fn appended() -> Appended {
    Appended {
        events: Vec::new(),
        position: Position::new(9),
        repeated: false,
    }
}

pub(super) fn conflict(id: &str) -> Conflict {
    Conflict {
        stream: stream(id),
        seen: Version::new(0),
        head: Version::new(1),
    }
}

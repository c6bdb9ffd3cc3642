use std::sync::Arc;

use super::{Discovered, StreamField};
use crate::event::{DecodeError, DecodeFailure, Event as _, Recorded};
use crate::state::State;
use crate::stream::StreamKey;
use crate::{RecordedEvent, StreamId};

/// Folds events of a stream into the state of one key of a field.
///
/// # Errors
/// If an event cannot be read.
pub fn fold_slot<F: StreamField, S: State<Key = F::Key>>(
    keys: &F,
    states: &mut F::Of<S>,
    index: u32,
    stream: &StreamId,
    events: &[Arc<RecordedEvent>],
) -> Result<(), DecodeError> {
    match keys.keys().get(index as usize) {
        Some(key) => fold_into(F::state(states, index), key, stream, events),
        None => Ok(()),
    }
}

/// Folds events of a stream into the state of one discovered stream.
///
/// # Errors
/// If an event cannot be read.
pub fn fold_discovered<K: StreamKey, S: State<Key = K>>(
    discovered: &mut Discovered<K, S>,
    index: u32,
    stream: &StreamId,
    events: &[Arc<RecordedEvent>],
) -> Result<(), DecodeError> {
    match discovered.entry(index) {
        Some((key, state)) => fold_into(state, key, stream, events),
        None => Ok(()),
    }
}

/// Folds events of a stream into a state whose key is read from the name of the stream.
///
/// # Errors
/// If an event cannot be read, or the stream is not one of the state's key.
pub fn fold_any<S: State>(
    state: &mut S,
    stream: &StreamId,
    events: &[Arc<RecordedEvent>],
) -> Result<(), DecodeError> {
    let Some(first) = events.iter().find(|event| counts::<S>(event)) else {
        return Ok(());
    };
    let key = S::Key::from_stream_id(stream)
        .map_err(|source| DecodeError::of(first, DecodeFailure::Payload(source.into())))?;
    fold_into(state, &key, stream, events)
}

fn fold_into<S: State>(
    state: &mut S,
    key: &S::Key,
    stream: &StreamId,
    events: &[Arc<RecordedEvent>],
) -> Result<(), DecodeError> {
    for event in events.iter().filter(|event| counts::<S>(event)) {
        state.apply(key, &Recorded::decode_through(event, stream)?);
    }
    Ok(())
}

/// Two fields of a command may name one stream and read different events of it; each folds its own.
fn counts<S: State>(event: &RecordedEvent) -> bool {
    S::Event::TYPES.contains(event.event_type.as_str())
}

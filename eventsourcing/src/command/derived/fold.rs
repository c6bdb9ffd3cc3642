use std::sync::Arc;

use crate::event::{DecodeError, DecodeFailure, Event, Recorded};
use crate::state::State;
use crate::stream::{StreamKey, category_of};
use crate::{EventTypes, InvalidStreamId, InvalidStreamKey, RecordedEvent, StreamId};

/// A state that can be folded from streams of key type `K`. `M` tells the ways apart, and is inferred.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be folded from `{K}` streams",
    label = "not a state of `{K}` streams",
    note = "implement `State` for `{Self}` with `type Key = {K}`, or with `type Key = StreamId` for streams of any kind"
)]
pub trait FoldedFrom<K, M>: State {
    /// The category of the streams; `None` if they can be of any.
    const CATEGORY: Option<&'static str>;

    /// The stream that a key names.
    ///
    /// # Errors
    /// If the key does not make a stream id.
    fn stream_of(key: &K) -> Result<StreamId, InvalidStreamId>;

    /// The key as the state knows it.
    ///
    /// # Errors
    /// If the stream is not one of the state's key.
    fn own_key(key: &K, stream: &StreamId) -> Result<Self::Key, InvalidStreamKey>;
}

/// The field has the key type of the state.
#[derive(Debug)]
pub enum SameKey {}

/// The state is folded from streams of any kind.
#[derive(Debug)]
pub enum AnyKey {}

/// The field is a [`StreamId`]; the state's key is read from it.
#[derive(Debug)]
pub enum ParsedKey {}

#[diagnostic::do_not_recommend]
impl<S: State> FoldedFrom<S::Key, SameKey> for S {
    const CATEGORY: Option<&'static str> = category_of::<S::Key>();

    fn stream_of(key: &S::Key) -> Result<StreamId, InvalidStreamId> {
        key.to_stream_id()
    }

    fn own_key(key: &S::Key, _: &StreamId) -> Result<S::Key, InvalidStreamKey> {
        Ok(key.clone())
    }
}

#[diagnostic::do_not_recommend]
impl<K: StreamKey, S: State<Key = StreamId>> FoldedFrom<K, AnyKey> for S {
    const CATEGORY: Option<&'static str> = category_of::<K>();

    fn stream_of(key: &K) -> Result<StreamId, InvalidStreamId> {
        key.to_stream_id()
    }

    fn own_key(_: &K, stream: &StreamId) -> Result<StreamId, InvalidStreamKey> {
        Ok(stream.clone())
    }
}

#[diagnostic::do_not_recommend]
impl<S: State> FoldedFrom<StreamId, ParsedKey> for S {
    const CATEGORY: Option<&'static str> = None;

    fn stream_of(key: &StreamId) -> Result<StreamId, InvalidStreamId> {
        Ok(key.clone())
    }

    fn own_key(_: &StreamId, stream: &StreamId) -> Result<S::Key, InvalidStreamKey> {
        S::Key::from_stream_id(stream)
    }
}

/// The event types that a state is folded from.
pub(super) const fn types_of<S: State>() -> &'static EventTypes {
    const { &<S::Event as Event>::TYPES }
}

/// Folds events of a stream into a state. Those of other types are passed over: two fields of a command may name one
/// stream and read different events of it.
///
/// # Errors
/// If an event cannot be read, or the stream is not one of the state's key.
pub(super) fn fold<K, S: FoldedFrom<K, M>, M>(
    key: &K,
    state: &mut S,
    stream: &StreamId,
    events: &[Arc<RecordedEvent>],
) -> Result<(), DecodeError> {
    let counts = |event: &&Arc<RecordedEvent>| types_of::<S>().contains(event.event_type.as_str());
    let Some(first) = events.iter().find(counts) else {
        return Ok(());
    };
    let key = S::own_key(key, stream)
        .map_err(|source| DecodeError::of(first, DecodeFailure::Payload(source.into())))?;
    for event in events.iter().filter(counts) {
        state.apply(&key, &Recorded::decode_through(event, stream)?);
    }
    Ok(())
}

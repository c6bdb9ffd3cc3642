use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::HandlesRefusal;
use super::instance::Replayed;
use crate::event::{DecodeError, Recorded};
use crate::heard::Heard;
use crate::process::failure::guarded;
use crate::process::{Behaviour, Failure, Instance, Outgoing, ProcessManager, Role, Sends, Stateful};
use crate::stream::StreamKey;
use crate::{InvalidStreamId, InvalidStreamKey, RecordedEvent, StreamId};

/// A process manager that is an `impl` block. The macro implements it.
pub trait StatefulManager: ProcessManager + Send {
    /// What tells instances apart.
    type Key: 'static;

    /// The streams of the instances.
    const INSTANCES: Instances<Self::Key>;
    /// The state before any event.
    const INITIAL: fn() -> Self;
    /// One for each event that a handler takes.
    const HANDLERS: &'static [&'static dyn Handles<Self>];
    /// One for each command whose refusal a handler takes.
    const REFUSALS: &'static [&'static dyn HandlesRefusal<Self>];
}

/// How the keys of instances name their streams.
#[derive(Debug)]
pub struct Instances<K> {
    category: &'static str,
    key: fn(&K) -> Result<StreamId, InvalidStreamId>,
    parse: fn(&StreamId) -> Result<K, InvalidStreamKey>,
}

/// Where an event has the key of the instance that it is for.
#[derive(Debug)]
pub enum KeyIn<'a, K> {
    /// In a field.
    Field(&'a K),
    /// In the name of its home stream.
    Stream,
    /// Nowhere: it is of another variant.
    Nothing,
}

/// The only call of the macro that asks anything of the type of the key, so that one mistake is one error.
pub const fn instances<K: StreamKey>(category: &'static str) -> Instances<K> {
    Instances {
        category,
        key: K::to_stream_id,
        parse: K::from_stream_id,
    }
}

impl<K> Instances<K> {
    fn of<E>(&self, event: &Recorded<E>, key: &KeyIn<'_, K>) -> Result<Option<StreamId>, InvalidKey> {
        match key {
            KeyIn::Field(key) => self.stream(key).map(Some),
            KeyIn::Stream => self.stream(&(self.parse)(event.stream())?).map(Some),
            KeyIn::Nothing => Ok(None),
        }
    }

    /// `<category>-<key>`: of a key with a category of its own, the part after it.
    fn stream(&self, key: &K) -> Result<StreamId, InvalidKey> {
        let named = (self.key)(key)?;
        let text = named.key().unwrap_or(named.as_str());
        Ok(StreamId::new(&format!("{}-{text}", self.category))?)
    }
}

type InvalidKey = Box<dyn Error + Send + Sync>;

/// The only call of the macro that asks anything of the state, so that one mistake is one error.
pub const fn initial<M: Default>() -> fn() -> M {
    M::default
}

/// What a manager does on the events of one entry of a handler.
pub struct Handler<M, K, E> {
    /// The entry.
    pub heard: Heard<E>,
    /// What the event does to the instance.
    pub role: Role,
    /// Whether it is an error if it cannot do that.
    pub strict: bool,
    /// Where the event has the key of the instance.
    pub key: fn(&Recorded<E>) -> KeyIn<'_, K>,
    /// Calls the method, if the event is of the variant.
    pub react: fn(&mut M, &Recorded<E>, &mut Sends<M>),
}

/// A [`Handler`], whatever its event.
pub trait Handles<M: StatefulManager>: Sync {
    /// Whether the event is of the entry.
    fn takes(&self, event: &RecordedEvent) -> bool;

    /// The event, as the user wrote it.
    fn shown(&self) -> &'static str;

    /// What the event does to the instance.
    fn role(&self) -> Role;

    /// Whether it is an error if it cannot do that.
    fn is_strict(&self) -> bool;

    /// The stream of the instance that the event is for.
    ///
    /// # Errors
    /// If the event cannot be read, or its key makes no stream id.
    fn instance(&self, event: &Arc<RecordedEvent>) -> Result<Option<StreamId>, Failure>;

    /// Reads the event, and reacts to it.
    ///
    /// # Errors
    /// If it cannot be read.
    fn react(&self, state: &mut M, event: &Arc<RecordedEvent>, cx: &mut Sends<M>) -> Result<(), DecodeError>;
}

impl<M: StatefulManager, E> Handles<M> for Handler<M, M::Key, E> {
    fn takes(&self, event: &RecordedEvent) -> bool {
        self.heard.takes(event)
    }

    fn shown(&self) -> &'static str {
        self.heard.listened.shown
    }

    fn role(&self) -> Role {
        self.role
    }

    fn is_strict(&self) -> bool {
        self.strict
    }

    fn instance(&self, event: &Arc<RecordedEvent>) -> Result<Option<StreamId>, Failure> {
        let event = self.heard.decode(event)?;
        let stream = M::INSTANCES.of(&event, &(self.key)(&event));
        stream.map_err(|source| Failure::InvalidKey {
            event: self.shown(),
            source,
        })
    }

    fn react(&self, state: &mut M, event: &Arc<RecordedEvent>, cx: &mut Sends<M>) -> Result<(), DecodeError> {
        (self.react)(state, &self.heard.decode(event)?, cx);
        Ok(())
    }
}

/// What a manager with state does.
pub const fn stateful<M: StatefulManager>() -> Behaviour {
    Behaviour::Stateful(const { &Erased::<M>(PhantomData) })
}

struct Erased<M>(PhantomData<fn() -> M>);

impl<M: StatefulManager> Stateful for Erased<M> {
    fn instance(&self, event: &Arc<RecordedEvent>) -> Result<Option<StreamId>, Failure> {
        let Some(handler) = M::HANDLERS.iter().find(|handler| handler.takes(event)) else {
            return Ok(None);
        };
        guarded(|| handler.instance(event))
    }

    fn replay(
        &self,
        instance: &StreamId,
        history: &[Arc<RecordedEvent>],
    ) -> Result<Box<dyn Instance>, Failure> {
        guarded(|| {
            let mut replayed = Replayed::<M>::new(instance.clone());
            for record in history {
                replayed.take_up(record)?;
            }
            Ok(Box::new(replayed) as Box<dyn Instance>)
        })
    }

    fn handles_refusal_of(&self, command: &Outgoing) -> bool {
        M::REFUSALS.iter().any(|handler| handler.takes(command))
    }
}

impl<M, K, E> fmt::Debug for Handler<M, K, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Handler")
            .field("on", &self.heard.listened.shown)
            .field("role", &self.role)
            .field("strict", &self.strict)
            .finish_non_exhaustive()
    }
}

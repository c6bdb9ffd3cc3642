use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use crate::RecordedEvent;
use crate::event::{DecodeError, Recorded};
use crate::heard::Heard;
use crate::process::failure::guarded;
use crate::process::{Behaviour, Failure, Outgoing, ProcessManager, Sends, SentBy, Stateless};

/// A process manager that is a function. The macro implements it.
pub trait StatelessManager: ProcessManager {
    /// One for each entry of `on`.
    const LISTENERS: &'static [&'static dyn Listens<Self>];
}

/// What a manager does on the events of one entry of `on`.
pub struct Listener<M: ?Sized, E> {
    /// The entry.
    pub heard: Heard<E>,
    /// Calls the function, if the event is of the variant.
    pub react: fn(&Recorded<E>, &mut Sends<M>),
}

/// A [`Listener`], whatever its event.
pub trait Listens<M: ?Sized>: Sync {
    /// Whether the event is of the entry.
    fn takes(&self, event: &RecordedEvent) -> bool;

    /// Reads the event, and reacts to it.
    ///
    /// # Errors
    /// If it cannot be read.
    fn react(&self, event: &Arc<RecordedEvent>, cx: &mut Sends<M>) -> Result<(), DecodeError>;
}

impl<M: ?Sized, E> Listens<M> for Listener<M, E> {
    fn takes(&self, event: &RecordedEvent) -> bool {
        self.heard.takes(event)
    }

    fn react(&self, event: &Arc<RecordedEvent>, cx: &mut Sends<M>) -> Result<(), DecodeError> {
        (self.react)(&self.heard.decode(event)?, cx);
        Ok(())
    }
}

/// What a manager without state does.
pub const fn stateless<M: StatelessManager>() -> Behaviour {
    Behaviour::Stateless(const { &Erased::<M>(PhantomData) })
}

struct Erased<M>(PhantomData<fn() -> M>);

impl<M: StatelessManager> Stateless for Erased<M> {
    fn listens(&self, event: &RecordedEvent) -> bool {
        M::LISTENERS.iter().any(|listener| listener.takes(event))
    }

    fn react(&self, event: &Arc<RecordedEvent>) -> Result<Vec<Outgoing>, Failure> {
        let Some(listener) = M::LISTENERS.iter().find(|listener| listener.takes(event)) else {
            return Ok(Vec::new());
        };
        guarded(|| {
            let mut cx = Sends::new(M::MANAGER.name, Arc::clone(event), event.id.get());
            listener.react(event, &mut cx)?;
            cx.into_sent()
        })
    }
}

/// Sends the command that a handler has returned.
pub fn send<M, C: SentBy<M>>(cx: &mut Sends<M>, command: C) {
    cx.send(command);
}

/// Sends the commands that a handler has returned.
pub fn send_each<M, C: SentBy<M>>(cx: &mut Sends<M>, commands: impl IntoIterator<Item = C>) {
    for command in commands {
        cx.send(command);
    }
}

impl<M: ?Sized, E> fmt::Debug for Listener<M, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Listener")
            .field(&self.heard.listened.shown)
            .finish()
    }
}

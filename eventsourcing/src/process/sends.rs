use std::borrow::Cow;
use std::error::Error;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use uuid::Uuid;

use super::facts::Sent;
use super::{Failure, Outgoing, ids};
use crate::command::Command;
use crate::{RecordedEvent, StreamId, Timestamp};

/// What a handler of the process manager `M` sends commands through.
///
/// A handler is pure: time and ids come from here, and are the same whenever it handles the same event.
pub struct Sends<M: ?Sized> {
    manager: &'static str,
    cause: Arc<RecordedEvent>,
    /// What ids are derived from: the event, or the command that was refused.
    reacts_to: Uuid,
    ids: usize,
    sent: Vec<Outgoing>,
    failure: Option<Failure>,
    of: PhantomData<fn(&M)>,
}

impl<M: ?Sized> Sends<M> {
    pub(super) fn new(manager: &'static str, cause: Arc<RecordedEvent>, reacts_to: Uuid) -> Self {
        Self {
            manager,
            cause,
            reacts_to,
            ids: 0,
            sent: Vec::new(),
            failure: None,
            of: PhantomData,
        }
    }

    /// Sends a command, once, after the handler has returned. Those of one reaction are sent in order, each when the one
    /// before has been executed or refused.
    ///
    /// It compiles only for commands in `sends(..)` of the process manager.
    #[expect(clippy::needless_pass_by_value, reason = "a command is given away")]
    pub fn send<C: SentBy<M>>(&mut self, command: C) {
        let sending = C::SENDING;
        let sent = sending.sent;
        match sending.write(&command) {
            Ok((target, payload)) => self.sent.push(Outgoing {
                id: ids::command_id(self.manager, self.reacts_to, self.sent.len()),
                name: Cow::Borrowed(sent.name),
                target,
                payload,
            }),
            Err(source) => {
                let command = sent.name;
                self.failure
                    .get_or_insert(Failure::UnwritableCommand { command, source });
            }
        }
    }

    /// When the event was recorded that this is about.
    pub fn now(&self) -> Timestamp {
        self.cause.recorded_at
    }

    /// An id that is used nowhere else: the first call is answered with the same one whenever the event is handled, and so on.
    pub fn new_id(&mut self) -> Uuid {
        self.ids += 1;
        ids::new_id(self.manager, self.reacts_to, self.ids)
    }

    /// The event that this is about, as it lies in the store.
    pub fn cause(&self) -> &Arc<RecordedEvent> {
        &self.cause
    }

    pub(super) fn into_sent(self) -> Result<Vec<Outgoing>, Failure> {
        self.failure.map_or(Ok(self.sent), Err)
    }
}

impl<M: ?Sized> fmt::Debug for Sends<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sends")
            .field("manager", &self.manager)
            .field("sent", &self.sent)
            .finish_non_exhaustive()
    }
}

/// A command that the process manager `M` lists in `sends(..)`.
#[diagnostic::on_unimplemented(
    message = "`{M}` does not say that it sends `{Self}`",
    label = "not in `sends(..)`",
    note = "list it in the process manager: `#[process_manager(.., sends({Self}))]`"
)]
pub trait SentBy<M: ?Sized>: Sized {
    /// How it is written.
    #[doc(hidden)]
    const SENDING: Sending<Self>;
}

#[diagnostic::do_not_recommend]
impl<C, M: ?Sized + SendsCommand<C>> SentBy<M> for C {
    const SENDING: Sending<Self> = M::SENDING;
}

/// A process manager that lists the command `C` in `sends(..)`. The macro implements it; what is asked for is [`SentBy`],
/// by which the compiler does not take a command for the only one that is listed.
pub trait SendsCommand<C> {
    /// How it is written.
    #[doc(hidden)]
    const SENDING: Sending<C>;
}

/// How a command is sent.
#[doc(hidden)]
#[derive(Debug)]
pub struct Sending<C> {
    pub sent: Sent,
    write: Write<C>,
}

impl<C> Sending<C> {
    /// The stream that a command goes to, and its JSON.
    pub(crate) fn write(&self, command: &C) -> Result<(Option<StreamId>, Bytes), Unwritable> {
        (self.write)(command)
    }
}

type Write<C> = fn(&C) -> Result<(Option<StreamId>, Bytes), Unwritable>;
type Unwritable = Box<dyn Error + Send + Sync>;

/// The only call of the macro that asks anything of an entry of `sends(..)`, so that one mistake is one error.
#[doc(hidden)]
pub const fn sending<C: Command + Written>(shown: &'static str) -> Sending<C> {
    Sending {
        sent: Sent {
            name: C::NAME,
            category: C::CATEGORY,
            origin: C::ORIGIN,
            shown,
        },
        write: |command| Ok((command.target()?, serde_json::to_vec(command)?.into())),
    }
}

/// A command that can be written as JSON.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent, since it is not a serde type",
    label = "this command cannot be written",
    note = "add `#[derive(Serialize, Deserialize)]` to `{Self}`"
)]
pub trait Written: Serialize {}

#[diagnostic::do_not_recommend]
impl<C: Serialize> Written for C {}

/// Stands in for [`sending`] where the program does not compile for another reason.
#[doc(hidden)]
pub const fn sending_nothing<C>() -> Sending<C> {
    Sending {
        sent: Sent {
            name: "",
            category: None,
            origin: "",
            shown: "",
        },
        write: |_| unreachable!("the program does not compile"),
    }
}

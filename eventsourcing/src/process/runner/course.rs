use std::collections::VecDeque;
use std::sync::Arc;

use super::super::{Behaviour, Instance, Outgoing, Reaction, Stateful, ids};
use super::trouble::{SendError, Trouble};
use crate::store::{Append, AppendError, Appended, CommandKey, Condition, Progress, ReadError, StreamSlice};
use crate::wire::Rejection;
use crate::{CausationId, EventId, NewEvent, RecordedEvent, StreamId, TypeFilter, Version};

/// The course of one event through a process manager, without I/O.
///
/// It says what is to be done next, as an [`Effect`], and is told what came of it, as an [`Input`]:
///
/// ```text
/// without state:            react -> Send* -> Finish
/// with state:      Read ->  react -> Write -> ( Send -> [refused -> Write] )* -> Finish
///                   ^                  |                             |
///                   +------------------+--- somebody was faster -----+
/// ```
///
/// The last thing that is written carries the progress of the reader. Whatever was done before a crash is done again under
/// the same ids, and so only once; and the commands are those that were recorded, even if the program would send others by
/// now.
///
/// That a command was refused is recorded under the id of the command itself: so it is either executed or refused, for
/// ever, however many instances of the manager are at work. Neither such a command nor the record of a refusal carries the
/// progress: where the id was used before, a store moves the reader all the same, and what is still to follow could be lost.
/// There the progress is written by itself, if nothing was recorded in the meantime.
pub(super) struct Course {
    manager: &'static str,
    behaviour: Behaviour,
    cause: Arc<RecordedEvent>,
    own_stream: StreamId,
    progress: Option<Progress>,
    /// The instance, if the manager has state, as of this version of its stream.
    instance: Option<(Box<dyn Instance>, Version)>,
    /// What is still to be sent, and what it is caused by.
    queue: VecDeque<(Outgoing, CausationId)>,
    /// What is under way.
    underway: Option<Underway>,
}

enum Underway {
    /// The reaction to the event is being recorded. It carries the progress if nothing is to be sent.
    Recording(Vec<Outgoing>, NewEvent),
    /// A command is being executed, and carries the progress or not.
    Sending(Outgoing, bool),
    /// Nothing is left but the progress.
    Moving,
    /// That a command was refused is being recorded.
    Refusing(Vec<Outgoing>, NewEvent),
}

/// What is to be done next.
#[derive(Debug)]
pub(super) enum Effect {
    /// Read this stream, all of it. Answer: [`Input::Read`].
    Read(StreamId),
    /// Answer: [`Input::Written`].
    Write(Append),
    /// Execute a command, and move the reader along if there is a progress. Answer: [`Input::Answered`].
    Send {
        command: Outgoing,
        causation: CausationId,
        progress: Option<Progress>,
    },
    /// The end.
    Finish(End),
}

/// What came of the last effect.
#[derive(Debug)]
pub(super) enum Input {
    Read(Result<StreamSlice, ReadError>),
    Written(Result<Appended, AppendError>),
    /// The events of the command.
    Answered(Result<Vec<Arc<RecordedEvent>>, SendError>),
}

/// How it ended.
#[derive(Debug)]
pub(super) enum End {
    /// It has been dealt with, and the reader was moved along if it was to be.
    Settled,
    /// There was nothing to do, and nothing was written.
    Nothing,
    /// The reader is not where it was thought to be.
    Overtaken,
    /// It was not dealt with.
    Failed(Trouble),
}

impl Course {
    /// The course of an event whose instance, or home if the manager has no state, is in a stream.
    pub(super) fn new(
        manager: &'static str,
        behaviour: Behaviour,
        cause: Arc<RecordedEvent>,
        own_stream: StreamId,
        progress: Option<Progress>,
    ) -> Self {
        Self {
            manager,
            behaviour,
            cause,
            own_stream,
            progress,
            instance: None,
            queue: VecDeque::new(),
            underway: None,
        }
    }

    pub(super) fn start(&mut self) -> Effect {
        match self.behaviour {
            Behaviour::Stateful(_) => self.start_over(),
            Behaviour::Stateless(manager) => match manager.react(&self.cause) {
                Ok(commands) if commands.is_empty() => Effect::Finish(End::Nothing),
                Ok(commands) => {
                    self.enqueue(commands, self.cause.id);
                    self.next()
                }
                Err(failure) => fail(failure.into()),
            },
        }
    }

    pub(super) fn resume(&mut self, input: Input) -> Effect {
        match (input, self.underway.take()) {
            (Input::Read(Ok(slice)), _) => self.replay(&slice),
            (Input::Read(Err(error)), _) => fail(error.into()),
            (Input::Written(Ok(appended)), Some(underway)) => self.written(&appended, underway),
            (Input::Written(Err(AppendError::Conflict(_))), _) => self.start_over(),
            (
                Input::Written(Err(AppendError::Overtaken(_))) | Input::Answered(Err(SendError::Overtaken)),
                _,
            ) => Effect::Finish(End::Overtaken),
            (Input::Written(Err(error)), _) => fail(error.into()),
            (Input::Answered(Ok(outcome)), Some(Underway::Sending(command, carries))) => {
                self.executed(&outcome, &command, carries)
            }
            (Input::Answered(Err(SendError::Rejected(rejection))), Some(Underway::Sending(command, _))) => {
                self.rejected(&command, rejection)
            }
            (Input::Answered(Err(error)), _) => fail(error.into()),
            // An answer that nothing was asked for: what is recorded tells how to go on.
            (Input::Written(Ok(_)) | Input::Answered(Ok(_)), _) => self.start_over(),
        }
    }

    /// Reads the stream of the instance, anew if need be. What was done is found there, or done again under the same ids.
    fn start_over(&mut self) -> Effect {
        self.instance = None;
        self.queue.clear();
        Effect::Read(self.own_stream.clone())
    }

    fn replay(&mut self, slice: &StreamSlice) -> Effect {
        let Behaviour::Stateful(manager) = self.behaviour else {
            return self.next();
        };
        match self.react(manager, slice) {
            Ok(effect) => effect,
            Err(trouble) => fail(trouble),
        }
    }

    fn react(&mut self, manager: &dyn Stateful, slice: &StreamSlice) -> Result<Effect, Trouble> {
        let mut instance = manager.replay(&self.own_stream, &slice.events)?;
        let reaction = instance.react(&self.cause)?;
        self.instance = Some((instance, slice.head));
        match reaction {
            Reaction::PassedOver => Ok(Effect::Finish(End::Nothing)),
            Reaction::Repeated { commands } => {
                self.enqueue(commands, ids::record_event_id(self.manager, self.cause.id.get()));
                Ok(self.next())
            }
            Reaction::New { record, commands } => {
                let progress = self.progress.clone().filter(|_| commands.is_empty());
                self.underway = Some(Underway::Recording(commands, record.clone()));
                Ok(self.write(record, None, progress))
            }
        }
    }

    /// Appends to the stream of the instance, if it is as it was read.
    fn write(&self, record: NewEvent, command: Option<CommandKey>, progress: Option<Progress>) -> Effect {
        Effect::Write(Append {
            conditions: vec![self.instance_is_as_it_was()],
            events: vec![record],
            command,
            progress,
        })
    }

    fn written(&mut self, appended: &Appended, underway: Underway) -> Effect {
        // The command whose refusal was to be recorded has been executed, or refused, by another instance.
        if appended.repeated {
            return self.start_over();
        }
        let (commands, record, carried_progress) = match underway {
            Underway::Recording(commands, record) => {
                let carried_progress = commands.is_empty();
                (commands, record, carried_progress)
            }
            Underway::Refusing(commands, record) => (commands, record, false),
            Underway::Moving => return Effect::Finish(End::Settled),
            Underway::Sending(..) => return self.start_over(),
        };
        // The answer was lost, and what was found instead has the same id: the record of another instance. That one counts.
        if appended
            .events
            .first()
            .is_some_and(|event| event.payload != record.payload)
        {
            return self.start_over();
        }
        if let Some((_, head)) = &mut self.instance {
            *head = head.next();
        }
        self.enqueue(commands, record.id);
        self.next_or_settled(carried_progress)
    }

    fn executed(
        &mut self,
        outcome: &[Arc<RecordedEvent>],
        command: &Outgoing,
        carried_progress: bool,
    ) -> Effect {
        if outcome.first().is_some_and(|event| event.event_type == REFUSED) {
            self.refused_earlier(command)
        } else {
            self.next_or_settled(carried_progress)
        }
    }

    fn next_or_settled(&mut self, carried_progress: bool) -> Effect {
        if !self.queue.is_empty() {
            self.next()
        } else if carried_progress {
            Effect::Finish(End::Settled)
        } else {
            self.move_along()
        }
    }

    /// It was refused before, which is recorded, and so is the reaction to that: the one who has recorded it may have come
    /// no further.
    fn refused_earlier(&mut self, command: &Outgoing) -> Effect {
        let Some((instance, _)) = &mut self.instance else {
            return self.start_over();
        };
        match instance.refused(command.id, &Rejection::new("")) {
            Ok(Reaction::Repeated { commands }) => {
                self.enqueue(commands, ids::record_event_id(self.manager, command.id.get()));
                self.next()
            }
            // The record is newer than what was read.
            Ok(_) => self.start_over(),
            Err(failure) => fail(failure.into()),
        }
    }

    fn rejected(&mut self, command: &Outgoing, rejection: Rejection) -> Effect {
        let unhandled = |command: &Outgoing, rejection| {
            fail(Trouble::Rejected {
                command: command.name.clone().into_owned(),
                rejection: Box::new(rejection),
            })
        };
        let Some((instance, _)) = &mut self.instance else {
            return unhandled(command, rejection);
        };
        match instance.refused(command.id, &rejection) {
            Ok(Reaction::PassedOver) => unhandled(command, rejection),
            Ok(Reaction::Repeated { commands }) => {
                self.enqueue(commands, ids::record_event_id(self.manager, command.id.get()));
                self.next()
            }
            Ok(Reaction::New { record, commands }) => match command.key() {
                Ok(key) => {
                    self.underway = Some(Underway::Refusing(commands, record.clone()));
                    self.write(record, Some(key), None)
                }
                Err(error) => fail(error.into()),
            },
            Err(failure) => fail(failure.into()),
        }
    }

    fn enqueue(&mut self, commands: Vec<Outgoing>, cause: EventId) {
        let commands = commands.into_iter().map(|command| (command, cause.into()));
        self.queue.extend(commands);
    }

    /// Sends the next command. The last one carries the progress, if it may.
    fn next(&mut self) -> Effect {
        let Some((command, causation)) = self.queue.pop_front() else {
            return Effect::Finish(End::Nothing);
        };
        let carries = self.queue.is_empty() && !self.may_be_refused(&command);
        self.underway = Some(Underway::Sending(command.clone(), carries));
        Effect::Send {
            command,
            causation,
            progress: self.progress.clone().filter(|_| carries),
        }
    }

    /// Whether it may come to be recorded that the command was refused.
    fn may_be_refused(&self, command: &Outgoing) -> bool {
        match self.behaviour {
            Behaviour::Stateless(_) => false,
            Behaviour::Stateful(manager) => manager.handles_refusal_of(command),
        }
    }

    /// Moves the reader along, if the instance is as it was when the last command was sent.
    fn move_along(&mut self) -> Effect {
        if self.progress.is_none() {
            return Effect::Finish(End::Settled);
        }
        self.underway = Some(Underway::Moving);
        Effect::Write(Append {
            conditions: vec![self.instance_is_as_it_was()],
            progress: self.progress.clone(),
            ..Append::default()
        })
    }

    fn instance_is_as_it_was(&self) -> Condition {
        Condition {
            stream: self.own_stream.clone(),
            seen: self.instance.as_ref().map_or(Version::ABSENT, |(_, head)| *head),
            types: TypeFilter::All,
        }
    }
}

/// The stored name of the record that a command was refused.
const REFUSED: &str = "process.Refused";

fn fail(trouble: Trouble) -> Effect {
    Effect::Finish(End::Failed(trouble))
}

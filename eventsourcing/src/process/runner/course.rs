use std::collections::VecDeque;
use std::sync::Arc;

use super::super::record::{Withdrawn, WithdrawnCommand};
use super::super::single::Single;
use super::super::{Behaviour, Failure, Instance, Outgoing, Reaction, ids};
use super::step::{Effect, End, Input, Site};
use super::trouble::{SendError, Trouble};
use crate::execute::StoreNumber;
use crate::store::{Append, AppendError, Appended, CommandKey, Condition, Progress, StreamSlice};
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
///
/// Where there are several stores, the progress is in the store of the event. It is written by itself after a command that
/// goes elsewhere. A manager without state that sends commands elsewhere goes the same course as one with state. A command
/// that was refused in another store than that of the instance is withdrawn there first, under its id.
pub(super) struct Course {
    manager: &'static str,
    behaviour: Behaviour,
    site: Site,
    cause: Arc<RecordedEvent>,
    own_stream: StreamId,
    progress: Option<Progress>,
    /// The instance, if what is done is recorded, as of this version of its stream.
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
    /// The store in which a command was refused is told not to execute it any more.
    Withdrawing(Outgoing),
}

impl Course {
    /// The course of an event whose instance, or home if the manager has no state, is in a stream.
    pub(super) fn new(
        manager: &'static str,
        behaviour: Behaviour,
        site: Site,
        cause: Arc<RecordedEvent>,
        own_stream: StreamId,
        progress: Option<Progress>,
    ) -> Self {
        Self {
            manager,
            behaviour,
            site,
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
            Behaviour::Stateless(_) if self.site.records => self.start_over(),
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
            (Input::Answered(Ok(answer)), Some(Underway::Sending(command, carries))) => {
                self.executed(&answer.events, &command, carries && answer.could_move)
            }
            (
                Input::Answered(Err(SendError::Rejected { rejection, store })),
                Some(Underway::Sending(command, _)),
            ) => self.rejected(command, rejection, store),
            (Input::Answered(Err(error)), _) => fail(error.into()),
            // An answer that nothing was asked for: what is recorded tells how to go on.
            (Input::Written(Ok(_)) | Input::Answered(Ok(_)), _) => self.start_over(),
        }
    }

    /// Reads the stream of the instance, anew if need be. What was done is found there, or done again under the same ids.
    fn start_over(&mut self) -> Effect {
        self.instance = None;
        self.queue.clear();
        Effect::Read(self.site.own, self.own_stream.clone())
    }

    fn replay(&mut self, slice: &StreamSlice) -> Effect {
        let replayed: Result<Box<dyn Instance>, Failure> = match self.behaviour {
            Behaviour::Stateful(manager) => manager.replay(&self.own_stream, &slice.events),
            Behaviour::Stateless(manager) if self.site.records => {
                Single::replay(self.manager, manager, &self.own_stream, &slice.events)
                    .map(|single| Box::new(single) as _)
            }
            Behaviour::Stateless(_) => return self.next(),
        };
        match replayed {
            Ok(instance) => self.react(instance, slice.head).unwrap_or_else(fail),
            Err(failure) => fail(failure.into()),
        }
    }

    fn react(&mut self, mut instance: Box<dyn Instance>, head: Version) -> Result<Effect, Trouble> {
        let reaction = instance.react(&self.cause).map_err(|failure| match failure {
            Failure::NotRunning { .. } if self.site.is_split => Trouble::TooEarly(Box::new(failure)),
            failure => failure.into(),
        })?;
        self.instance = Some((instance, head));
        match reaction {
            Reaction::PassedOver => Ok(Effect::Finish(End::Nothing)),
            Reaction::Repeated { commands } => {
                self.enqueue(commands, ids::record_event_id(self.manager, self.cause.id.get()));
                Ok(self.next())
            }
            Reaction::New { record, commands } => {
                let carries = commands.is_empty() && self.is_at_home();
                let progress = self.progress.clone().filter(|_| carries);
                self.underway = Some(Underway::Recording(commands, record.clone()));
                Ok(self.write(record, None, progress))
            }
        }
    }

    /// Appends to the stream of the instance, if it is as it was read.
    fn write(&self, record: NewEvent, command: Option<CommandKey>, progress: Option<Progress>) -> Effect {
        let append = Append {
            conditions: vec![self.instance_is_as_it_was()],
            events: vec![record],
            command,
            progress,
        };
        Effect::Write(self.site.own, append)
    }

    /// Whether the stream of the instance is where the progress is.
    fn is_at_home(&self) -> bool {
        self.site.own == self.site.source
    }

    fn written(&mut self, appended: &Appended, underway: Underway) -> Effect {
        if let Underway::Withdrawing(command) = underway {
            return self.withdrawn(appended, &command);
        }
        // The command whose refusal was to be recorded has been executed, or refused, by another instance.
        if appended.repeated {
            return self.start_over();
        }
        let (commands, record, carried_progress) = match underway {
            Underway::Recording(commands, record) => {
                let carried_progress = commands.is_empty() && self.is_at_home();
                (commands, record, carried_progress)
            }
            Underway::Refusing(commands, record) => (commands, record, false),
            Underway::Moving => return Effect::Finish(End::Settled),
            Underway::Sending(..) | Underway::Withdrawing(_) => return self.start_over(),
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
        let Some(first) = outcome.first() else {
            return self.next_or_settled(carried_progress);
        };
        if first.event_type == REFUSED {
            return self.refused_earlier(command);
        }
        match Withdrawn::read(first) {
            Ok(None) => self.next_or_settled(carried_progress),
            Ok(Some(rejection)) => self.refuse(command, rejection, None),
            Err(failure) => fail(failure.into()),
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

    /// It was refused just now, in a store. Where that is not the store of the instance, another process could still have it
    /// executed, until that store is told not to.
    fn rejected(&mut self, command: Outgoing, rejection: Rejection, store: StoreNumber) -> Effect {
        let key = match command.key() {
            Ok(key) => key,
            Err(error) => return fail(error.into()),
        };
        if store == self.site.own || !self.may_be_refused(&command) {
            return self.refuse(&command, rejection, Some(key));
        }
        let withdrawn = Withdrawn {
            command: WithdrawnCommand(command.id),
            manager: self.manager.to_owned(),
            instance: self.own_stream.clone(),
            rejection,
        };
        let record = match withdrawn.to_record(self.manager, &self.cause) {
            Ok(record) => record,
            Err(failure) => return fail(failure.into()),
        };
        self.underway = Some(Underway::Withdrawing(command));
        let append = Append {
            events: vec![record],
            command: Some(key),
            ..Append::default()
        };
        Effect::Write(store, append)
    }

    /// Whoever has told the store first counts: it was withdrawn, for the reason that is recorded there, or executed.
    fn withdrawn(&mut self, appended: &Appended, command: &Outgoing) -> Effect {
        match appended.events.first().map(|first| Withdrawn::read(first)) {
            Some(Ok(Some(rejection))) => self.refuse(command, rejection, None),
            Some(Err(failure)) => fail(failure.into()),
            Some(Ok(None)) | None => self.start_over(),
        }
    }

    /// Records what the instance does about a refusal: under the id of the command, unless it is withdrawn elsewhere.
    fn refuse(&mut self, command: &Outgoing, rejection: Rejection, key: Option<CommandKey>) -> Effect {
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
            Ok(Reaction::New { record, commands }) => {
                self.underway = Some(Underway::Refusing(commands, record.clone()));
                self.write(record, key, None)
            }
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

    /// Moves the reader along, if the instance is as it was when the last command was sent; as far as the store of the reader
    /// can tell.
    fn move_along(&mut self) -> Effect {
        if self.progress.is_none() {
            return Effect::Finish(End::Settled);
        }
        self.underway = Some(Underway::Moving);
        let is_checked = self.instance.is_some() && self.is_at_home();
        let append = Append {
            conditions: is_checked
                .then(|| self.instance_is_as_it_was())
                .into_iter()
                .collect(),
            progress: self.progress.clone(),
            ..Append::default()
        };
        Effect::Write(self.site.source, append)
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

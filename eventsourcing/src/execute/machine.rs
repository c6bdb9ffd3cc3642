mod snapshots;
mod unread;

use std::iter;
use std::time::Duration;

pub(crate) use self::snapshots::Snapshots;
use super::placement::Here;
use super::read_set::{Behind, ReadSet};
use super::state_cache::KeptStates;
use super::{Bug, ExecuteError, InvalidCommand, RetryPolicy, UnexpectedVersion};
use crate::command::{Decider, Plan, Reads, Undecided};
use crate::snapshot::Work;
use crate::store::sql::WorkError;
use crate::store::{
    Append, AppendError, Appended, CommandKey, Condition, Conflict, Progress, ReadError, ReadStreams,
    SavedSnapshot, SnapshotError, SnapshotKey, StoreError, StoreErrorKind, StreamsRead,
};
use crate::{NewEvent, StreamId, StreamVersion};

/// The course of one command, without I/O, clock or randomness of its own.
///
/// It says what is to be done next, as an [`Effect`], and is told what came of it, as an [`Input`]:
///
/// ```text
/// start -> TakePlaces -> Load -> fold, discover -> (ExtendPlaces -> Load)* -> decide -> Append -> Finish
///                          ^                                                              |
///                          +------------------------- Pause <- conflict, failure ---------+
/// ```
///
/// If all that it would load is kept from earlier commands, and nobody else has appended to these streams lately, it begins
/// without: it decides on what is kept, and lets the append find out whether that is all there is. If it is not, or if there
/// is nothing to append, it loads.
///
/// Before a load comes `LoadSnapshots`, if there are streams that were not asked for yet whose states have snapshots, and none
/// of them is kept from an earlier command.
///
/// Each load asks for all streams, of each only what is new: since the last load, and before the first since the state that
/// was kept from an earlier command, if there is one. So the last one has seen all of them at one moment, and what
/// is decided on it holds at that moment: neither a rejection nor the decision to do nothing needs a further check. A long stream
/// is loaded in pieces, by the same means: there is a further load until one has come to the end of all streams.
pub(crate) struct Machine<D: Decider> {
    decider: D,
    setup: Setup,
    plan: Plan,
    /// How many of the planned streams the command names by itself; the others were discovered.
    declared: usize,
    streams: ReadSet,
    /// How often it was tried, this time included.
    attempt: u32,
    /// How many attempts have failed for another reason than that the store was not available.
    spent: u32,
    /// Why the last attempt has failed.
    last_failure: Option<Failure>,
    /// What was read when the work on the events of an attempt failed last.
    work_failed_on: Option<Vec<Condition>>,
    /// What is to be done about snapshots, by somebody else.
    work: Vec<Work>,
    unread: Unread,
}

/// Whether it decides on what is kept from earlier commands, without reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Unread {
    /// It may not, or has tried it already.
    Never,
    May,
    Does,
}

/// Why an attempt has failed, and another may be made.
enum Failure {
    Conflict(Conflict),
    Store(StoreError),
}

/// What a command is executed with.
pub(crate) struct Setup {
    pub(crate) key: Option<CommandKey>,
    pub(crate) policy: RetryPolicy,
    pub(crate) max_streams: usize,
    pub(crate) random: fastrand::Rng,
    /// The version that a stream must be at.
    pub(crate) expected: Option<StreamVersion>,
    /// The reader that is moved if the command takes effect.
    pub(crate) progress: Option<Progress>,
    /// The states to go on from, and to add to.
    pub(crate) states: Option<KeptStates>,
    /// What is done with snapshots.
    pub(crate) snapshots: Snapshots,
    /// Where its streams have to be, if there are several stores.
    pub(crate) here: Option<Here>,
}

/// What is to be done next.
pub(crate) enum Effect<E> {
    /// Wait for a place in the queues of these streams, which are in alphabetical order. Answer: [`Input::PlacesTaken`].
    TakePlaces(Vec<StreamId>),
    /// As before, but there may be more streams than those whose places are held. Answer: [`Input::PlacesTaken`].
    ExtendPlaces(Vec<StreamId>),
    /// Answer: [`Input::SnapshotsLoaded`].
    LoadSnapshots(Vec<SnapshotKey>),
    /// Answer: [`Input::Loaded`].
    Load(ReadStreams),
    /// Answer: [`Input::Appended`].
    Append(Append),
    /// Answer: [`Input::Paused`].
    Pause(Duration),
    /// The end.
    Finish(Result<Appended, ExecuteError<E>>),
}

/// What came of the last effect.
pub(crate) enum Input {
    PlacesTaken,
    SnapshotsLoaded(Result<Vec<Option<SavedSnapshot>>, SnapshotError>),
    Loaded(Result<StreamsRead, LoadError>),
    Appended(Result<Appended, AppendError>),
    Paused,
}

/// Why streams could not be loaded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoadError {
    #[error(transparent)]
    Read(#[from] ReadError),
    #[error(transparent)]
    Bug(#[from] Bug),
}

impl<D: Decider> Machine<D> {
    pub(crate) fn new(decider: D, setup: Setup) -> Result<Self, InvalidCommand> {
        let mut machine = Self {
            decider,
            setup,
            plan: Plan::default(),
            declared: 0,
            streams: ReadSet::default(),
            attempt: 1,
            spent: 0,
            last_failure: None,
            work_failed_on: None,
            work: Vec::new(),
            unread: Unread::Never,
        };
        machine.plan_declared()?;
        Ok(machine)
    }

    pub(crate) fn decider(&self) -> &D {
        &self.decider
    }

    pub(crate) fn attempts(&self) -> u32 {
        self.attempt
    }

    /// The streams of which the command reads events.
    pub(crate) fn reads(&self) -> impl Iterator<Item = &StreamId> {
        let planned = self.plan.streams().iter();
        let read = planned.filter(|planned| matches!(planned.reads, Reads::Events(_)));
        read.map(|planned| &planned.stream)
    }

    pub(crate) fn start(&mut self) -> Effect<D::Rejection> {
        Effect::TakePlaces(self.streams.writable())
    }

    pub(crate) fn resume(&mut self, input: Input) -> Effect<D::Rejection> {
        match input {
            Input::PlacesTaken => self.load(),
            Input::Paused => self.try_again(),
            Input::SnapshotsLoaded(loaded) => self.snapshots_loaded(loaded),
            Input::Loaded(Ok(read)) => self.loaded(read),
            Input::Loaded(Err(error)) => self.load_failed(error),
            Input::Appended(Ok(appended)) => self.appended(appended),
            Input::Appended(Err(error)) => self.append_failed(error),
        }
    }

    /// What to answer when the time has run out between two effects: why another attempt was needed, if it was.
    pub(crate) fn out_of_time(&mut self) -> ExecuteError<D::Rejection> {
        match self.last_failure.take() {
            None => ExecuteError::DeadlineExceeded,
            Some(failure) => self.give_up(failure),
        }
    }

    fn plan_declared(&mut self) -> Result<(), InvalidCommand> {
        self.decider.plan(&mut self.plan)?;
        self.declared = self.plan.streams().len();
        self.add_planned(0)?;
        if let Some(expected) = &self.setup.expected {
            if let Some(here) = &self.setup.here {
                here.check(&expected.stream)?;
            }
            self.streams.watch(&expected.stream);
        }
        Ok(())
    }

    /// Adds what was planned from a certain place on, and tells whether anything is new. The same stream may come up again
    /// and again, so it is what was planned that is limited.
    fn add_planned(&mut self, from: usize) -> Result<bool, InvalidCommand> {
        let (found, limit) = (self.plan.streams().len(), self.setup.max_streams);
        if found > limit {
            return Err(InvalidCommand::TooManyStreams { found, limit });
        }
        let commit_order = self.decider.commit_order();
        let mut news = false;
        for planned in &self.plan.streams()[from..] {
            if let Some(here) = &self.setup.here {
                here.check(&planned.stream)?;
            }
            news |= self.streams.add(planned, commit_order);
        }
        Ok(news)
    }

    fn load(&mut self) -> Effect<D::Rejection> {
        if let Some(states) = &self.setup.states {
            self.streams.take_up(&mut self.decider, states);
        }
        if self.goes_unread() {
            return self.all_read();
        }
        match self.missing_snapshots() {
            missing if missing.is_empty() => self.load_streams(),
            missing => Effect::LoadSnapshots(missing),
        }
    }

    fn load_streams(&mut self) -> Effect<D::Rejection> {
        let read = ReadStreams {
            streams: self.streams.unread(self.decider.commit_order()),
            command: self.setup.key,
        };
        if read.streams.is_empty() && read.command.is_none() {
            return self.all_read();
        }
        Effect::Load(read)
    }

    fn loaded(&mut self, read: StreamsRead) -> Effect<D::Rejection> {
        if let Some(first_outcome) = read.repeated {
            return self.repeated(first_outcome);
        }
        if read.slices.len() != self.streams.number_read() {
            let found = read.slices.len();
            let error = format!("it returned {found} of {} streams", self.streams.number_read());
            return self.store_failed(StoreError::broken(error));
        }
        if let Some(behind) = self.streams.find_behind(&read.slices) {
            return self.store_went_back(behind);
        }
        let is_all = match self.fold(&read.slices) {
            Ok(is_all) => is_all,
            Err(bug) => return Effect::Finish(Err(bug.into())),
        };
        if let Some(states) = &self.setup.states {
            self.streams.keep(&mut self.decider, states);
        }
        if is_all { self.all_read() } else { self.load() }
    }

    fn all_read(&mut self) -> Effect<D::Rejection> {
        if let Err(unexpected) = self.check_expected() {
            return Effect::Finish(Err(unexpected.into()));
        }
        match self.discover() {
            Ok(false) => self.decide(),
            // It may have been found in a state that is no more.
            Ok(true) if self.unread == Unread::Does => self.start_over_and_read(),
            Ok(true) => Effect::ExtendPlaces(self.streams.writable()),
            Err(error) => Effect::Finish(Err(error.into())),
        }
    }

    /// A reader that the command moves is moved by a repetition too.
    fn repeated(&self, first_outcome: Appended) -> Effect<D::Rejection> {
        if self.setup.progress.is_some() {
            Effect::Append(self.append(Vec::new()))
        } else {
            Effect::Finish(Ok(first_outcome))
        }
    }

    fn check_expected(&self) -> Result<(), UnexpectedVersion> {
        let Some(expected) = &self.setup.expected else {
            return Ok(());
        };
        let found = self.streams.head_of(&expected.stream).unwrap_or_default();
        if found == expected.version {
            return Ok(());
        }
        Err(UnexpectedVersion {
            stream: expected.stream.clone(),
            expected: expected.version,
            found,
        })
    }

    /// What was folded is of a log that is no more: neither this command nor another may go on from it.
    fn store_went_back(&mut self, behind: Behind) -> Effect<D::Rejection> {
        if let Some(states) = &self.setup.states {
            states.forget_all();
        }
        self.work.push(Work::Forget(behind.stream.clone()));
        match self.start_over() {
            Ok(()) => {
                self.streams.do_without_snapshots();
                self.store_failed(StoreError::unavailable("the store has lost events").caused_by(behind))
            }
            Err(error) => Effect::Finish(Err(error.into())),
        }
    }

    /// Asks the command for further streams, and tells whether there are any.
    fn discover(&mut self) -> Result<bool, InvalidCommand> {
        let known = self.plan.streams().len();
        self.decider.discover(&mut self.plan)?;
        let news = self.add_planned(known)?;
        if news && self.decider.commit_order() {
            self.decider.reset();
            self.streams.rewind();
        }
        Ok(news)
    }

    fn decide(&mut self) -> Effect<D::Rejection> {
        let decided = self.decider.decide(self.streams.writable());
        if self.unread == Unread::Does && !self.is_to_be_appended(&decided) {
            return self.read_after_all();
        }
        match decided {
            Ok(events) => match self.check_places(&events) {
                Ok(()) => Effect::Append(self.append(events)),
                Err(error) => Effect::Finish(Err(error.into())),
            },
            Err(Undecided::Rejected(rejection)) => Effect::Finish(Err(ExecuteError::Rejected(rejection))),
            Err(Undecided::Bug(bug)) => Effect::Finish(Err(bug.into())),
        }
    }

    /// Commands of Rust types emit to their streams only; others are to keep to them, and might not.
    fn check_places(&self, events: &[NewEvent]) -> Result<(), InvalidCommand> {
        let Some(here) = &self.setup.here else {
            return Ok(());
        };
        let streams = events
            .iter()
            .flat_map(|event| iter::once(&event.home).chain(&event.links));
        for stream in streams {
            here.check(stream)?;
        }
        Ok(())
    }

    /// Without events there is nothing that others could come in between of: the append only records the command id, and
    /// tells where the log ends.
    fn append(&self, events: Vec<NewEvent>) -> Append {
        Append {
            conditions: match self.unread {
                _ if events.is_empty() => Vec::new(),
                Unread::Does => self.streams.unread_conditions(),
                _ => self.streams.conditions(),
            },
            events,
            command: self.setup.key,
            progress: self.setup.progress.clone(),
        }
    }

    fn load_failed(&mut self, error: LoadError) -> Effect<D::Rejection> {
        match error {
            LoadError::Read(ReadError::Store(error)) => self.store_failed(error),
            LoadError::Read(error) => Effect::Finish(Err(ExecuteError::of_read(error, self.attempt))),
            LoadError::Bug(bug) => Effect::Finish(Err(bug.into())),
        }
    }

    fn append_failed(&mut self, error: AppendError) -> Effect<D::Rejection> {
        match error {
            AppendError::Work(source) => self.work_failed(source),
            // It may have been decided on what is no more.
            AppendError::Conflict(_) | AppendError::Invalid(_) if self.unread == Unread::Does => {
                self.try_again()
            }
            AppendError::Conflict(conflict) => self.failed(Failure::Conflict(conflict)),
            AppendError::IdReused(error) => Effect::Finish(Err(InvalidCommand::from(error).into())),
            AppendError::Overtaken(overtaken) => Effect::Finish(Err(overtaken.into())),
            AppendError::Checkpoint(error) => Effect::Finish(Err(InvalidCommand::from(error).into())),
            AppendError::Invalid(error) => Effect::Finish(Err(InvalidCommand::from(error).into())),
            AppendError::UnknownOutcome(source) => {
                Effect::Finish(Err(ExecuteError::UnknownOutcome { source: Some(source) }))
            }
            AppendError::Store(error) => self.store_failed(error),
            error => self.store_failed(StoreError::broken("an unknown kind of error").caused_by(error)),
        }
    }

    /// The work comes before the conditions, and may have failed over what somebody else has written meanwhile, or this command
    /// itself, sent twice. So it is told of only if nothing has changed when everything is read again.
    fn work_failed(&mut self, source: WorkError) -> Effect<D::Rejection> {
        if self.unread != Unread::Does {
            self.spent += 1;
        }
        let read = self.streams.conditions();
        if self.work_failed_on.as_ref() == Some(&read) || self.spent >= self.setup.policy.max_attempts {
            return Effect::Finish(Err(ExecuteError::Inline { source }));
        }
        self.work_failed_on = Some(read);
        self.try_again()
    }

    fn store_failed(&mut self, error: StoreError) -> Effect<D::Rejection> {
        self.failed(Failure::Store(error))
    }

    /// Pauses before another attempt, or gives up. An outage may last as long as the command has time: only attempts that
    /// have failed for another reason are counted.
    fn failed(&mut self, failure: Failure) -> Effect<D::Rejection> {
        let may_go_on = match failure.store_error_kind() {
            Some(StoreErrorKind::Broken) => false,
            Some(StoreErrorKind::Unavailable) => true,
            _ => {
                self.spent += 1;
                self.spent < self.setup.policy.max_attempts
            }
        };
        if !may_go_on {
            return Effect::Finish(Err(self.give_up(failure)));
        }
        self.last_failure = Some(failure);
        let policy = &self.setup.policy;
        Effect::Pause(policy.pause_after(self.attempt, &mut self.setup.random))
    }

    fn give_up(&self, failure: Failure) -> ExecuteError<D::Rejection> {
        let attempts = self.attempt;
        match failure {
            Failure::Conflict(source) => ExecuteError::Conflict { attempts, source },
            Failure::Store(source) => ExecuteError::of_store(source, attempts),
        }
    }

    fn try_again(&mut self) -> Effect<D::Rejection> {
        self.attempt = self.attempt.saturating_add(1);
        self.unread = Unread::Never;
        match self.forget_discoveries() {
            Ok(()) => self.load(),
            Err(error) => Effect::Finish(Err(error.into())),
        }
    }

    /// What was discovered may no longer be what the command would discover now, so it starts over; otherwise what was
    /// folded stays, and only what is new will be read.
    fn forget_discoveries(&mut self) -> Result<(), InvalidCommand> {
        if self.plan.streams().len() == self.declared {
            return Ok(());
        }
        self.start_over()
    }

    fn start_over(&mut self) -> Result<(), InvalidCommand> {
        self.decider.reset();
        self.plan = Plan::default();
        self.streams = ReadSet::default();
        self.plan_declared()
    }
}

impl Failure {
    fn store_error_kind(&self) -> Option<StoreErrorKind> {
        match self {
            Self::Conflict(_) => None,
            Self::Store(error) => Some(error.kind()),
        }
    }
}

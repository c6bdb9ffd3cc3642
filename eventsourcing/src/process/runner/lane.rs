use std::sync::Arc;

use tokio::sync::{mpsc, watch};

use super::shared::Shared;
use super::step::End;
use super::trouble::{Remedy, Trouble};
use crate::store::{Append, AppendError, Checkpoint, Progress, StoreError};
use crate::{Position, RecordedEvent, StreamId};

/// What a lane is handed, in the order of the log.
#[derive(Debug)]
pub(super) enum Work {
    /// An event for an instance.
    Event(Arc<RecordedEvent>, StreamId),
    /// An event whose instance cannot be told.
    Unreadable(Arc<RecordedEvent>, Trouble),
    /// Everything up to here that is for this lane has been handed to it.
    UpTo(Checkpoint),
}

/// One of the lanes of a manager. It takes the events of its instances one after the other, and nobody else's: what is
/// recorded of its progress is one checkpoint, which moves together with what an event has led to.
pub(super) struct Lane {
    shared: Arc<Shared>,
    /// The name of its checkpoint.
    reader: Arc<str>,
    /// Its checkpoint, as far as is known.
    saved: Option<Checkpoint>,
    /// How far it has come: at the checkpoint, or beyond, if nothing had to be written since.
    come_to: Option<Checkpoint>,
    handled: watch::Sender<Position>,
}

/// So many positions a lane may be ahead of its checkpoint, to be read again after a restart.
const SAVE_EVERY: u64 = 1_000;

impl Lane {
    pub(super) fn new(
        shared: Arc<Shared>,
        reader: Arc<str>,
        saved: Option<Checkpoint>,
        handled: watch::Sender<Position>,
    ) -> Self {
        Self {
            shared,
            reader,
            saved,
            come_to: saved,
            handled,
        }
    }

    /// Works until there is no more, or everything is to stop. Then it saves how far it has come.
    pub(super) async fn run(mut self, mut work: mpsc::Receiver<Work>) {
        while let Some(work) = work.recv().await {
            if self.shared.stopping() {
                break;
            }
            match work {
                Work::Event(event, instance) => self.take(&event, Ok(instance)).await,
                Work::Unreadable(event, trouble) => self.take(&event, Err(trouble)).await,
                Work::UpTo(checkpoint) => self.reached(checkpoint).await,
            }
        }
        self.save().await;
    }

    /// Deals with an event, however long it takes.
    async fn take(&mut self, event: &Arc<RecordedEvent>, instance: Result<StreamId, Trouble>) {
        let here = self.shared.checkpoint(event.position);
        let instance = match instance {
            Ok(instance) => instance,
            Err(trouble) => {
                self.park(event, &event.home.stream, Some(&trouble), here).await;
                return;
            }
        };
        // While the store is away, nothing counts as an attempt.
        let (mut attempts, mut pauses) = (0, 0);
        while self.is_before(event.position) && !self.shared.stopping() {
            if self.shared.is_parked(instance.as_str()) {
                self.park(event, &instance, None, here).await;
                return;
            }
            match self.run_course(event, &instance, here).await {
                End::Settled => return self.moved(here),
                End::Nothing => return self.passed(here),
                End::Overtaken => self.reload().await,
                End::Failed(trouble) => {
                    attempts += u32::from(trouble.remedy() != Remedy::Wait);
                    if self.shared.is_hopeless(&trouble, attempts) {
                        self.park(event, &instance, Some(&trouble), here).await;
                        return;
                    }
                    pauses += 1;
                    self.shared.pause_after(&trouble, pauses).await;
                }
            }
        }
    }

    async fn run_course(&self, event: &Arc<RecordedEvent>, instance: &StreamId, here: Checkpoint) -> End {
        let course = self.shared.course(event, instance, Some(self.progress(here)));
        match course {
            Ok(course) => self.shared.run(course, event).await,
            Err(trouble) => End::Failed(trouble),
        }
    }

    /// Sets an event aside and goes on.
    async fn park(
        &mut self,
        event: &RecordedEvent,
        instance: &StreamId,
        trouble: Option<&Trouble>,
        here: Checkpoint,
    ) {
        let parked = self.shared.parked_event(event, instance, trouble);
        let mut failures = 0;
        while self.is_before(event.position) && !self.shared.stopping() {
            let append = match self.shared.parking(&parked, Some(self.progress(here))) {
                Ok(append) => append,
                Err(error) => return self.shared.give_up(&error.into()),
            };
            match self.shared.append(append).await {
                Ok(_) => {
                    if let Err(error) = self.shared.catch_up_with_parked().await {
                        // Nobody can tell which instances wait.
                        return self.shared.give_up(&AppendError::from(error).into());
                    }
                    return self.moved(here);
                }
                Err(AppendError::Overtaken(_)) => self.reload().await,
                Err(error) => {
                    let trouble = Trouble::from(error);
                    if trouble.remedy() == Remedy::Park {
                        return self.shared.give_up(&trouble);
                    }
                    failures += 1;
                    self.shared.pause_after(&trouble, failures).await;
                }
            }
        }
    }

    fn progress(&self, to: Checkpoint) -> Progress {
        Progress {
            reader: Arc::clone(&self.reader),
            from: self.saved,
            to,
        }
    }

    fn is_before(&self, position: Position) -> bool {
        self.come_to.is_none_or(|come_to| come_to.position < position)
    }

    fn moved(&mut self, to: Checkpoint) {
        self.saved = Some(to);
        self.passed(to);
    }

    fn passed(&mut self, to: Checkpoint) {
        self.come_to = Some(to);
        self.handled.send_replace(to.position);
    }

    async fn reached(&mut self, checkpoint: Checkpoint) {
        if self.is_before(checkpoint.position) {
            self.passed(checkpoint);
        }
        let saved = self.saved.map_or(0, |saved| saved.position.get());
        if checkpoint.position.get().saturating_sub(saved) >= SAVE_EVERY {
            self.save().await;
        }
    }

    /// Saves how far it has come. If that does not work, more is read again after a restart.
    async fn save(&mut self) {
        let Some(come_to) = self.come_to.filter(|_| self.come_to != self.saved) else {
            return;
        };
        let append = Append {
            progress: Some(self.progress(come_to)),
            ..Append::default()
        };
        match self.shared.append(append).await {
            Ok(_) => self.saved = Some(come_to),
            Err(AppendError::Overtaken(_)) => self.reload().await,
            Err(error) => tracing::debug!(%error, reader = &*self.reader, "the checkpoint was not saved"),
        }
    }

    /// Another instance of the manager has moved the checkpoint, and perhaps parked something.
    async fn reload(&mut self) {
        let mut failures = 0;
        while !self.shared.stopping() {
            match self.reload_once().await {
                Ok(saved) => return self.follow(saved),
                Err(error) => {
                    failures += 1;
                    self.shared
                        .pause_after(&AppendError::from(error).into(), failures)
                        .await;
                }
            }
        }
    }

    /// Goes on from where the other instance has come to, which has dealt with everything before that.
    fn follow(&mut self, saved: Option<Checkpoint>) {
        self.saved = saved;
        self.come_to = saved;
        let position = saved.map_or(Position::START, |saved| saved.position);
        self.handled.send_if_modified(|handled| {
            let further = *handled < position;
            *handled = position.max(*handled);
            further
        });
    }

    async fn reload_once(&self) -> Result<Option<Checkpoint>, StoreError> {
        let saved = self.shared.tenant.checkpoints.load(&self.reader).await?;
        self.shared.reload_parked().await?;
        Ok(saved)
    }
}

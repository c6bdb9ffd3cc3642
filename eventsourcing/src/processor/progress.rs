//! How far a processor has come, in the store.

use std::sync::Arc;

use super::Process;
use super::task::{Task, Turn};
use crate::Position;
use crate::store::rows::{Place, WriteRows, WriteRowsError};
use crate::told::chain;

impl<P: Process> Task<P> {
    /// Finds out where to go on.
    pub(super) async fn take_stock(&mut self) -> Result<(), Turn> {
        self.saved = self.saved_place().await?;
        self.place = self.saved.checkpoint.or(self.begin);
        let position = self.place.map_or(Position::START, |place| place.position);
        self.course.send_modify(|course| course.take_up(position));
        Ok(())
    }

    /// Saves where it is. It takes effect only while no other process holds the lease.
    ///
    /// What was handed over is worth saving also when its time is over, as long as nobody else has taken over.
    pub(super) async fn save(&mut self) -> Result<(), Turn> {
        let Some(to) = self.place else { return Ok(()) };
        let write = Arc::new(WriteRows {
            reader: Arc::clone(&self.reader),
            from: self.saved,
            to,
            fence: self.lease.fence().cloned(),
            changes: Vec::new(),
        });
        let mut failures = 0;
        loop {
            match self.tenant.rows.write(Arc::clone(&write)).await {
                Ok(place) => {
                    self.saved = place;
                    return Ok(());
                }
                Err(WriteRowsError::Fenced(_)) => return Err(Turn::StandBy),
                Err(WriteRowsError::Overtaken(_) | WriteRowsError::UnknownOutcome(_)) => {
                    let now = self.saved_place().await?;
                    if now == write.lands_at() {
                        self.saved = now;
                        return Ok(());
                    }
                    if now != self.saved {
                        return Err(Turn::Elsewhere);
                    }
                    failures += 1;
                }
                Err(error) if error.class().may_pass() => {
                    failures += 1;
                    let reason = chain(&error);
                    self.course.send_modify(|course| course.error = Some(reason));
                }
                Err(error) => return Err(Turn::GiveUp(chain(&error))),
            }
            self.pause(failures).await?;
        }
    }

    /// Where it would go on after a restart.
    pub(super) async fn saved_place(&self) -> Result<Place, Turn> {
        let mut failures = 0;
        loop {
            match self.tenant.rows.place(&self.reader).await {
                Ok(place) => return Ok(place),
                Err(error) if error.class().may_pass() => {
                    failures += 1;
                    self.pause(failures).await?;
                }
                Err(error) => return Err(Turn::GiveUp(chain(&error))),
            }
        }
    }

    /// How much of the log it has looked through since it has saved.
    pub(super) fn passed_over(&self) -> u64 {
        let place = self.place.map_or(Position::START, |place| place.position);
        let saved = self
            .saved
            .checkpoint
            .map_or(Position::START, |saved| saved.position);
        place.get().saturating_sub(saved.get())
    }
}

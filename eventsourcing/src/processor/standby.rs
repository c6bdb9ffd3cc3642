//! What a processor does while another process takes its events: it tells how far that has come.

use std::time::Duration;

use tokio::time::sleep;

use super::Process;
use super::task::{Task, Turn, stopped};
use crate::Position;
use crate::store::Checkpoint;
use crate::told::chain;

/// The pause after which it is looked again where the other process has come to. It doubles each time.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

impl<P: Process> Task<P> {
    /// Looks on until this process holds the lease, and then goes on from where the other one has come to.
    pub(super) async fn stand_by(&self) -> Turn {
        tokio::select! {
            biased;
            () = stopped(&self.stop) => Turn::Stop,
            () = self.lease.granted() => Turn::Elsewhere,
            turn = self.look_on() => turn,
        }
    }

    async fn look_on(&self) -> Turn {
        let mut place = self.place;
        loop {
            match self.look_on_from(place).await {
                Ok(further_on) => place = further_on,
                Err(turn) => return turn,
            }
        }
    }

    /// Follows the log as the other process does, until that turns out to be further on. What does not pass the filter is never
    /// saved; as to the rest, what is saved tells whether it was dealt with.
    async fn look_on_from(&self, place: Option<Checkpoint>) -> Result<Option<Checkpoint>, Turn> {
        let position = place.map_or(Position::START, |place| place.position);
        self.course.send_modify(|course| course.stand_by(position));
        let filter = self.settings.filter.clone();
        let mut subscription = self.bus.subscribe(&self.tenant.tenant, place, filter);
        let mut failures = 0;
        loop {
            let page = match subscription.next().await {
                Ok(page) => page,
                Err(error) if error.class().may_pass() => {
                    failures += 1;
                    self.pause(failures).await?;
                    continue;
                }
                Err(error) => return Err(Turn::GiveUp(chain(&error))),
            };
            failures = 0;
            self.check_types(page.dictionary).await?;
            let end = page.scanned_to.position;
            self.course.send_modify(|course| course.head = page.head.max(end));
            if let Some(last) = page.events.last() {
                let saved = self.is_saved(last.position).await?;
                if saved.position > end {
                    return Ok(Some(saved));
                }
            }
            self.course.send_modify(|course| course.come_to(end));
        }
    }

    /// Waits until the other process has come to a position, and saved that.
    async fn is_saved(&self, wanted: Position) -> Result<Checkpoint, Turn> {
        let mut pause = FIRST_PAUSE;
        loop {
            if let Some(saved) = self.saved_place().await?.checkpoint {
                if saved.position >= wanted {
                    return Ok(saved);
                }
                self.course.send_modify(|course| {
                    if saved.position > course.position {
                        course.come_to(saved.position);
                    }
                });
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

//! What a task does while another process fills the table: it tells how far that has come.

use std::time::Duration;

use tokio::time::sleep;

use super::task::{Task, Turn, filter};
use crate::Position;
use crate::store::rows::Place;

/// The pause after which it is looked again where the other process has come to. It doubles each time.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

impl Task {
    /// Looks on until this process holds the lease, and then goes on from where the other one has come to.
    pub(super) async fn stand_by(&self) -> Turn {
        tokio::select! {
            biased;
            () = self.stopped() => Turn::Stop,
            () = self.lease.granted() => match self.saved_place().await {
                Ok(place) => Turn::Elsewhere(place),
                Err(turn) => turn,
            },
            turn = self.look_on() => turn,
        }
    }

    async fn look_on(&self) -> Turn {
        let mut place = self.place;
        loop {
            match self.look_on_from(place).await {
                Turn::Elsewhere(further_on) => place = further_on,
                turn => return turn,
            }
        }
    }

    /// Follows the log as the other process does. What is of no interest to the projection needs no rows; as to the rest, what is
    /// saved tells whether it is in the rows.
    async fn look_on_from(&self, place: Place) -> Turn {
        let position = position(place);
        self.course.send_modify(|course| course.stand_by(position));
        let mut subscription = self
            .bus
            .subscribe(&self.tenant.tenant, place.checkpoint, filter(&self.facts));
        let mut failures = 0;
        loop {
            let page = match subscription.next().await {
                Ok(page) => page,
                Err(error) => {
                    failures += 1;
                    match self.pause_or_give_up(error.class(), &error, failures).await {
                        Ok(()) => continue,
                        Err(turn) => return turn,
                    }
                }
            };
            failures = 0;
            let end = page.scanned_to.position;
            self.course.send_modify(|course| course.head = page.head.max(end));
            if let Some(last) = page.events.last() {
                match self.is_saved(last.position).await {
                    Ok(place) if self::position(place) > end => return Turn::Elsewhere(place),
                    Ok(_) => {}
                    Err(turn) => return turn,
                }
            }
            self.course.send_modify(|course| course.come_to(end));
        }
    }

    /// Waits until the other process has come to a position, and saved that.
    async fn is_saved(&self, wanted: Position) -> Result<Place, Turn> {
        let mut pause = FIRST_PAUSE;
        loop {
            let place = self.saved_place().await?;
            let saved = position(place);
            self.course.send_if_modified(|course| {
                let is_new = saved > course.position;
                if is_new {
                    course.come_to(saved);
                }
                is_new
            });
            if saved >= wanted {
                return Ok(place);
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

fn position(place: Place) -> Position {
    place.checkpoint.map_or(Position::START, |saved| saved.position)
}

//! What a task does while another process fills its part of the table: it tells how far that has come.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::orders::{Order, Wanted};
use super::parked::ParkedError;
use super::stock::Stock;
use super::task::{Task, Turn, filter};
use crate::store::rows::Place;
use crate::{Clock as _, Position};

/// The pause after which it is looked again where the other process has come to. It doubles each time.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);

impl Task {
    /// Looks on until this process holds the lease, and then goes on from where the other one has come to.
    pub(super) async fn stand_by(&self) -> Turn {
        let mut looking_on = pin!(self.look_on());
        loop {
            let order = tokio::select! {
                biased;
                () = self.stopped() => return Turn::Stop,
                () = self.lease.granted() => return Turn::Elsewhere,
                Some(order) = self.order_of_others() => order,
                turn = &mut looking_on => return turn,
            };
            if let Err(turn) = self.decline(order) {
                return turn;
            }
        }
    }

    /// What people ask for, once it is known that another process has to be asked: until then, this one may yet fill the table.
    async fn order_of_others(&self) -> Option<Order> {
        let mut course = self.course.subscribe();
        // The sender is in `self`.
        let _ = course.wait_for(|course| course.held_by.is_some()).await;
        self.next_order().await
    }

    /// What people ask for is done in the process that fills the table.
    fn decline(&self, order: Order) -> Result<(), Turn> {
        if matches!(order.what, Wanted::Cancel) {
            return Err(Turn::Cancelled);
        }
        let error = ParkedError::Standby {
            projection: self.facts.name.to_owned(),
            held_by: self.course.borrow().held_by.as_deref().map(str::to_owned),
        };
        // Nobody may be waiting any more.
        let _ = order.answer.send(Err(error));
        Ok(())
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

    /// Follows the log as the other process does, until that turns out to be further on. What is of no interest to the projection
    /// needs no rows; as to the rest, what is saved tells whether it is in the rows, or parked.
    async fn look_on_from(&self, place: Place) -> Result<Place, Turn> {
        let position = position(place);
        self.course.send_modify(|course| course.stand_by(position));
        if position >= self.began_at {
            self.activate_if_due().await?;
        }
        let mut subscription = self
            .bus
            .subscribe(&self.tenant.tenant, place.checkpoint, filter(&self.facts));
        let mut failures = 0;
        loop {
            let page = match subscription.next().await {
                Ok(page) => page,
                Err(error) => {
                    failures += 1;
                    self.pause_or_give_up(error.class(), &error, failures).await?;
                    continue;
                }
            };
            failures = 0;
            self.check_types(page.dictionary).await?;
            let end = page.scanned_to.position;
            self.course.send_modify(|course| {
                course.head = page.head.max(end);
                course.waiting_since = page.events.first().map(|event| event.recorded_at);
            });
            if let Some(last) = self.last_of_the_slice(&page) {
                let place = self.is_saved(last.position).await?;
                if self::position(place) > end {
                    return Ok(place);
                }
            }
            let now = self.clock.now();
            self.course.send_modify(|course| course.come_to_at(end, now));
            if page.is_last() {
                self.activate_if_due().await?;
            }
        }
    }

    /// Waits until the other process has come to a position, and saved that.
    async fn is_saved(&self, wanted: Position) -> Result<Place, Turn> {
        let mut pause = FIRST_PAUSE;
        loop {
            let Stock { place, parked } = self.stock().await?;
            if !parked.is_empty() {
                self.activation.lacks_some_of(&self.tenant.tenant, self.slice);
            }
            let saved = position(place);
            self.course.send_modify(|course| {
                if saved > course.position {
                    course.come_to(saved);
                }
                if parked.len() < course.parked.len() {
                    course.reworked += 1;
                }
                course.parked = Arc::new(parked);
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

//! What a task does while another process fills its part of the table: it tells how far that has come.

use std::future::pending;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use super::orders::{Order, Wanted};
use super::parked::ParkedError;
use super::stock::Stock;
use super::task::{Task, Turn, filter};
use crate::bus::BusSubscription;
use crate::store::FeedPage;
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
        let mut seen = Seen {
            place: self.place,
            at: Instant::now(),
        };
        loop {
            if let Err(turn) = self.look_on_from(&mut seen).await {
                return turn;
            }
        }
    }

    /// Follows the log as the other process does, until that turns out to be further on. What is of no interest to the projection
    /// needs no rows; as to the rest, what is saved tells whether it is in the rows, or parked.
    async fn look_on_from(&self, seen: &mut Seen) -> Result<(), Turn> {
        let position = seen.position();
        self.course.send_modify(|course| course.stand_by(position));
        if position >= self.began_at {
            self.activate_if_due().await?;
        }
        let mut subscription =
            self.bus
                .subscribe(&self.tenant.tenant, seen.place.checkpoint, filter(&self.facts));
        while let Some(page) = self.next_page(&mut subscription, seen).await? {
            self.check_types(page.dictionary).await?;
            let end = page.scanned_to.position;
            self.course.send_modify(|course| {
                course.head = page.head.max(end);
                course.waiting_since = page.events.first().map(|event| event.recorded_at);
            });
            if let Some(last) = self.last_of_the_slice(&page) {
                self.is_saved(last.position, seen).await?;
                if seen.position() > end {
                    return Ok(());
                }
            }
            let now = self.clock.now();
            self.course.send_modify(|course| course.come_to_at(end, now));
            if page.is_last() {
                self.activate_if_due().await?;
            }
        }
        Ok(())
    }

    /// The next page, unless the other process turns out to be further on while there is none.
    async fn next_page(
        &self,
        subscription: &mut BusSubscription,
        seen: &mut Seen,
    ) -> Result<Option<FeedPage>, Turn> {
        let mut failures = 0;
        loop {
            let mut next = pin!(subscription.next());
            let page = loop {
                tokio::select! {
                    biased;
                    () = self.is_to_look_again(seen) => if self.look_again(seen).await? {
                        return Ok(None);
                    },
                    page = &mut next => break page,
                }
            };
            match page {
                Ok(page) => return Ok(Some(page)),
                Err(error) => {
                    failures += 1;
                    self.pause_or_give_up(error.class(), &error, failures).await?;
                }
            }
        }
    }

    /// Waits until the other process has come to a position, and saved that.
    async fn is_saved(&self, wanted: Position, seen: &mut Seen) -> Result<(), Turn> {
        let mut pause = FIRST_PAUSE;
        loop {
            self.look(seen).await?;
            if seen.position() >= wanted {
                return Ok(());
            }
            sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Returns when it has to be looked what has become of what is parked: no event tells of that.
    async fn is_to_look_again(&self, seen: &Seen) {
        if self.course.borrow().parked.is_empty() {
            return pending().await;
        }
        sleep_until(seen.at + LONGEST_PAUSE).await;
    }

    /// Looks what has become of it. Says whether the other process turns out to be further on than this one.
    async fn look_again(&self, seen: &mut Seen) -> Result<bool, Turn> {
        if self.saved_place().await? == seen.place {
            seen.at = Instant::now();
            return Ok(false);
        }
        let before = self.course.borrow().position;
        self.look(seen).await?;
        let is_further_on = seen.position() > before;
        if !is_further_on {
            self.activate_after_orders().await?;
        }
        Ok(is_further_on)
    }

    /// Takes note of what the other process has saved.
    async fn look(&self, seen: &mut Seen) -> Result<(), Turn> {
        let Stock { place, parked } = self.stock().await?;
        if !parked.is_empty() {
            self.activation.lacks_some_of(&self.tenant.tenant, self.slice);
        }
        let has_written = place != seen.place;
        *seen = Seen {
            place,
            at: Instant::now(),
        };
        let saved = seen.position();
        self.course.send_modify(|course| {
            if saved > course.position {
                course.come_to(saved);
            } else if has_written {
                course.reworked += 1;
            }
            course.parked = Arc::new(parked);
        });
        Ok(())
    }
}

/// What the other process had saved.
struct Seen {
    place: Place,
    /// When it was looked at.
    at: Instant,
}

impl Seen {
    fn position(&self) -> Position {
        self.place
            .checkpoint
            .map_or(Position::START, |saved| saved.position)
    }
}

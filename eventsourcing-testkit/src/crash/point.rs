use std::env;
use std::fmt;
use std::future::pending;
use std::str::FromStr;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use eventsourcing_core::{Clock, SystemClock, Timestamp};

use super::Report;

/// A place in the work of a victim at which it stands still, to be killed there and nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Point {
    /// A command has read its streams, and has sent nothing yet.
    Decided,
    /// A transaction has begun, and is not committed. Stores that take the time from a [`StoppingClock`] come by here.
    InTransaction,
    /// An append has been committed, and nobody was told.
    Appended,
    /// A page of the feed was read, and nothing of it handled.
    PageRead,
    /// A page was handled, and its checkpoint not saved.
    Handled,
    /// The checkpoint was saved.
    CheckpointSaved,
}

impl Point {
    /// Every point, in the order in which work comes by.
    pub const ALL: [Self; 6] = [
        Self::Decided,
        Self::InTransaction,
        Self::Appended,
        Self::PageRead,
        Self::Handled,
        Self::CheckpointSaved,
    ];

    /// Its name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Decided => "decided",
            Self::InTransaction => "in-transaction",
            Self::Appended => "appended",
            Self::PageRead => "page-read",
            Self::Handled => "handled",
            Self::CheckpointSaved => "checkpoint-saved",
        }
    }

    /// Comes by here, and stays for ever if this victim is to stop here now.
    pub(super) async fn pass(self) {
        if self.is_where_to_stop() {
            Report::Stopped { point: self }.tell();
            pending::<()>().await;
        }
    }

    fn pass_on_this_thread(self) {
        if self.is_where_to_stop() {
            Report::Stopped { point: self }.tell();
            loop {
                thread::park();
            }
        }
    }

    fn is_where_to_stop(self) -> bool {
        static STOP: LazyLock<Option<Stop>> = LazyLock::new(|| env::var(STOP_AT).ok()?.parse().ok());
        static PASSED: AtomicU32 = AtomicU32::new(0);
        STOP.is_some_and(|stop| stop.point == self && PASSED.fetch_add(1, Ordering::Relaxed) + 1 == stop.pass)
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Point {
    type Err = NoPoint;

    fn from_str(name: &str) -> Result<Self, NoPoint> {
        let mut all = Self::ALL.into_iter();
        all.find(|point| point.as_str() == name).ok_or(NoPoint)
    }
}

/// There is no point of this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such point in the work of a victim")]
pub struct NoPoint;

/// Tells a victim where to stop.
pub(super) const STOP_AT: &str = "EVENTSOURCING_VICTIM_STOPS_AT";

/// Where a victim stops: at a point, when it comes by for the n-th time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stop {
    /// The point.
    pub point: Point,
    /// The time; the first is 1.
    pub pass: u32,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.point, self.pass)
    }
}

impl FromStr for Stop {
    type Err = NoPoint;

    fn from_str(text: &str) -> Result<Self, NoPoint> {
        let (point, pass) = text.split_once(':').ok_or(NoPoint)?;
        Ok(Self {
            point: point.parse()?,
            pass: pass.parse().map_err(|_| NoPoint)?,
        })
    }
}

/// The clock of the machine, which is also [`Point::InTransaction`] for stores that look at it there.
#[derive(Clone, Copy, Debug, Default)]
pub struct StoppingClock;

impl Clock for StoppingClock {
    fn now(&self) -> Timestamp {
        Point::InTransaction.pass_on_this_thread();
        SystemClock.now()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_to_stop_is_read_as_it_was_written() {
        for point in Point::ALL {
            let stop = Stop { point, pass: 17 };
            assert_eq!(stop.to_string().parse(), Ok(stop));
        }
        for text in ["", "appended", "appended:", "appended:-1", "somewhere:1"] {
            assert_eq!(text.parse::<Stop>(), Err(NoPoint), "{text:?}");
        }
    }
}

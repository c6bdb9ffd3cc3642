use std::error::Error;
use std::ffi::OsString;
use std::future::Future;
use std::io;
use std::process::Command;
use std::sync::Arc;

use eventsourcing_core::store::EventStore;

use super::Point;

/// Whatever has gone wrong with a store.
pub type BoxError = Box<dyn Error + Send + Sync>;

/// A store that processes work on, to be killed.
pub trait Subject: Sync {
    /// Where the store is, for those who open it in other processes.
    fn address(&self) -> OsString;

    /// Runs a process that opens the store at its [`address`](super::address) and calls
    /// [`work_until_killed`](super::work_until_killed).
    ///
    /// # Errors
    /// If the program cannot be found.
    fn command(&self) -> io::Result<Command>;

    /// Opens the store in this process.
    fn open(&self) -> impl Future<Output = Result<Arc<dyn EventStore>, BoxError>> + Send;

    /// The points that its victims come by; all, if nothing else is said.
    fn points(&self) -> &[Point] {
        &Point::ALL
    }

    /// Whether there is a server beneath the store, which can be killed as well.
    fn has_server(&self) -> bool {
        false
    }

    /// Kills the server while clients are at work, and starts it again. Nothing happens where there is none.
    ///
    /// # Errors
    /// If it cannot be killed, or does not come back.
    fn kill_server(&mut self) -> Result<(), BoxError> {
        Ok(())
    }
}

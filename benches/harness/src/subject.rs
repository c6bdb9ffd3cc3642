use std::sync::Arc;

use anyhow::Result;

use crate::protocol::Audit;
use crate::sink::Sink;

/// Where a subject keeps its events, and which variant of it.
#[derive(Clone, Debug)]
pub struct Place {
    /// The address of its database, or the path of its file.
    pub at: String,
    /// What is different from the subject as it comes; empty if nothing is.
    pub variant: String,
}

/// What came of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// It is committed.
    Committed {
        /// How often it was tried, the last time included.
        attempts: u32,
    },
    /// A rule of the bank said no; nothing was written.
    Refused,
}

/// A way to keep the events of a bank.
///
/// Commands load the accounts from their events, decide, and append; conflicts are tried again until there is none, by what
/// the subject has for that, or else by [`retry`](crate::retry). What a subject cannot do, it leaves out.
pub trait Subject: Send + Sync + Sized + 'static {
    /// Connects to what [`create`](Self::create) has made, or will make.
    ///
    /// # Errors
    /// Whatever goes wrong; it ends the program. The same holds for the other methods, except commands.
    fn connect(place: &Place) -> impl Future<Output = Result<Self>> + Send;

    /// Makes its schema in an empty database.
    ///
    /// # Errors
    /// See [`connect`](Self::connect).
    fn create(&self) -> impl Future<Output = Result<()>> + Send;

    /// Opens an account with so many events, in one commit; see [`bank`](crate::bank).
    ///
    /// # Errors
    /// See [`connect`](Self::connect).
    fn open(&self, account: u64, events: u64) -> impl Future<Output = Result<()>> + Send;

    /// Brings money to an account, if it is open.
    ///
    /// # Errors
    /// If the command failed, and was given up. This is counted.
    fn deposit(&self, account: u64, amount: i64) -> impl Future<Output = Result<Done>> + Send;

    /// Moves money between two accounts, if both are open and the first holds it. `None` if the subject has no commands over two
    /// streams.
    ///
    /// # Errors
    /// If the command failed, and was given up. This is counted.
    fn transfer(&self, from: u64, to: u64, amount: i64) -> impl Future<Output = Result<Option<Done>>> + Send {
        let _ = (from, to, amount);
        async { Ok(None) }
    }

    /// Appends so many deposits of 1 to each of so many new accounts, in one commit and under the condition that they are new.
    /// The accounts are numbered from the first on. `None` if the subject has no such append.
    ///
    /// # Errors
    /// If it failed. This is counted.
    fn bulk(&self, first: u64, accounts: u64, each: u64) -> impl Future<Output = Result<Option<()>>> + Send {
        let _ = (first, accounts, each);
        async { Ok(None) }
    }

    /// Feeds a sink with all events from the beginning of the log, and then with new ones, until the future is dropped.
    /// [`Follows`] says how much of this the subject can.
    ///
    /// # Errors
    /// See [`connect`](Self::connect).
    fn follow(self: Arc<Self>, sink: Arc<Sink>) -> impl Future<Output = Result<()>> + Send {
        let _ = sink;
        async { Ok(()) }
    }

    /// How much of [`follow`](Self::follow) the subject can.
    const FOLLOWS: Follows = Follows::Not;

    /// Counts what is stored, without the code under test: by queries on the tables.
    ///
    /// # Errors
    /// See [`connect`](Self::connect).
    fn audit(&self) -> impl Future<Output = Result<Audit>> + Send;

    /// The markers of all deposits and withdrawals that are stored, likewise.
    ///
    /// # Errors
    /// See [`connect`](Self::connect).
    fn markers(&self) -> impl Future<Output = Result<Vec<i64>>> + Send {
        async { Ok(vec![]) }
    }
}

/// Whether a subject has subscribers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follows {
    /// It has none.
    Not,
    /// It can read the log once, and then ends.
    Once,
    /// It goes on with new events as they come.
    Live,
}

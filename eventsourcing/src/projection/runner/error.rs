use super::super::parked::ParkedEvent;
use super::status::FailingEvent;
use crate::store::FeedError;
use crate::store::rows::{PrepareError, ProjectionFingerprint, ReadRowsError};
use crate::store::sql::WorkError;
use crate::{Position, TenantId};

/// Why projections were not started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StartProjectionsError {
    /// The table of a projection cannot be made.
    #[error(transparent)]
    Prepare(#[from] PrepareError),
    /// A projection in SQL is on a store that runs no such SQL.
    #[error(
        "the projection `{projection}` is in SQL for {database}, and {}", found.map_or_else(
            || "the store runs no SQL of others: a PostgreSQL store does once it has connections for it, \
                `PostgresOptions::sql_pool`, and an SQLite store with the feature `sqlite-sqlx`".to_owned(),
            |found| format!("the store is on {found}"))
    )]
    OtherDatabase {
        /// The projection.
        projection: &'static str,
        /// The database that it is for.
        database: &'static str,
        /// That of the store, if it runs SQL of others.
        found: Option<&'static str>,
    },
    /// A projection in SQL has failed to make its tables.
    #[error("the projection `{projection}` has not made its tables")]
    Create {
        /// The projection.
        projection: &'static str,
        /// What it says.
        #[source]
        source: WorkError,
    },
    /// The code of a projection, or what it handles, is not what it was when its version was first run, so its rows may not be
    /// what they would be now.
    #[error(
        "the projection `{projection}` has changed since its version {version} was first run (its fingerprint was {first}, and is \
         {now}); write `version = {next}` to fill a new table from the beginning, or, if the rows would be the same, say why: \
         `changed = \"..\"`"
    )]
    Changed {
        /// The projection.
        projection: &'static str,
        /// Its version.
        version: u32,
        /// The version that it is to have.
        next: u32,
        /// What it was.
        first: ProjectionFingerprint,
        /// What it is.
        now: ProjectionFingerprint,
    },
    /// A projection has another number of slices than when its version was first run: each would not know what is its own.
    #[error(
        "the projection `{projection}` had {} when its version {version} was first run, and has {}; write `version = {next}` to \
         fill a new table from the beginning, or {}",
        slices(*first), slices(*now), as_before(*first)
    )]
    Slices {
        /// The projection.
        projection: &'static str,
        /// Its version.
        version: u32,
        /// The version that it is to have.
        next: u32,
        /// How many it had; 1 if it had none.
        first: u32,
        /// How many it has; 1 if it has none.
        now: u32,
    },
    /// It could not be found out where they left off.
    #[error("the progress of the projections cannot be read")]
    Progress(#[from] ReadRowsError),
    /// It could not be found out where the log ends.
    #[error("the end of the log cannot be found")]
    Log(#[from] FeedError),
}

fn slices(number: u32) -> String {
    match number {
        1 => "no slices".to_owned(),
        number => format!("{number} slices"),
    }
}

/// What to write for the same number as at first.
fn as_before(first: u32) -> String {
    match first {
        1 => "leave out `slices`".to_owned(),
        first => format!("write `slices = {first}`"),
    }
}

/// Why it cannot be told that a projection has come to a position.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WaitForError {
    /// The service does not list the projection, or does not run it for this tenant.
    #[error("the projection `{projection}` does not run for the tenant `{tenant}`")]
    NotRunning {
        /// Its name.
        projection: &'static str,
        /// The tenant.
        tenant: TenantId,
    },
    /// The log does not go so far: the position is one of another store, or from before the store was restored, or made up.
    #[error("there is no position {position}: the log ends at {end}")]
    BeyondEnd {
        /// The position.
        position: Position,
        /// Where the log ends.
        end: Position,
    },
    /// An event before the position fails.
    #[error("the projection `{projection}` cannot deal with the event {}, a `{}` at position {}: {}", failing.event, failing.event_type, failing.position, failing.reason)]
    Failed {
        /// Its name.
        projection: &'static str,
        /// The event.
        failing: Box<FailingEvent>,
    },
    /// An event of what was done is parked: its rows lack it, until somebody [deals](super::Projections::retry) with it.
    #[error("the projection `{projection}` has parked the event {}, a `{}` at position {}, and the sequence `{}` with it", parked.event, parked.event_type, parked.position, parked.sequence)]
    Parked {
        /// Its name.
        projection: &'static str,
        /// The event; of several, one.
        parked: Box<ParkedEvent>,
    },
    /// It does not run any more.
    #[error("the projection `{projection}` does not run any more{}", reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default())]
    Stopped {
        /// Its name.
        projection: &'static str,
        /// Why, unless everything was stopped.
        reason: Option<String>,
    },
}

/// Why it cannot be told that all projections have come to the end of the log.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettledProjectionsError {
    /// One of them does not come to it.
    #[error(transparent)]
    Projection(#[from] WaitForError),
    /// The end of the log could not be found.
    #[error("the end of the log cannot be found")]
    Log(#[from] FeedError),
}

use eventsourcing_core::store::StoreError;

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// The address cannot be read.
    #[error("the address of the database cannot be read")]
    Url(#[source] tokio_postgres::Error),
    /// The server cannot be reached, or lets nobody in.
    #[error("cannot connect to the database")]
    Unreachable(#[source] tokio_postgres::Error),
    /// The server is too old.
    #[error("the server has PostgreSQL {found}, 15 or later is needed")]
    ServerTooOld {
        /// Its version.
        found: String,
    },
    /// The database cannot hold every text.
    #[error("the database has the encoding {found}, UTF8 is needed")]
    Encoding {
        /// Its encoding.
        found: String,
    },
    /// The schema was made by a newer version of this crate, which knows things that this one would break.
    #[error("the schema is at version {found}, this program knows versions up to {known}")]
    NewerSchema {
        /// The version of the schema.
        found: i32,
        /// The newest version that this program knows.
        known: i32,
    },
    /// The schema is missing or old, and is not to be changed when connecting.
    #[error("the schema is at version {found}, this program needs version {known}")]
    OlderSchema {
        /// The version of the schema; 0 if there is none.
        found: i32,
        /// The version that is needed.
        known: i32,
    },
    /// The schema could not be brought up to date. It is as it was.
    #[error("the schema could not be brought up to date")]
    Migration(#[source] tokio_postgres::Error),
    /// The schema does not answer as it should.
    #[error("the store could not be opened")]
    Store(#[from] StoreError),
}

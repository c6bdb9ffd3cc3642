use std::io;

use crate::SqliteError;

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The program was linked with an SQLite that may damage the file: 3.7.0 to 3.51.2 can, when they
    /// [reset the write-ahead log](https://sqlite.org/wal.html#walresetbug).
    #[error("the program was built with SQLite {found}, 3.51.3 or later is needed")]
    OldLibrary {
        /// The version that was linked.
        found: &'static str,
    },
    /// The path does not name a file: it is empty, or `:memory:`.
    #[error("an SQLite store lives in a file, `{path}` is none")]
    NotAFile {
        /// The path.
        path: String,
    },
    /// The file belongs to another application, as its `application_id` says.
    #[error("the file belongs to another application, with the id {application_id:#010x}")]
    OtherApplication {
        /// The id.
        application_id: i32,
    },
    /// The file was made by a newer version of this crate, which knows things that this one would break.
    #[error("the schema of the file is at version {found}, this program knows versions up to {known}")]
    NewerSchema {
        /// The version of the schema.
        found: u32,
        /// The newest version that this program knows.
        known: u32,
    },
    /// The file is where SQLite cannot keep a write-ahead log.
    #[error("the file cannot have a write-ahead log: its journal stays `{mode}`")]
    NoWriteAheadLog {
        /// The journal mode that it has instead.
        mode: String,
    },
    /// There is no path to the current folder, or no thread to be had.
    #[error("the system does not give what the store needs")]
    System(#[source] io::Error),
    /// SQLite has failed.
    #[error(transparent)]
    Sqlite(#[from] SqliteError),
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error.into())
    }
}

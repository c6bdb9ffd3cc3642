use std::io;
use std::path::PathBuf;

/// Why there is no server.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// PostgreSQL is not installed, or somewhere else.
    #[error(
        "PostgreSQL is missing; install Debian's package `postgresql`, or set PG_BIN to the folder of `initdb`"
    )]
    Missing,
    /// PgBouncer is not installed.
    #[error("PgBouncer is missing; install Debian's package `pgbouncer`")]
    MissingPgBouncer,
    /// PostgreSQL refuses to run as root, and there is nobody else.
    #[error("PostgreSQL does not run as root, and there is no user `postgres` or `nobody`")]
    NoUser,
    /// A program failed.
    #[error("{program} failed: {output}")]
    Failed {
        /// Which program.
        program: &'static str,
        /// What it said.
        output: String,
    },
    /// The server does not answer.
    #[error("the server did not start: {log}")]
    NotStarted {
        /// What it has logged.
        log: String,
    },
    /// A file or a process could not be made.
    #[error("{what} `{path}`")]
    Io {
        /// What was tried.
        what: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

impl Error {
    pub(crate) fn io(what: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { what, path, source }
    }
}

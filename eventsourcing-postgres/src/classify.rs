//! What an error of the database means for whoever has called.

use std::error::Error;
use std::io;
use std::sync::Arc;

use eventsourcing_core::store::StoreError;
use tokio_postgres::error::{DbError, Severity};
use tokio_postgres::types::WrongType;

/// An error of the database that several callers get.
pub(crate) type SharedError = Arc<tokio_postgres::Error>;

/// The kinds of error that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The connection is gone, or about to go. What was under way may have been done.
    Lost,
    /// Nothing was done; another time it may be.
    Transient,
    /// Nothing was done: it was settled that it never will be, under this fence.
    Settled(i64),
    /// Nothing was done: the store is not the one that was opened.
    OtherEpoch,
    /// Nothing was done, and never will be.
    Broken,
}

/// By SQLSTATE, as in [Appendix A](https://www.postgresql.org/docs/current/errcodes-appendix.html).
pub(crate) fn classify(error: &tokio_postgres::Error) -> Fault {
    let Some(error) = error.as_db_error() else {
        // Without an answer from the server. That parameters cannot be encoded is a mistake of this crate.
        return if encodes_badly(error) {
            Fault::Broken
        } else {
            Fault::Lost
        };
    };
    match error.code().code() {
        "ES002" => fence(error).map_or(Fault::Broken, Fault::Settled),
        _ if error
            .parsed_severity()
            .is_some_and(|severity| severity != Severity::Error) =>
        {
            Fault::Lost
        }
        code => of_code(code),
    }
}

/// What an error of the server means that has not ended the connection.
pub(crate) fn of_code(code: &str) -> Fault {
    match code {
        "ES001" => Fault::OtherEpoch,
        // 08: connection exception. 57: operator intervention: shutdown, crash, or cancelled, which can be too late.
        code if code.starts_with("08") || code.starts_with("57") => Fault::Lost,
        // 25006: the database is read-only. 40: deadlock, serialization failure. 53: no disk, no memory, no connection.
        // 55: locked, in use. 58: the operating system.
        code if code == "25006"
            || ["40", "53", "55", "58"]
                .iter()
                .any(|class| code.starts_with(class)) =>
        {
            Fault::Transient
        }
        _ => Fault::Broken,
    }
}

/// The error of a call that changes nothing, so that it does not matter how far it has come.
pub(crate) fn store_error(error: tokio_postgres::Error) -> StoreError {
    nothing_done(classify(&error), Arc::new(error))
}

/// The error of a call that has done nothing.
pub(crate) fn nothing_done(fault: Fault, error: SharedError) -> StoreError {
    let code = error.code().map_or("", |code| code.code());
    of_fault(fault, code).caused_by(error)
}

/// The error of a call that has done nothing, without its cause.
pub(crate) fn of_fault(fault: Fault, code: &str) -> StoreError {
    match fault {
        Fault::Lost => StoreError::unavailable("the connection to the database was lost"),
        Fault::Transient => StoreError::unavailable(told(code)),
        Fault::Settled(_) => StoreError::unavailable("the append was given up, and has to be handed in anew"),
        Fault::OtherEpoch => StoreError::broken("the store was restored or moved since it was opened"),
        Fault::Broken => StoreError::broken(told(code)),
    }
}

fn told(code: &str) -> &'static str {
    match code {
        "25006" => "the database is read-only",
        "42501" => "the database refuses: the rights are missing",
        code if code.starts_with("53") => "the database is short of disk, memory or connections",
        code if code.starts_with("40") || code.starts_with("55") => "the database asks to try again",
        _ => "the database has failed",
    }
}

fn fence(error: &DbError) -> Option<i64> {
    error.detail()?.parse().ok()
}

/// A parameter of another type, or one that does not fit into a message.
fn encodes_badly(error: &tokio_postgres::Error) -> bool {
    error.source().is_some_and(|source| {
        let io = source.downcast_ref::<io::Error>();
        source.is::<WrongType>() || io.is_some_and(|io| io.kind() == io::ErrorKind::InvalidInput)
    })
}

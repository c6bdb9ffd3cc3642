use eventsourcing::InvalidStreamId;

use super::COLUMNS;
use crate::domain::InvalidMoney;

/// What is wrong with a line.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    /// The first field is no order.
    #[error("`{0}` is not an order")]
    UnknownOrder(String),
    /// The order needs a field that is empty or not there.
    #[error("`{column}` is missing")]
    Missing {
        /// The field.
        column: &'static str,
    },
    /// The order has no use for a field that is filled.
    #[error("`{column}` is not for this order")]
    Unwanted {
        /// The field.
        column: &'static str,
    },
    /// More fields than columns.
    #[error("{found} fields, of {} columns", COLUMNS.len())]
    TooManyFields {
        /// How many there are.
        found: usize,
    },
    /// A field is not an amount of money.
    #[error("the amount is `{text}`: {error}")]
    Amount {
        /// The field.
        text: String,
        /// Why not.
        error: InvalidMoney,
    },
    /// A field is not the name of an account.
    #[error("no account can be called that: {0}")]
    Account(InvalidStreamId),
    /// From an account to itself.
    #[error("both accounts are `{0}`")]
    SameAccount(String),
    /// A `"` without its other half.
    #[error("a quote is not closed")]
    OpenQuote,
    /// Something that terminals might take for an order of their own.
    #[error("it holds a control character")]
    ControlCharacter,
    /// Not CSV.
    #[error(transparent)]
    Csv(#[from] csv::Error),
}

/// The first line does not name the columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the first line is not `{}`", COLUMNS.join(","))]
pub struct UnknownColumns;

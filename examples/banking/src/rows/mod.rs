//! The file of orders: one to a line. A line that makes no sense is put aside, with its number and what is wrong with it.

mod error;
mod order;

use csv::{ReaderBuilder, StringRecord, Trim};

pub use error::{RowError, UnknownColumns};
pub use order::Order;

/// The first line of every file: its columns. Each order fills those that it needs.
const COLUMNS: [&str; 6] = ["order", "account", "to", "amount", "owner", "fee_account"];

/// What a file says.
#[derive(Debug, Default)]
pub struct Rows {
    /// Openings and deposits, in the order of the file.
    pub preparations: Vec<Row>,
    /// Transfers of both kinds, in the order of the file.
    pub transfers: Vec<Row>,
    /// Lines that make no sense.
    pub bad: Vec<BadRow>,
}

/// An order, and where it stands.
#[derive(Clone, Debug)]
pub struct Row {
    /// The number of the line; the first is 1.
    pub line: u64,
    /// What is to be done.
    pub order: Order,
}

/// A line that makes no sense.
#[derive(Debug)]
pub struct BadRow {
    /// The number of the line; the first is 1.
    pub line: u64,
    /// What is wrong with it.
    pub error: RowError,
}

impl Rows {
    /// Reads the text of a file. Empty lines, and those that start with `#`, say nothing.
    ///
    /// # Errors
    /// If the first line does not name the columns. A bad line is no error: it is put aside as [`bad`](Self::bad).
    pub fn parse(text: &str) -> Result<Self, UnknownColumns> {
        let mut lines = (1..)
            .zip(text.lines())
            .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
        let columns = lines.next().map(|(_, line)| fields(line));
        if !columns.is_some_and(|columns| columns.is_ok_and(|columns| columns == COLUMNS[..])) {
            return Err(UnknownColumns);
        }
        let mut rows = Self::default();
        for (line, text) in lines {
            match fields(text).and_then(|fields| Order::read(&fields)) {
                Ok(order) if order.is_transfer() => rows.transfers.push(Row { line, order }),
                Ok(order) => rows.preparations.push(Row { line, order }),
                Err(error) => rows.bad.push(BadRow { line, error }),
            }
        }
        Ok(rows)
    }
}

/// Splits one line. Each is read on its own, so that a quote left open spoils no more than that line.
fn fields(line: &str) -> Result<StringRecord, RowError> {
    if !line.matches('"').count().is_multiple_of(2) {
        return Err(RowError::OpenQuote);
    }
    if line.contains(char::is_control) {
        return Err(RowError::ControlCharacter);
    }
    let mut reader = ReaderBuilder::new()
        .has_headers(false)
        .trim(Trim::All)
        .from_reader(line.as_bytes());
    let mut fields = StringRecord::new();
    reader.read_record(&mut fields)?;
    match fields.len() {
        found if found > COLUMNS.len() => Err(RowError::TooManyFields { found }),
        _ => Ok(fields),
    }
}

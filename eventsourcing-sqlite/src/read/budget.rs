use crate::SqliteError;

/// What a read may do before it has to move to a thread where it may take its time.
pub(crate) struct Budget {
    rows: u64,
    bytes: usize,
}

/// Why a read has stopped.
pub(crate) enum Stop {
    /// It takes longer than its budget allows.
    OverBudget,
    /// SQLite has failed.
    Sqlite(SqliteError),
}

impl Budget {
    /// As much as a command reads that is soon decided: it takes some tens of microseconds.
    pub(crate) const SMALL: Self = Self {
        rows: 64,
        bytes: 256 * 1024,
    };
    /// As much as it takes.
    pub(crate) const UNLIMITED: Self = Self {
        rows: u64::MAX,
        bytes: usize::MAX,
    };

    pub(crate) fn spend_rows(&mut self, rows: u64) -> Result<(), Stop> {
        self.rows = self.rows.checked_sub(rows).ok_or(Stop::OverBudget)?;
        Ok(())
    }

    pub(crate) fn spend_bytes(&mut self, bytes: usize) -> Result<(), Stop> {
        self.bytes = self.bytes.checked_sub(bytes).ok_or(Stop::OverBudget)?;
        Ok(())
    }
}

impl From<SqliteError> for Stop {
    fn from(error: SqliteError) -> Self {
        Self::Sqlite(error)
    }
}

impl From<rusqlite::Error> for Stop {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error.into())
    }
}

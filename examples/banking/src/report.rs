//! What came of a run, for people.

use std::collections::BTreeMap;
use std::fmt;

use indicatif::HumanCount;

use crate::domain::{AccountId, Money};
use crate::ledger::Page;
use crate::rows::BadRow;
use crate::table::{Align, Table};
use crate::tally::Tally;

/// What came of a run.
#[derive(Debug)]
pub struct Report {
    /// The lines that were not executed, in the order of the file.
    pub skipped: Vec<Skipped>,
    /// The accounts.
    pub pages: BTreeMap<AccountId, Page>,
    /// The transfers.
    pub transfers: Tally,
    /// What all accounts held together before the first transfer.
    pub total_before: Money,
    /// What all accounts held together after the last transfer.
    pub total_after: Money,
}

/// A line that was not executed: it makes no sense, or the bank refused to open the account or to take the deposit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The number of the line; the first is 1.
    pub line: u64,
    /// Why it was not.
    pub reason: String,
}

impl From<BadRow> for Skipped {
    fn from(row: BadRow) -> Self {
        Self {
            line: row.line,
            reason: row.error.to_string(),
        }
    }
}

impl Report {
    /// Whether transfers have neither made nor lost money.
    pub fn total_is_unchanged(&self) -> bool {
        self.total_before == self.total_after
    }

    fn accounts(&self) -> Table<7> {
        use Align::{Left, Right};
        let mut table = Table::new([Left, Left, Right, Right, Right, Right, Right]);
        table.line(["account", "owner", "opened with", "in", "out", "fees", "balance"].map(String::from));
        table.rule();
        for (account, page) in &self.pages {
            table.line([
                account.to_string(),
                page.owner.clone(),
                page.opened_with.to_string(),
                page.received.to_string(),
                page.sent.to_string(),
                page.fees.to_string(),
                page.balance.to_string(),
            ]);
        }
        table.rule();
        let sum = |column: fn(&Page) -> Money| self.pages.values().map(column).sum::<Money>().to_string();
        table.line([
            "total".to_owned(),
            String::new(),
            sum(|page| page.opened_with),
            sum(|page| page.received),
            sum(|page| page.sent),
            sum(|page| page.fees),
            sum(|page| page.balance),
        ]);
        table
    }

    fn counts(&self) -> Table<2> {
        let transfers = &self.transfers;
        let mut table = Table::new([Align::Right, Align::Left]);
        let mut line = |count: u64, what: String| table.line([HumanCount(count).to_string(), what]);
        line(transfers.done, "done".to_owned());
        if transfers.repeated > 0 {
            line(transfers.repeated, "of them by an earlier run".to_owned());
        }
        for (reason, count) in &transfers.refused {
            line(*count, format!("refused: {reason}"));
        }
        line(
            transfers.conflicts,
            format!(
                "conflicts; no transfer needed more than {} attempts",
                transfers.most_attempts
            ),
        );
        table
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for skipped in &self.skipped {
            writeln!(f, "line {} is skipped: {}", skipped.line, skipped.reason)?;
        }
        writeln!(f, "\n{}", self.accounts())?;
        writeln!(
            f,
            "{} transfers in {:.2} s, {} per second",
            HumanCount(self.transfers.transfers()),
            self.transfers.elapsed.as_secs_f64(),
            HumanCount(self.transfers.per_second())
        )?;
        writeln!(f, "{}", self.counts())?;
        let (before, after) = (self.total_before, self.total_after);
        if self.total_is_unchanged() {
            writeln!(f, "total unchanged: {before} = {after}")
        } else {
            writeln!(
                f,
                "total changed: {before} before the transfers, {after} after them"
            )
        }
    }
}

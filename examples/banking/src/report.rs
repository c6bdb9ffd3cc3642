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
    /// The name of the file of orders.
    pub file: String,
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

    fn skipped(&self) -> Table<2> {
        let mut table = Table::new([Align::Right, Align::Left]);
        for skipped in &self.skipped {
            table.line([skipped.line.to_string(), skipped.reason.clone()]);
        }
        table
    }

    fn accounts(&self) -> Table<7> {
        use Align::{Left, Right};
        let mut table = Table::new([Left, Left, Right, Right, Right, Right, Right]);
        table.line(["account", "owner", "opened with", "in", "out", "fees", "balance"].map(String::from));
        table.rule();
        let mut totals = [Money::ZERO; 5];
        for (account, page) in &self.pages {
            let amounts = [
                page.opened_with,
                page.received,
                page.sent,
                page.fees,
                page.balance,
            ];
            table.line(account_cells(&account.to_string(), &page.owner, amounts));
            for (total, amount) in totals.iter_mut().zip(amounts) {
                *total += amount;
            }
        }
        table.rule();
        table.line(account_cells("total", "", totals));
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
            match transfers.most_attempts {
                0 | 1 => "conflicts".to_owned(),
                attempts => format!("conflicts; {attempts} attempts at the most"),
            },
        );
        table
    }
}

fn account_cells(account: &str, owner: &str, amounts: [Money; 5]) -> [String; 7] {
    let [opened_with, received, sent, fees, balance] = amounts.map(|amount| amount.to_string());
    [
        account.to_owned(),
        owner.to_owned(),
        opened_with,
        received,
        sent,
        fees,
        balance,
    ]
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.skipped.is_empty() {
            writeln!(f, "skipped lines of {}\n{}", self.file, self.skipped())?;
        }
        writeln!(f, "{}", self.accounts())?;
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

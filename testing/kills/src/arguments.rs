use std::fmt;
use std::num::NonZeroU32;

use clap::{Parser, ValueEnum, value_parser};
use serde::Serialize;

/// Kills processes that work on a store, and looks at what is left.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// The store that they work on.
    #[arg(long)]
    pub(crate) store: Store,
    /// What they do.
    #[arg(long, default_value_t = Work::Appends)]
    pub(crate) work: Work,
    /// How many of them work at the same time; of those that append there is one.
    #[arg(long, default_value_t = NonZeroU32::MIN)]
    pub(crate) instances: NonZeroU32,
    /// In how many stores the orders are: with 2, the stock is in an SQLite file of its own.
    #[arg(long, default_value_t = 1, value_parser = value_parser!(u8).range(1..=2))]
    pub(crate) stores: u8,
    /// How often to kill.
    #[arg(long, default_value_t = 100)]
    pub(crate) kills: u32,
    /// Says who is killed, and where.
    #[arg(long, default_value_t = 1)]
    pub(crate) seed: u64,
    /// After so many kills, the work goes on in a fresh store.
    #[arg(long, default_value_t = NonZeroU32::MIN.saturating_add(49))]
    pub(crate) kills_per_store: NonZeroU32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Work {
    /// They append to the store, and follow its feed.
    Appends,
    /// They take orders, which process managers lead to their end.
    Orders,
    /// They pay in, and project the balances; they are also frozen, for longer than their leases last.
    Balances,
}

/// As it is spelled on the command line.
impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Appends => "appends",
            Self::Orders => "orders",
            Self::Balances => "balances",
        })
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Store {
    /// A file on the disk of the temporary folder.
    Sqlite,
    /// A private server, which is killed as well.
    Postgres,
}

/// As it is spelled on the command line.
impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        })
    }
}

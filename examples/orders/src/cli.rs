//! The command line.

use std::time::Duration;

use clap::Parser;
use eventsourcing::StoreAddress;

/// Sells from a small shop: each order goes through stock, payment and shipping. Stop it with Ctrl-C, and start it again.
#[derive(Clone, Debug, Parser)]
#[command(version)]
pub struct Arguments {
    /// Where the events are kept: `memory`, `sqlite:PATH`, or `postgres://USER@HOST/DATABASE`
    #[arg(long, value_name = "STORE", default_value = "sqlite:orders.db")]
    pub store: StoreAddress,
    /// How many orders there are in all
    #[arg(long, value_name = "NUMBER", default_value = "8")]
    pub orders: u32,
    /// How many milliseconds pass between two orders, and until a bank answers
    #[arg(long, value_name = "MILLISECONDS", default_value = "150")]
    pub pace: u64,
    /// Where to take further orders over HTTP, until Ctrl-C: `127.0.0.1:8080`
    #[arg(long, value_name = "ADDRESS")]
    pub serve: Option<String>,
}

impl Arguments {
    /// The time between two orders, and until a bank answers.
    pub fn pace(&self) -> Duration {
        Duration::from_millis(self.pace)
    }
}

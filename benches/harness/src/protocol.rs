//! What a subject's program is told by its arguments, and what it says, one line of JSON each.

use std::io::{self, Write as _};

use anyhow::Result;
use clap::{Parser, Subcommand};
use serde::{Deserialize, Serialize};

use crate::measured::Measured;
use crate::work::Work;

/// What a subject's program is told.
#[derive(Debug, Parser)]
pub struct Told {
    /// The address of its database, or the path of its file.
    #[arg(long)]
    pub at: String,
    /// What is different from the subject as it comes.
    #[arg(long, default_value = "")]
    pub variant: String,
    /// What to do.
    #[command(subcommand)]
    pub task: Task,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Task {
    /// Makes the schema, and the accounts of the bank.
    Seed,
    /// Warms up, says so, waits for a line, and issues commands from clients, each one after another.
    Drive {
        /// Which commands.
        #[arg(long)]
        work: Work,
        /// How many clients.
        #[arg(long)]
        clients: usize,
        /// For how long, in seconds.
        #[arg(long)]
        seconds: f64,
        /// The process of the database's server, if it has one.
        #[arg(long)]
        server: Option<u32>,
    },
    /// Counts what is stored.
    Audit,
    /// Reads the whole log with a subscriber.
    CatchUp,
    /// Follows the log with a subscriber while clients write.
    Follow {
        /// How many clients write.
        #[arg(long)]
        clients: usize,
        /// For how long, in seconds.
        #[arg(long)]
        seconds: f64,
    },
}

/// What a subject's program says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// It waits for a line to begin.
    Ready,
    /// It has no such feature.
    Cannot,
    /// What it has measured.
    Measured(Measured),
    /// What is stored.
    Audited(Audit),
    /// What its subscriber has met.
    Followed(Followed),
}

impl Said {
    /// Says it.
    ///
    /// # Errors
    /// If nobody listens.
    pub fn say(&self) -> Result<()> {
        let mut out = io::stdout().lock();
        serde_json::to_writer(&mut out, self)?;
        out.write_all(b"\n")?;
        Ok(out.flush()?)
    }
}

/// What is stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// What all accounts hold together.
    pub total: i64,
    /// What the poorest account holds.
    pub lowest: i64,
}

/// What a subscriber has met that followed the log while clients wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Followed {
    /// How many deposits are stored.
    pub stored: u64,
    /// How many of them it has not met, though it was given time.
    pub missing: u64,
}

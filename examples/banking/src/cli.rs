//! The command line.

use std::borrow::Cow;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::{fs, io};

use clap::{Args, Parser};
use eventsourcing::StoreAddress;

/// Opens accounts, makes hundreds of transfers between them at the same time, and checks the books.
#[derive(Clone, Debug, Parser)]
#[command(version)]
pub struct Arguments {
    /// Where the events are kept: `memory`, `sqlite:PATH`, or `postgres://USER@HOST/DATABASE`
    #[arg(long, value_name = "STORE", default_value = "sqlite:bank.db")]
    pub store: StoreAddress,
    /// A file of orders; by default the one that comes with the example
    #[arg(long, value_name = "FILE")]
    pub transfers: Option<PathBuf>,
    /// Says what this account holds, and executes nothing
    #[arg(long, value_name = "ACCOUNT")]
    pub statement: Option<String>,
    /// How hard the bank has to work.
    #[command(flatten)]
    pub load: Load,
}

/// How often transfers are made, and how many at the same time.
#[derive(Args, Clone, Copy, Debug)]
pub struct Load {
    /// How often the transfers of the file are made
    #[arg(long, value_name = "TIMES", default_value = "5")]
    pub repeat: NonZeroU32,
    /// How many transfers are under way at the same time
    #[arg(long, value_name = "TRANSFERS", default_value = "32")]
    pub concurrency: NonZeroUsize,
    /// How many executors share the work, as if each were a process of its own
    #[arg(long, value_name = "NUMBER", default_value = "4")]
    pub executors: NonZeroUsize,
}

impl Arguments {
    /// The text of the file of orders.
    ///
    /// # Errors
    /// If it cannot be read, or is not UTF-8.
    pub fn read_file(&self) -> Result<Cow<'static, str>, UnreadableFile> {
        let Some(path) = &self.transfers else {
            return Ok(include_str!("../transfers.csv").into());
        };
        match fs::read_to_string(path) {
            Ok(text) => Ok(text.into()),
            Err(source) => Err(UnreadableFile {
                path: path.clone(),
                source,
            }),
        }
    }

    /// What the file of orders is called, without its folder.
    pub fn file_name(&self) -> Cow<'_, str> {
        let name = self.transfers.as_ref().and_then(|path| path.file_name());
        name.map_or(Cow::Borrowed("transfers.csv"), |name| name.to_string_lossy())
    }
}

/// The file of orders cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read `{}`", path.display())]
pub struct UnreadableFile {
    /// The file.
    pub path: PathBuf,
    /// Why not.
    pub source: io::Error,
}

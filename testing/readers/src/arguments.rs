use std::num::NonZeroU32;

use clap::{Parser, ValueEnum};

/// Replays a long log, loads a long stream, and lets readers follow writers at full speed.
#[derive(Clone, Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// Where the events are.
    #[arg(long, value_enum, default_value_t = Store::Sqlite)]
    pub(crate) store: Store,
    /// How many events are replayed.
    #[arg(long, default_value_t = 2_000_000)]
    pub(crate) events: u32,
    /// How many events the long stream has.
    #[arg(long, default_value_t = 1_000_000)]
    pub(crate) stream: u32,
    /// How many clients write while others follow.
    #[arg(long, default_value_t = NonZeroU32::MIN.saturating_add(15))]
    pub(crate) writers: NonZeroU32,
    /// For how many seconds they write.
    #[arg(long, default_value_t = 20)]
    pub(crate) seconds: u64,
    /// Do only this, on the store at this address, and tell what came of it.
    #[arg(long, hide = true, requires = "address")]
    pub(crate) part: Option<Part>,
    /// The address of the store.
    #[arg(long, hide = true)]
    pub(crate) address: Option<String>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Store {
    Sqlite,
    Postgres,
}

/// What is measured in a process of its own, so that its memory is that of nothing else.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Part {
    /// Everything into a projection.
    Replay,
    /// A command on the long stream.
    Load,
}

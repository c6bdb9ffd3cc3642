use std::num::NonZeroU32;
use std::time::Duration;

use clap::Parser;

/// Lets very many WebSocket clients listen to one server, and looks at what arrives, and when.
#[derive(Clone, Debug, Parser)]
#[command(version)]
pub(crate) struct Arguments {
    /// How many clients receive all events.
    #[arg(long, default_value_t = 1_000)]
    pub(crate) clients: u32,
    /// How many commands are sent as fast as they are taken, and then once more, evenly spread over the rounds.
    #[arg(long, default_value_t = 10_000)]
    pub(crate) commands: u32,
    /// How many commands are sent in a second of a round.
    #[arg(long, default_value_t = NonZeroU32::MIN.saturating_add(99))]
    pub(crate) rate: NonZeroU32,
    /// How many rounds there are: in every second one, there is a client that never reads.
    #[arg(long, default_value_t = NonZeroU32::MIN.saturating_add(9))]
    pub(crate) rounds: NonZeroU32,
    /// How many clients subscribe to hear of a single event.
    #[arg(long, default_value_t = 10_000)]
    pub(crate) idle: u32,
    /// After how many seconds the server cuts off who does not read.
    #[arg(long, default_value_t = 20)]
    pub(crate) write_timeout: u64,
    /// Be the server: say the address, and serve until the standard input ends.
    #[arg(long, hide = true)]
    pub(crate) serve: bool,
}

impl Arguments {
    pub(crate) fn write_timeout(&self) -> Duration {
        Duration::from_secs(self.write_timeout)
    }

    /// How many commands each round has.
    pub(crate) fn commands_per_round(&self) -> u32 {
        self.commands / self.rounds
    }
}

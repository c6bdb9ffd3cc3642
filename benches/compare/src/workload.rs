use clap::ValueEnum;
use harness::Work;
use serde::Serialize;

/// What subjects are put through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Workload {
    /// Deposits to one of 10,000 accounts.
    W1,
    /// Transfers between two of 1,000 accounts.
    W2,
    /// 800 deposits to one account by 16 clients.
    W3,
    /// Deposits to one of 10 accounts by 64 clients.
    Hot,
    /// Deposits to an account of 1,000 events.
    #[value(name = "long-1k")]
    #[serde(rename = "long-1k")]
    Long1k,
    /// Deposits to an account of 10,000 events.
    #[value(name = "long-10k")]
    #[serde(rename = "long-10k")]
    Long10k,
    /// 4,000 events for 1,000 new streams in one commit.
    Bulk,
    /// A subscriber reads 100,000 events.
    CatchUp,
    /// A subscriber follows while 16 clients deposit: does it meet everything?
    Follow,
}

impl Workload {
    pub(crate) const ALL: [Self; 9] = [
        Self::W1,
        Self::W2,
        Self::W3,
        Self::Hot,
        Self::Long1k,
        Self::Long10k,
        Self::Bulk,
        Self::CatchUp,
        Self::Follow,
    ];

    /// How many clients there are, if that is not to be chosen.
    pub(crate) fn clients(self) -> Option<usize> {
        match self {
            Self::W1 | Self::W2 => None,
            Self::W3 | Self::Follow => Some(16),
            Self::Hot => Some(64),
            Self::Long1k | Self::Long10k | Self::Bulk | Self::CatchUp => Some(1),
        }
    }

    /// The commands that clients issue.
    pub(crate) fn commands(self) -> Option<Work> {
        match self {
            Self::W1 => Some(Work::W1),
            Self::W2 => Some(Work::W2),
            Self::W3 => Some(Work::W3),
            Self::Hot => Some(Work::Hot),
            Self::Long1k => Some(Work::Long1k),
            Self::Long10k => Some(Work::Long10k),
            Self::Bulk => Some(Work::Bulk),
            Self::CatchUp | Self::Follow => None,
        }
    }

    /// The heading of its table.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::W1 => "W1, deposits to one of 10,000 accounts",
            Self::W2 => "W2, transfers between two of 1,000 accounts",
            Self::W3 => "W3, 800 deposits to one account",
            Self::Hot => "Deposits to one of 10 accounts",
            Self::Long1k => "Deposits to an account of 1,000 events",
            Self::Long10k => "Deposits to an account of 10,000 events",
            Self::Bulk => "4,000 events for 1,000 new streams in one commit",
            Self::CatchUp => "A subscriber reads 100,000 events (events/s)",
            Self::Follow => "A subscriber follows while clients deposit",
        }
    }

    /// As it is named on the command line.
    pub(crate) fn name(self) -> String {
        self.to_possible_value()
            .map_or_else(String::new, |value| value.get_name().to_owned())
    }
}

//! The parts of a campaign, one after another.

use std::io;
use std::process::Command;

use eventsourcing::StoreAddress;
use eventsourcing::execute::Executor;
use postgres_server::Server;
use tempfile::TempDir;

use crate::arguments::{Arguments, Part, Store};
use crate::bank::{AccountId, Fill};
use crate::error::{BoxError, Failed};
use crate::follow::follow;
use crate::outcome::Outcome;
use crate::part::elsewhere;

/// The account with the long stream.
pub(crate) const LONG: u32 = 1_000_000;

pub(crate) async fn run(arguments: &Arguments) -> Result<Outcome, BoxError> {
    let place = Place::make(arguments.store)?;
    let address = place.address();
    fill(&address, arguments).await?;
    let replay = elsewhere(Part::Replay, &address).await?;
    let events = u64::from(arguments.events) + u64::from(arguments.stream);
    Failed::unless_equal("deposits in rows", replay.events, events)?;
    let load = elsewhere(Part::Load, &address).await?;
    Failed::unless_equal("events of the stream", load.events, arguments.stream.into())?;
    let store = address.parse::<StoreAddress>()?.open().await?;
    let follow = follow(store, arguments).await?;
    Ok(Outcome {
        commit: commit()?,
        store: format!("{:?}", arguments.store).to_lowercase(),
        replay,
        load,
        follow,
    })
}

/// Where the store is. It goes with this.
enum Place {
    Folder(TempDir),
    Server(Server),
}

impl Place {
    fn make(store: Store) -> Result<Self, BoxError> {
        Ok(match store {
            Store::Sqlite => Self::Folder(TempDir::new()?),
            Store::Postgres => Self::Server(Server::start()?),
        })
    }

    fn address(&self) -> String {
        match self {
            Self::Folder(folder) => format!("sqlite:{}", folder.path().join("readers.db").display()),
            Self::Server(server) => server.url(),
        }
    }
}

/// Writes what is to be read.
async fn fill(address: &str, arguments: &Arguments) -> Result<(), BoxError> {
    const ACCOUNTS: u32 = 100;
    const AT_A_TIME: u32 = 5_000;
    let executor = Executor::new(address.parse::<StoreAddress>()?.open().await?);
    let mut first = 0;
    let mut rest = arguments.events;
    while rest > 0 {
        let deposits = (rest / ACCOUNTS).clamp(1, AT_A_TIME / ACCOUNTS);
        let last = first + ACCOUNTS.min(rest);
        let accounts: Vec<_> = (first..last).map(AccountId).collect();
        rest -= deposits * (last - first);
        executor.execute(Fill { accounts, deposits }).await?;
        first = (first + ACCOUNTS) % 1_000;
    }
    let mut rest = arguments.stream;
    while rest > 0 {
        let deposits = rest.min(AT_A_TIME);
        let accounts = vec![AccountId(LONG)];
        executor.execute(Fill { accounts, deposits }).await?;
        rest -= deposits;
    }
    Ok(())
}

fn commit() -> io::Result<String> {
    let mut describe = Command::new("git");
    describe.args(["describe", "--always", "--abbrev=40", "--exclude=*", "--dirty"]);
    let output = describe.output()?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

use std::ffi::{OsStr, OsString};
use std::io;
use std::process::Command;
use std::sync::Arc;

use eventsourcing_core::store::EventStore;
use eventsourcing_postgres::PostgresOptions;
use eventsourcing_testkit::crash::{BoxError, Point, Subject};
use postgres_server::Server;

use crate::arguments::Store;
use crate::campaign;

/// A store on a server of its own, which is taken down when this is dropped.
pub(crate) struct Cluster {
    server: Server,
}

impl Cluster {
    pub(crate) fn start() -> Result<Self, postgres_server::Error> {
        Ok(Self {
            server: Server::start()?,
        })
    }
}

impl Subject for Cluster {
    fn address(&self) -> OsString {
        self.server.url().into()
    }

    fn command(&self) -> io::Result<Command> {
        campaign::victim(Store::Postgres)
    }

    async fn open(&self) -> Result<Arc<dyn EventStore>, BoxError> {
        open(&self.address()).await
    }

    /// The time of a transaction is that of the server, so victims cannot stop in one. The server is killed there.
    fn points(&self) -> &[Point] {
        &[
            Point::Decided,
            Point::Appended,
            Point::PageRead,
            Point::Handled,
            Point::CheckpointSaved,
        ]
    }

    fn has_server(&self) -> bool {
        true
    }

    fn kill_server(&mut self) -> Result<(), BoxError> {
        self.server.kill()?;
        Ok(self.server.restart()?)
    }
}

pub(crate) async fn open(url: &OsStr) -> Result<Arc<dyn EventStore>, BoxError> {
    let url = url.to_str().ok_or("the address of the server should be text")?;
    Ok(Arc::new(PostgresOptions::new(url)?.connect().await?))
}

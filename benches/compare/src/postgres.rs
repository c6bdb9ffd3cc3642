use std::fs;

use anyhow::{Context as _, Result};
use postgres_server::Server;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;
use tokio_postgres::{Client, NoTls};

/// How the server differs from one as it comes. It is as durable as ever; no checkpoint falls into a measurement.
pub(crate) const SETTINGS: [&str; 4] = [
    "shared_buffers=1GB",
    "max_wal_size=8GB",
    "checkpoint_timeout=1h",
    "fsync=on",
];

/// A PostgreSQL server of our own: a seeded database for each set of accounts, and a fresh copy of it for each measurement.
#[derive(Debug)]
pub(crate) struct Postgres {
    server: Server,
    runtime: Runtime,
    client: Client,
    _connection: JoinSet<()>,
}

impl Postgres {
    pub(crate) fn start() -> Result<Self> {
        let server = Server::start_with(&SETTINGS)?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let (client, connection) = runtime.block_on(tokio_postgres::connect(&server.url(), NoTls))?;
        let mut tasks = JoinSet::new();
        tasks.spawn_on(
            async {
                // Whoever uses it learns why it has ended.
                let _ = connection.await;
            },
            runtime.handle(),
        );
        Ok(Self {
            server,
            runtime,
            client,
            _connection: tasks,
        })
    }

    /// Makes the database in which a program opens these accounts.
    pub(crate) fn create(&self, accounts: &str) -> Result<String> {
        let name = seeded(accounts);
        self.run(&format!("create database {name}"))?;
        Ok(self.server.url_of(&name))
    }

    /// What a seeded database is left as: with statistics, and everything written.
    pub(crate) fn settle(&self, accounts: &str) -> Result<()> {
        let url = self.server.url_of(&seeded(accounts));
        self.runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&url, NoTls).await?;
            let mut tasks = JoinSet::new();
            tasks.spawn(connection);
            client.batch_execute("vacuum analyze").await?;
            Ok(())
        })
    }

    /// A fresh copy of a seeded database.
    pub(crate) fn copy(&self, accounts: &str) -> Result<String> {
        self.run("drop database if exists run with (force)")?;
        self.run("checkpoint")?;
        self.run(&format!("create database run template {}", seeded(accounts)))?;
        Ok(self.server.url_of("run"))
    }

    /// The process whose children serve.
    pub(crate) fn postmaster(&self) -> Result<u32> {
        let file = self.server.folder().join("data/postmaster.pid");
        let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        Ok(text
            .lines()
            .next()
            .context("it begins with the process")?
            .trim()
            .parse()?)
    }

    /// What the server calls itself.
    pub(crate) fn version(&self) -> Result<String> {
        let row = self
            .runtime
            .block_on(self.client.query_one("show server_version", &[]))?;
        Ok(row.try_get(0)?)
    }

    fn run(&self, statement: &str) -> Result<()> {
        let done = self.runtime.block_on(self.client.batch_execute(statement));
        done.with_context(|| format!("cannot {statement}"))
    }
}

fn seeded(accounts: &str) -> String {
    format!("seed_{}", accounts.replace(['-', ':'], "_"))
}

use std::fmt;
use std::future::poll_fn;

use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Row};

use crate::options::{Migration as When, PostgresOptions, SynchronousCommit};
use crate::session::attentive;
use crate::{ConnectError, SchemaName};

/// A step that the schema has taken, or has yet to take. Steps are never changed once they are released.
struct Migration {
    version: i32,
    name: &'static str,
    sql: &'static str,
}

const MIGRATIONS: &[Migration] = &[Migration {
    version: 1,
    name: "store",
    sql: include_str!("../migrations/0001_store.sql"),
}];

/// The newest version of the schema that this program knows.
const KNOWN: i32 = MIGRATIONS[MIGRATIONS.len() - 1].version;

/// What there is to do to bring the schema of a store up to date. Prints as SQL, which an administrator may also run.
///
/// ```no_run
/// # use eventsourcing_postgres::PostgresOptions;
/// # async fn example() -> Result<(), Box<dyn std::error::Error>> {
/// let pending = PostgresOptions::new("postgres://app@localhost/shop")?.pending_migrations().await?;
/// println!("{pending}");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct PendingMigrations {
    schema: SchemaName,
    /// The version of the schema; 0 if there is none.
    found: i32,
    makes_schema: bool,
}

impl PendingMigrations {
    pub(crate) async fn find(options: &PostgresOptions) -> Result<Self, ConnectError> {
        let client = connect(options).await?;
        Self::look(&client, &options.schema).await
    }

    /// Whether there is nothing to do.
    pub fn is_empty(&self) -> bool {
        self.found == KNOWN
    }

    /// The steps to take: version and name.
    pub fn steps(&self) -> impl Iterator<Item = (i32, &'static str)> + '_ {
        self.missing()
            .map(|migration| (migration.version, migration.name))
    }

    fn missing(&self) -> impl Iterator<Item = &'static Migration> + '_ {
        MIGRATIONS
            .iter()
            .filter(|migration| migration.version > self.found)
    }

    async fn look(client: &Client, schema: &SchemaName) -> Result<Self, ConnectError> {
        // The catalogues themselves: functions such as to_regclass() may answer from a cache that has not heard yet.
        let find = "select not exists (select from pg_namespace where nspname = $1), \
                    exists (select from pg_tables where schemaname = $1 and tablename = 'migrations')";
        let table = format!("\"{schema}\".migrations");
        let row = ask(client, find, &[(&schema.as_str(), Type::TEXT)]).await?;
        let mut pending = Self {
            schema: schema.clone(),
            found: 0,
            makes_schema: column(&row, 0)?,
        };
        if column(&row, 1)? {
            let newest = format!("select coalesce(max(version), 0) from {table}");
            pending.found = column(&ask(client, &newest, &[]).await?, 0)?;
        }
        if pending.found > KNOWN {
            return Err(ConnectError::NewerSchema {
                found: pending.found,
                known: KNOWN,
            });
        }
        Ok(pending)
    }
}

impl fmt::Display for PendingMigrations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_empty() {
            return writeln!(
                f,
                "-- The schema \"{}\" is at version {KNOWN}, which is the newest.",
                self.schema
            );
        }
        writeln!(f, "begin;")?;
        if self.makes_schema {
            writeln!(f, "create schema \"{}\";", self.schema)?;
        }
        writeln!(f, "set local search_path to \"{}\", pg_temp;", self.schema)?;
        if self.found == 0 {
            writeln!(f, "{RECORD}")?;
        }
        for Migration { version, name, sql } in self.missing() {
            writeln!(f, "\n-- {version:04}: {name}\n{sql}")?;
            writeln!(
                f,
                "insert into migrations (version, name) values ({version}, '{name}');"
            )?;
        }
        writeln!(f, "commit;")
    }
}

const RECORD: &str = "create table if not exists migrations (
    version    integer     primary key,
    name       text        not null,
    applied_at timestamptz not null default now()
);";

/// Sees to it that the schema is as this program needs it. Tells whether the store is durable.
pub(crate) async fn prepare(options: &PostgresOptions) -> Result<bool, ConnectError> {
    let client = connect(options).await?;
    check_server(&client).await?;
    let is_durable = is_durable(&client, options).await?;
    let pending = PendingMigrations::look(&client, &options.schema).await?;
    if pending.is_empty() {
        return Ok(is_durable);
    }
    if options.migration == When::Never {
        return Err(ConnectError::OlderSchema {
            found: pending.found,
            known: KNOWN,
        });
    }
    migrate(&client, &options.schema).await?;
    Ok(is_durable)
}

/// One transaction, one after the other: whoever comes second finds nothing to do.
async fn migrate(client: &Client, schema: &SchemaName) -> Result<(), ConnectError> {
    let lock = "select pg_advisory_xact_lock(hashtextextended('eventsourcing migrations of ' || $1, 0))";
    client
        .batch_execute("begin isolation level read committed")
        .await
        .map_err(ConnectError::Migration)?;
    ask(client, lock, &[(&schema.as_str(), Type::TEXT)]).await?;
    let pending = PendingMigrations::look(client, schema).await?;
    if !pending.is_empty() {
        let script = pending.to_string();
        let steps = script
            .trim_start_matches("begin;")
            .trim_end()
            .trim_end_matches("commit;");
        client
            .batch_execute(steps)
            .await
            .map_err(ConnectError::Migration)?;
    }
    client
        .batch_execute("commit")
        .await
        .map_err(ConnectError::Migration)
}

async fn check_server(client: &Client) -> Result<(), ConnectError> {
    let settings = "select current_setting('server_version_num')::integer, current_setting('server_version'), \
               current_setting('server_encoding')";
    let row = client
        .query_typed_one(settings, &[])
        .await
        .map_err(ConnectError::Unreachable)?;
    if column::<i32>(&row, 0)? < 150_000 {
        return Err(ConnectError::ServerTooOld {
            found: column(&row, 1)?,
        });
    }
    let found: String = column(&row, 2)?;
    if found == "UTF8" {
        Ok(())
    } else {
        Err(ConnectError::Encoding { found })
    }
}

/// Whether what is committed survives a crash of the server.
async fn is_durable(client: &Client, options: &PostgresOptions) -> Result<bool, ConnectError> {
    let settings = "select current_setting('fsync')::boolean, current_setting('synchronous_commit') <> 'off'";
    let row = ask(client, settings, &[]).await?;
    let (syncs, waits): (bool, bool) = (column(&row, 0)?, column(&row, 1)?);
    let mode = options.synchronous_commit;
    Ok(syncs && mode.map_or(waits, |mode| mode != SynchronousCommit::Off))
}

/// A connection for a moment: it ends with the client.
async fn connect(options: &PostgresOptions) -> Result<Client, ConnectError> {
    let (client, mut connection) = (options.dial)(attentive(&options.config))
        .await
        .map_err(ConnectError::Unreachable)?;
    tokio::runtime::Handle::current().spawn(async move {
        while let Some(Ok(_)) = poll_fn(|context| connection.poll_message(context)).await {}
    });
    Ok(client)
}

/// Asks for one row, unprepared: through a pooler, a statement may meet one of the same name.
async fn ask(
    client: &Client,
    text: &str,
    parameters: &[(&(dyn ToSql + Sync), Type)],
) -> Result<Row, ConnectError> {
    client
        .query_typed_one(text, parameters)
        .await
        .map_err(ConnectError::Migration)
}

fn column<'r, T: tokio_postgres::types::FromSql<'r>>(row: &'r Row, nth: usize) -> Result<T, ConnectError> {
    row.try_get(nth).map_err(ConnectError::Migration)
}

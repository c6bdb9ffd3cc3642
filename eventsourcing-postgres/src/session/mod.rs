//! Connections: made, prepared, kept alive, and made again.

mod dial;
mod link;
mod statement;

use std::sync::Arc;

use tokio::sync::OnceCell;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Row, Statement};

pub(crate) use dial::{Connection, Dial, dial_with};
pub(crate) use link::{Connector, Link, Links, Refused, attentive};
pub(crate) use statement::{Query, Statements};

use crate::options::Pooler;

/// One connection, and the statements that are prepared on it.
///
/// Queries are pipelined: whoever sends one does not wait for the answers to those before. Each is one transaction.
#[derive(Debug)]
pub(crate) struct Session {
    client: Client,
    pooler: Pooler,
    statements: Arc<Statements>,
    prepared: [OnceCell<Statement>; Query::COUNT],
}

impl Session {
    pub(crate) fn new(client: Client, pooler: Pooler, statements: Arc<Statements>) -> Self {
        Self {
            client,
            pooler,
            statements,
            prepared: [const { OnceCell::const_new() }; Query::COUNT],
        }
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Runs a query, and reads all of its rows.
    pub(crate) async fn query(
        &self,
        query: Query,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        match self.pooler {
            Pooler::None => self.client.query(self.prepared(query).await?, parameters).await,
            Pooler::Transaction => {
                let typed: Vec<_> = parameters
                    .iter()
                    .copied()
                    .zip(query.types().iter().cloned())
                    .collect();
                self.client.query_typed(self.statements.text(query), &typed).await
            }
        }
    }

    /// Runs a query that has one row at most.
    pub(crate) async fn query_opt(
        &self,
        query: Query,
        parameters: &[&(dyn ToSql + Sync)],
    ) -> Result<Option<Row>, tokio_postgres::Error> {
        Ok(self.query(query, parameters).await?.pop())
    }

    /// Runs a query whose text is made on the way, unprepared, and reads all of its rows.
    pub(crate) async fn query_text(
        &self,
        text: &str,
        parameters: &[(&(dyn ToSql + Sync), Type)],
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        self.client.query_typed(text, parameters).await
    }

    /// Runs statements without parameters, one after the other.
    pub(crate) async fn run(&self, statements: &str) -> Result<(), tokio_postgres::Error> {
        self.client.batch_execute(statements).await
    }

    async fn prepared(&self, query: Query) -> Result<&Statement, tokio_postgres::Error> {
        let prepare = || {
            self.client
                .prepare_typed(self.statements.text(query), query.types())
        };
        self.prepared[query as usize].get_or_try_init(prepare).await
    }
}

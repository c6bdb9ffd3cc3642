use std::sync::Arc;

use eventsourcing_core::TypeFilter;
use eventsourcing_core::store::ReadStream;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::Request;
use crate::dictionary::Dictionary;
use crate::row::bigint;
use crate::session::{Query, Session};

/// Requests as the arrays that the query takes. Streams and commands count from 1, over all requests.
#[derive(Default)]
pub(super) struct Parameters<'a> {
    tenant: Vec<i32>,
    stream: Vec<&'a str>,
    after: Vec<i64>,
    types: Vec<Option<String>>,
    tenants: Vec<i32>,
    command_tenant: Vec<i32>,
    command_id: Vec<Uuid>,
    /// Of each request, what its filters were written with.
    dictionaries: Vec<Arc<Dictionary>>,
}

impl<'a> Parameters<'a> {
    pub(super) fn of(batch: &'a [Request]) -> Self {
        let mut parameters = Self::default();
        for request in batch {
            let dictionary = request.tenant.dictionary();
            for stream in &request.read.streams {
                parameters.tenant.push(request.key);
                parameters.stream.push(stream.stream.as_str());
                parameters.after.push(bigint(stream.after.get()));
                parameters.types.push(types(stream, &dictionary));
            }
            if let Some(command) = request.read.command {
                parameters.command_tenant.push(request.key);
                parameters.command_id.push(command.id.get());
            }
            if !parameters.tenants.contains(&request.key) {
                parameters.tenants.push(request.key);
            }
            parameters.dictionaries.push(dictionary);
        }
        parameters
    }

    /// Asks for what was requested, in the cheaper of two ways.
    pub(super) async fn send(&self, session: &Session) -> Result<Vec<Row>, tokio_postgres::Error> {
        let Self {
            stream, command_id, ..
        } = self;
        match self.tenants[..] {
            [tenant] if self.are_whole() => {
                session
                    .query(Query::WholeStreams, &[&tenant, stream, command_id])
                    .await
            }
            _ => {
                let Self {
                    tenant,
                    after,
                    types,
                    tenants,
                    command_tenant,
                    ..
                } = self;
                let parameters: [&(dyn ToSql + Sync); 7] =
                    [tenant, stream, after, types, tenants, command_tenant, command_id];
                session.query(Query::Streams, &parameters).await
            }
        }
    }

    fn are_whole(&self) -> bool {
        self.after.iter().all(|after| *after == 0) && self.types.iter().all(Option::is_none)
    }

    pub(super) fn dictionary(&self, request: usize) -> &Dictionary {
        &self.dictionaries[request]
    }
}

/// The numbers of the wanted types, or `None` for all.
fn types(stream: &ReadStream, dictionary: &Dictionary) -> Option<String> {
    if stream.types == TypeFilter::All {
        return None;
    }
    let passing = dictionary.passing(stream.stream.category(), &stream.types)?;
    Some(
        passing
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(","),
    )
}

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
    up_to: Vec<i64>,
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
                parameters.up_to.push(bigint(stream.up_to.get()));
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

    /// Asks for what was requested.
    pub(super) async fn send(&self, session: &Session) -> Result<Vec<Row>, tokio_postgres::Error> {
        let Self {
            tenant,
            stream,
            after,
            up_to,
            types,
            tenants,
            command_tenant,
            command_id,
            ..
        } = self;
        let parameters: [&(dyn ToSql + Sync); 8] = [
            tenant,
            stream,
            after,
            up_to,
            types,
            tenants,
            command_tenant,
            command_id,
        ];
        session.query(Query::Streams, &parameters).await
    }

    /// As before, in a cheaper way, if that can do: with one event more of each stream than is wanted, if it has so many.
    pub(super) async fn send_cheaply(
        &self,
        session: &Session,
    ) -> Option<Result<Vec<Row>, tokio_postgres::Error>> {
        let [tenant] = self.tenants[..] else { return None };
        if !self.are_whole() {
            return None;
        }
        let one_more: Vec<_> = self
            .up_to
            .iter()
            .map(|version| version.saturating_add(1))
            .collect();
        let parameters: [&(dyn ToSql + Sync); 4] = [&tenant, &self.stream, &one_more, &self.command_id];
        Some(session.query(Query::WholeStreams, &parameters).await)
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

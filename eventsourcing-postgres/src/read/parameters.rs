use std::sync::Arc;

use eventsourcing_core::TypeFilter;
use eventsourcing_core::store::ReadStream;
use tokio_postgres::types::ToSql;
use uuid::Uuid;

use super::Request;
use crate::dictionary::Dictionary;
use crate::row::bigint;

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

    pub(super) fn all(&self) -> [&(dyn ToSql + Sync); 7] {
        [
            &self.tenant,
            &self.stream,
            &self.after,
            &self.types,
            &self.tenants,
            &self.command_tenant,
            &self.command_id,
        ]
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

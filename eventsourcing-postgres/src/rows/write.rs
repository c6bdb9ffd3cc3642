use eventsourcing_core::Position;
use eventsourcing_core::store::lease::LeaseEpoch;
use eventsourcing_core::store::rows::{Column, Place, Value, WriteRows, WriteRowsError};
use eventsourcing_core::store::{StoreError, StoreIdentity};
use tokio_postgres::types::{ToSql, Type};

use super::sql::{TableSql, arrays, column_names};
use super::value::{Parameter, typed};
use super::{PostgresRows, place};
use crate::classify::{Fault, classify, nothing_done};
use crate::options::SynchronousCommit;
use crate::row::{Columns, bigint, unsigned};
use crate::store::Shared;

impl PostgresRows {
    pub(super) async fn write_rows(&self, write: &WriteRows) -> Result<Place, WriteRowsError> {
        let identity = self.shared.identity;
        // Whether it is ahead of the log, the database knows.
        write.to.check(identity, Position::new(u64::MAX))?;
        let session = self.shared.links.writing.session().await?;
        let key = self.tenant.key_to_write(&self.shared.links).await?;
        let statement = write_statement(&self.shared, key, write);
        let answer = session.query_text(&statement.text, &statement.typed()).await;
        let rows = match answer {
            Ok(rows) => rows,
            Err(error) => {
                let tables = write.changes.iter().map(|change| change.table);
                return match self.missing(&session, tables, &error).await? {
                    Some(missing) => Err(missing.into()),
                    None => Err(failed(error)),
                };
            }
        };
        let refused = match rows.first().map(Refused::of_row) {
            Some(Ok(None)) => return Ok(write.lands_at()),
            Some(Ok(Some(refused))) => refused,
            // What cannot be read may have been committed.
            Some(Err(error)) => return Err(WriteRowsError::UnknownOutcome(error.into())),
            None => return Err(WriteRowsError::UnknownOutcome("there is no answer".into())),
        };
        Err(refused.told(write, identity))
    }
}

/// One statement: the reader is moved, and if it was, everything else is done.
pub(crate) fn write_statement<'w>(shared: &'w Shared, key: i32, write: &'w WriteRows) -> Statement<'w> {
    let from = write.from.checkpoint;
    let fence = write.fence.as_ref();
    let commit = shared.commit.map(SynchronousCommit::setting);
    let mut statement = Statement {
        text: format!(
            "with moved as materialized (select * from \"{}\".move_writer($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11))",
            shared.schema
        ),
        parameters: vec![
            Parameter::new(key, Type::INT4),
            Parameter::new(&*write.reader, Type::TEXT),
            Parameter::new(shared.identity.epoch.get(), Type::UUID),
            Parameter::new(commit, Type::TEXT),
            Parameter::new(from.map(|from| from.store.id.get()), Type::UUID),
            Parameter::new(from.map(|from| from.store.epoch.get()), Type::UUID),
            Parameter::new(from.map(|from| bigint(from.position.get())), Type::INT8),
            Parameter::new(bigint(write.from.writes), Type::INT8),
            Parameter::new(bigint(write.to.position.get()), Type::INT8),
            Parameter::new(fence.map(|fence| &*fence.lease), Type::TEXT),
            Parameter::new(fence.map(|fence| bigint(fence.epoch.get())), Type::INT8),
        ],
    };
    for (number, change) in write.changes.iter().enumerate() {
        let table = TableSql {
            schema: &shared.schema,
            version: change.table,
        };
        if !change.remove.is_empty() {
            let key: Vec<_> = change.table.table.key().iter().collect();
            let given = statement.given(&key, &change.remove);
            statement.add(&format!("removed{number}"), &table.remove(&given));
        }
        if !change.put.is_empty() {
            let columns: Vec<_> = change.table.table.columns().collect();
            let given = statement.given(&columns, &change.put);
            statement.add(&format!("put{number}"), &table.put(&given));
        }
    }
    statement
        .text
        .push_str(" select moved, head, at_store, at_epoch, at_position, at_writes, at_lease from moved");
    statement
}

/// A statement that writes rows.
pub(crate) struct Statement<'w> {
    pub(crate) text: String,
    parameters: Vec<Parameter<'w>>,
}

impl<'w> Statement<'w> {
    /// The parameters as the driver takes them.
    pub(crate) fn typed(&self) -> Vec<(&(dyn ToSql + Sync), Type)> {
        typed(&self.parameters)
    }

    fn add(&mut self, name: &str, part: &str) {
        self.text.push_str(", ");
        self.text.push_str(name);
        self.text.push_str(" as (");
        self.text.push_str(part);
        self.text.push(')');
    }

    /// Rows as parameters, beside whether the reader was moved.
    fn given(&mut self, columns: &[&'static Column], rows: &'w [Vec<Value>]) -> String {
        let first = self.parameters.len() + 1;
        for (at, column) in columns.iter().enumerate() {
            let values = rows.iter().map(move |row| &row[at]);
            self.parameters.push(Parameter::many(column.ty, values));
        }
        format!(
            "moved m, unnest({}) r({})",
            arrays(columns, first),
            column_names(columns.len())
        )
    }
}

/// Where a reader is that was not moved, the epoch that the lease of its fence is at, and where the log ends.
pub(crate) struct Refused {
    saved: Place,
    lease: Option<LeaseEpoch>,
    head: Position,
}

impl Refused {
    /// Nothing, if the reader was moved.
    pub(crate) fn of_row(row: &impl Columns) -> Result<Option<Self>, StoreError> {
        if row.column(0)? {
            return Ok(None);
        }
        let lease: Option<i64> = row.column(6)?;
        Ok(Some(Self {
            head: Position::new(unsigned(row.column(1)?)),
            saved: place::of_row(row, 2)?,
            lease: lease.map(|epoch| LeaseEpoch::new(unsigned(epoch))),
        }))
    }

    /// Why it was not.
    pub(crate) fn told(&self, write: &WriteRows, store: StoreIdentity) -> WriteRowsError {
        if let Err(error) = write.check_place(self.saved, self.lease, store, self.head) {
            return error;
        }
        let moment = "the reader was moved by somebody else at the same time";
        StoreError::unavailable(moment).into()
    }
}

fn failed(error: tokio_postgres::Error) -> WriteRowsError {
    match classify(&error) {
        Fault::Lost => WriteRowsError::UnknownOutcome(error.into()),
        fault => nothing_done(fault, error.into()).into(),
    }
}

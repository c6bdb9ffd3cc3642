//! Appends whose events have their effect on projections in the same transaction.

use std::collections::HashSet;
use std::sync::Arc;

use eventsourcing_core::store::sql::{Inline, InlineReader, SqlError, SqlWork};
use eventsourcing_core::store::{Append, AppendError, Appended};
use eventsourcing_core::{Limits, Position};
use tracing::debug;

use super::driver::arguments;
use super::fault::{Blamed, nothing_done, raised_fence};
use super::marks::Marks;
use super::{PgTx, PostgresSql};
use crate::append::{Answered, InlineAppend};
use crate::session::Query;

impl PostgresSql {
    /// Does the work, and appends. The lock of all appends is taken last, and held until the commit.
    pub(super) async fn append_inline(
        &self,
        append: Arc<Append>,
        readers: &[InlineReader],
        work: &mut dyn SqlWork,
    ) -> Result<Inline, SqlError<AppendError>> {
        Limits::DEFAULT.check(&append).map_err(of_store)?;
        let fence = self.shared.connector.fence();
        let room = self.shared.room.take(&append).map_err(of_store)?;
        let key = self
            .tenant
            .key_to_write(&self.shared.links)
            .await
            .map_err(of_store)?;
        let marks = Marks {
            schema: &self.shared.schema,
            tenant: key,
        };
        let mut tx = self.begin(work.limit()).await.map_err(of_store)?;
        if !marks.may_begin(&mut tx, readers).await.map_err(of_store)? {
            tx.roll_back().await;
            return Ok(Inline::NotNow);
        }
        let mut tx = self.run(tx, work, &HashSet::new()).await?;
        let call = InlineAppend::new(&append, &self.tenant, fence, room);
        let appended = match self.send(&mut tx, &call).await? {
            Answered::Written(appended) => appended,
            Answered::Refused(error) => {
                tx.roll_back().await;
                return Err(SqlError::Store(error));
            }
            Answered::Repeated(outcome) => {
                tx.roll_back().await;
                let first = self.shared.history.appended(&self.tenant, outcome).await;
                let first = first.map_err(of_store)?;
                return Ok(Inline::Done(Appended {
                    repeated: true,
                    ..first
                }));
            }
        };
        let positions: Vec<Position> = appended.events.iter().map(|event| event.position).collect();
        if !marks.set(&mut tx, readers, &positions).await.map_err(of_store)? {
            tx.roll_back().await;
            return Ok(Inline::NotNow);
        }
        tx.commit()
            .await
            .map_err(|error| Blamed::of_commit(error).told_of_append())?;
        self.shared.watch.moved_to(appended.position);
        self.learn(&call).await;
        Ok(Inline::Done(appended))
    }

    async fn send(&self, tx: &mut PgTx, call: &InlineAppend) -> Result<Answered, SqlError<AppendError>> {
        let arguments = call.call(&self.shared, arguments);
        let arguments = arguments.map_err(|error| of_store(nothing_done(sqlx::Error::Encode(error))))?;
        let text = self.shared.connector.text(Query::Append);
        let rows = match tx.ask_with(text, arguments, true).await {
            Ok(rows) => rows,
            Err(error) => {
                if let Some(fence) = raised_fence(&error) {
                    self.shared.connector.fence_raised(fence);
                }
                return Err(Blamed::of_last_statement(error).told());
            }
        };
        call.answered(rows.first(), &self.shared).map_err(of_store)
    }

    /// Reads the dictionary anew, if there is something new in it.
    async fn learn(&self, call: &InlineAppend) {
        if !call.has_new_types(&self.shared) {
            return;
        }
        let learnt = async {
            let session = self.shared.links.reading.session().await?;
            self.tenant.refresh(&session).await
        };
        if let Err(error) = learnt.await {
            debug!(
                error = &error as &dyn std::error::Error,
                "the dictionary will be read later"
            );
        }
    }
}

fn of_store(error: impl Into<AppendError>) -> SqlError<AppendError> {
    SqlError::Store(error.into())
}

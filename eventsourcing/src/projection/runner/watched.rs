use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

use tokio::sync::watch;

use super::status::{Course, ProjectionState, RowsAt};
use super::{Projections, WaitForError};
use crate::projection::ProjectionFacts;
use crate::{Position, TenantId};

/// The slices of some projections of a tenant, as they move.
pub(crate) struct Watched {
    all: Vec<One>,
}

struct One {
    projection: &'static str,
    course: watch::Receiver<Course>,
    /// Which rows it had when that was last looked at; none that there are, if it was not.
    seen: Option<RowsAt>,
}

impl Projections {
    /// Watches projections.
    pub(crate) fn watch(
        &self,
        tenant: &TenantId,
        projections: &[ProjectionFacts],
    ) -> Result<Watched, WaitForError> {
        let mut all = Vec::with_capacity(projections.len());
        for facts in projections {
            let slices = self.slices(facts.name, tenant)?;
            all.extend(slices.into_iter().map(|running| One {
                projection: facts.name,
                course: running.course.subscribe(),
                seen: None,
            }));
        }
        Ok(Watched { all })
    }

    /// Which rows each slice of these projections has: none, if one does not run for the tenant.
    pub(crate) fn rows_at(&self, tenant: &TenantId, projections: &[ProjectionFacts]) -> Vec<RowsAt> {
        let rows_at = |facts: &ProjectionFacts| match self.slices(facts.name, tenant) {
            Ok(slices) => slices
                .iter()
                .map(|running| running.course.borrow().rows_at())
                .collect(),
            Err(_) => vec![RowsAt::NONE],
        };
        projections.iter().flat_map(rows_at).collect()
    }

    /// Waits until all of these projections have come to a position, and have not parked the event there.
    pub(crate) async fn wait_for_all(
        &self,
        tenant: &TenantId,
        projections: &[ProjectionFacts],
        position: Position,
    ) -> Result<(), WaitForError> {
        for facts in projections {
            self.has_dealt_with(tenant, facts.name, position.into()).await?;
        }
        Ok(())
    }

    /// Waits until all projections that run for a tenant have come to a position.
    pub(crate) async fn wait_for_each(
        &self,
        tenant: &TenantId,
        position: Position,
    ) -> Result<(), WaitForError> {
        self.wait_for_all(tenant, &self.inner.facts, position).await
    }
}

impl Watched {
    /// Everything up to here is in the rows of all of them. Whatever moves from now on has [moved](Self::moved).
    pub(crate) fn look(&mut self) -> Position {
        for one in &mut self.all {
            one.seen = Some(one.course.borrow_and_update().rows_at());
        }
        let seen = self.all.iter().filter_map(|one| one.seen);
        seen.map(|rows| rows.position).min().unwrap_or(Position::START)
    }

    /// Waits until one of them is no longer where it was when that was last [looked](Self::look) at.
    pub(crate) async fn moved(&mut self) -> Result<(), WaitForError> {
        let mut moves: Vec<_> = self.all.iter_mut().map(|one| Box::pin(one.moved())).collect();
        poll_fn(|cx| {
            let mut moves = moves.iter_mut().map(|moved| Pin::as_mut(moved).poll(cx));
            moves.find(Poll::is_ready).unwrap_or(Poll::Pending)
        })
        .await
    }
}

impl One {
    async fn moved(&mut self) -> Result<(), WaitForError> {
        let seen = self.seen;
        let is_other = |course: &Course| Some(course.rows_at()) != seen;
        let is_over = |course: &Course| is_other(course) || course.state == ProjectionState::Stopped;
        let stopped = |reason| WaitForError::Stopped {
            projection: self.projection,
            reason,
        };
        match self.course.wait_for(|course| is_over(course)).await {
            Ok(course) if is_other(&course) => Ok(()),
            Ok(course) => Err(stopped(course.error.clone())),
            Err(_) => Err(stopped(None)),
        }
    }
}

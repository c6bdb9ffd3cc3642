//! From when on the rows of a version can be asked for.

use std::num::NonZeroU32;
use std::time::Duration;

use super::super::query::QueryError;
use super::{Progress, ProjectionFacts, ProjectionState, Projections, Running};
use crate::store::rows::ReadRowsError;
use crate::{Clock as _, Position, TenantId};

impl Projections {
    /// Whether the rows of a projection can be asked for.
    ///
    /// # Errors
    /// If they are not complete yet.
    pub(crate) async fn is_ready(&self, facts: &ProjectionFacts) -> Result<(), QueryError> {
        let of_projection = |running: &&Running| running.facts.name == facts.name;
        let running: Vec<_> = self.inner.running.iter().filter(of_projection).collect();
        // One that runs for nobody has no rows that could be incomplete.
        let Some(first) = running.first() else {
            return Ok(());
        };
        if first.activation.is_ready() {
            return Ok(());
        }
        // Another process that fills the same tables may have been there first.
        let rows = self.inner.store.tenant(&TenantId::DEFAULT).rows;
        first.activation.ask(&*rows).await.map_err(ReadRowsError::from)?;
        if first.activation.is_ready() {
            return Ok(());
        }
        let now = self.inner.environment.clock.now();
        let progress = |running: &&Running| {
            let end = self.end_of_log(&running.tenant);
            running.course.borrow().progress(end, now)
        };
        let all = running[1..]
            .iter()
            .map(progress)
            .fold(progress(first), Progress::together);
        let states = running.iter().map(|running| running.course.borrow().state);
        let state = states
            .max_by_key(|state| state.concern())
            .unwrap_or(ProjectionState::CatchingUp);
        Err(QueryError::NotReady(NotReady {
            projection: facts.name,
            version: facts.version,
            position: all.position,
            end: all.end,
            state,
            seconds_left: all.time_left.map(whole_seconds),
            parked_events: all.parked,
        }))
    }
}

/// Rounded up: what is left is not nothing.
pub(super) const fn whole_seconds(duration: Duration) -> u64 {
    let nanos = duration.subsec_nanos();
    duration.as_secs().saturating_add(if nanos > 0 { 1 } else { 0 })
}

/// The version of a projection that this program runs has not come to the end of the log yet, so its rows are not what they are
/// going to be. Ask again: it is on its way.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "version {version} of the projection `{projection}` is not ready: it has come to position {position} of {end}{}{}",
    parked(*parked_events),
    stands_still(*state)
)]
#[non_exhaustive]
pub struct NotReady {
    /// The projection.
    pub projection: &'static str,
    /// Its version.
    pub version: NonZeroU32,
    /// How far it has come: with the tenant that it has come least far with.
    pub position: Position,
    /// The end of the log, as far as is known.
    pub end: Position,
    /// In how many seconds it will be there, at the pace of the last while; `None` if nobody can tell.
    pub seconds_left: Option<u64>,
    /// How it fares: one that [does not run](ProjectionState::Stopped) any more will not become ready by waiting.
    pub state: ProjectionState,
    /// How many events are parked. While there are any, the version before it stays the active one, and this one does not
    /// become ready.
    pub parked_events: usize,
}

const fn stands_still(state: ProjectionState) -> &'static str {
    match state {
        ProjectionState::Failed => ", where an event fails",
        ProjectionState::Stopped => ", and does not run any more",
        _ => "",
    }
}

fn parked(events: usize) -> String {
    match events {
        0 => String::new(),
        events => format!(", and has parked {events} events"),
    }
}

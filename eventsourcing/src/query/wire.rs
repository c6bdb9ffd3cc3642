use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use serde::Serialize;

use super::follow::Following;
use super::handler::Answered;
use super::{AskError, Revision};
use crate::{Position, TenantId};

/// A query as it arrives over the wire: a name and what is asked for, of no Rust type yet.
///
/// ```
/// use eventsourcing::query::WireQuery;
/// use serde_json::json;
///
/// let rich = WireQuery::new("RichAccounts", &json!({ "at_least": 100 }))?;
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireQuery {
    /// The name of the query.
    pub name: String,
    /// What is asked for.
    pub parameters: WireParameters,
    /// Whose rows are read.
    pub tenant: TenantId,
    /// The answer is to have everything up to here.
    pub at: Option<Position>,
    /// How long to wait for that at the most; without it, for as long as it takes.
    pub within: Option<Duration>,
}

/// What is asked for, as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WireParameters {
    /// The fields of the query, as a JSON object.
    Json(Bytes),
    /// The fields of the query, as the parameters of an address: `at_least=100&currency=EUR`. Their values are numbers, texts,
    /// truth values and names of variants.
    Form(String),
}

impl WireQuery {
    /// A query of this name, with anything that has a JSON form as what is asked for.
    ///
    /// # Errors
    /// If that has no JSON form.
    pub fn new(name: impl Into<String>, payload: &impl Serialize) -> Result<Self, serde_json::Error> {
        let payload = serde_json::to_vec(payload)?;
        Ok(Self::of(name, WireParameters::Json(payload.into())))
    }

    /// A query of this name. Whether there is one, and what is asked for makes one, is found out when it is asked.
    pub fn of(name: impl Into<String>, parameters: WireParameters) -> Self {
        Self {
            name: name.into(),
            parameters,
            tenant: TenantId::DEFAULT,
            at: None,
            within: None,
        }
    }
}

/// What came of a query, as JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireAnswer {
    /// The result, as JSON.
    pub result: Bytes,
    /// Tells it from other results of the query.
    pub revision: Revision,
    /// Everything up to here is in it, and perhaps more.
    pub position: Position,
}

impl From<Answered> for WireAnswer {
    fn from(answered: Answered) -> Self {
        Self {
            result: answered.json,
            revision: answered.revision,
            position: answered.position,
        }
    }
}

/// What comes of a query again and again, as JSON.
pub struct WireFollowed {
    pub(super) following: Following,
}

impl WireFollowed {
    /// The next result: first as it is, then whenever it differs from the last one.
    ///
    /// # Cancel safety
    /// The future can be dropped, and no result is lost by that.
    ///
    /// # Errors
    /// If there is no answer now. It may be asked again, and waits until there is one, or another reason.
    pub async fn next(&mut self) -> Result<WireAnswer, AskError> {
        Ok(self.following.next().await?.into())
    }

    /// What comes of the next evaluation: `None` if it is what was told last.
    ///
    /// # Cancel safety
    /// The future can be dropped, and no result is lost by that.
    ///
    /// # Errors
    /// As for [`next`](Self::next).
    pub async fn look(&mut self) -> Result<Option<WireAnswer>, AskError> {
        Ok(self.following.look().await?.map(WireAnswer::from))
    }
}

impl fmt::Debug for WireFollowed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WireFollowed").finish_non_exhaustive()
    }
}

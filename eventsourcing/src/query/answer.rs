use std::fmt;
use std::ops::Deref;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Serialize, Serializer};
use uuid::Uuid;

use super::handler::Answered;
use super::{AskError, Query};
use crate::Position;

/// What came of a query, and how new it is. It is the result itself, wherever that is only looked at.
#[derive(Debug)]
pub struct Answer<T> {
    result: Arc<T>,
    position: Position,
    /// Known where the result was made JSON of anyhow.
    revision: Option<Revision>,
}

impl<T> Answer<T> {
    pub(super) const fn new(result: Arc<T>, position: Position) -> Self {
        Self {
            result,
            position,
            revision: None,
        }
    }

    /// The result of a query of a Rust type.
    pub(super) fn of<Q: Query<Result = T>>(answered: Answered) -> Result<Self, AskError>
    where
        T: Send + Sync + 'static,
    {
        match answered.result.downcast() {
            Ok(result) => Ok(Self {
                result,
                position: answered.position,
                revision: Some(answered.revision),
            }),
            // Two types of one name, in two functions of one module, have one origin.
            Err(_) => Err(AskError::Panicked {
                message: format!("two queries are named `{}`", Q::NAME),
            }),
        }
    }

    /// Everything up to here is in it, and perhaps more.
    pub const fn position(&self) -> Position {
        self.position
    }

    /// Tells it from other results of the query. Whoever keeps it can follow the query again later, and is told what differs
    /// from that: [`Follow::after`](super::Follow::after). It is the same over the wire.
    ///
    /// An answer that was followed or kept knows it; of any other one, it is computed whenever it is asked for.
    ///
    /// # Errors
    /// If the result has no JSON form.
    pub fn revision(&self) -> Result<Revision, serde_json::Error>
    where
        T: Serialize,
    {
        match self.revision {
            Some(revision) => Ok(revision),
            None => Ok(Revision::of(&serde_json::to_vec(&*self.result)?)),
        }
    }

    /// The result. It is copied only if somebody else has it, too.
    pub fn into_result(self) -> T
    where
        T: Clone,
    {
        Arc::unwrap_or_clone(self.result)
    }
}

impl<T> Deref for Answer<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.result
    }
}

impl<T> Clone for Answer<T> {
    fn clone(&self) -> Self {
        Self {
            result: Arc::clone(&self.result),
            position: self.position,
            revision: self.revision,
        }
    }
}

/// The revision follows from the result, whether it is known yet or not.
impl<T: PartialEq> PartialEq for Answer<T> {
    fn eq(&self, other: &Self) -> bool {
        self.result == other.result && self.position == other.position
    }
}

impl<T: Eq> Eq for Answer<T> {}

/// Tells a result from another one of the same query: a hash of its JSON form.
///
/// Its text is 32 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Revision(Uuid);

impl Revision {
    /// That of a result.
    pub(super) fn of(json: &[u8]) -> Self {
        const RESULTS: Uuid = Uuid::from_u128(0x3a0e_54a1_92d7_4b0a_8a53_6f0e_6c41_7d95);
        Self(Uuid::new_v5(&RESULTS, json))
    }
}

impl fmt::Display for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_simple().fmt(f)
    }
}

impl fmt::Debug for Revision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Revision({self})")
    }
}

impl FromStr for Revision {
    type Err = InvalidRevision;

    fn from_str(text: &str) -> Result<Self, InvalidRevision> {
        const DIGITS: usize = 32;
        if text.len() != DIGITS {
            return Err(InvalidRevision);
        }
        Uuid::try_parse(text).map(Self).map_err(|_| InvalidRevision)
    }
}

impl Serialize for Revision {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The text is not a [`Revision`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a revision is taken from an earlier answer as it is; this is none")]
pub struct InvalidRevision;

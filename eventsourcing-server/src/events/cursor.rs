use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use eventsourcing::Position;
use eventsourcing::store::{Checkpoint, StoreEpoch, StoreId, StoreIdentity};
use eventsourcing::uuid::Uuid;
use serde::{Serialize, Serializer};

/// How far a reader has come, as text that nobody else has to understand: letters, digits, `-` and `_`.
///
/// It names the store and its epoch beside the position, so one from another store, or from before a restore, is noticed.
///
/// ```
/// # use eventsourcing::store::{Checkpoint, StoreEpoch, StoreId, StoreIdentity};
/// # use eventsourcing::{Position, uuid::Uuid};
/// use eventsourcing_server::Cursor;
///
/// # let store = StoreIdentity { id: StoreId::new(Uuid::from_u128(1)), epoch: StoreEpoch::new(Uuid::from_u128(2)) };
/// # let checkpoint = Checkpoint { store, position: Position::new(3) };
/// let text = Cursor(checkpoint).to_string();
/// assert_eq!(text.parse(), Ok(Cursor(checkpoint)));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cursor(pub Checkpoint);

/// What the bytes begin with. Another form of cursors will have another one.
const FORM: u8 = 1;
const BYTES: usize = 1 + 16 + 16 + 8;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Checkpoint { store, position } = self.0;
        let mut bytes = Vec::with_capacity(BYTES);
        bytes.push(FORM);
        bytes.extend_from_slice(store.id.get().as_bytes());
        bytes.extend_from_slice(store.epoch.get().as_bytes());
        bytes.extend_from_slice(&position.get().to_be_bytes());
        f.write_str(&BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;

    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| InvalidCursor)?;
        let Some((&FORM, rest)) = bytes.split_first() else {
            return Err(InvalidCursor);
        };
        let (id, rest) = rest.split_first_chunk().ok_or(InvalidCursor)?;
        let (epoch, rest) = rest.split_first_chunk().ok_or(InvalidCursor)?;
        let position = rest.try_into().map_err(|_| InvalidCursor)?;
        Ok(Self(Checkpoint {
            store: StoreIdentity {
                id: StoreId::new(Uuid::from_bytes(*id)),
                epoch: StoreEpoch::new(Uuid::from_bytes(*epoch)),
            },
            position: Position::new(u64::from_be_bytes(position)),
        }))
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// The text is not a [`Cursor`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a cursor is taken from an earlier answer as it is; this is none")]
pub struct InvalidCursor;

#[cfg(test)]
mod tests {
    use super::*;

    fn cursor(position: u64) -> Cursor {
        Cursor(Checkpoint {
            store: StoreIdentity {
                id: StoreId::new(Uuid::from_u128(u128::MAX)),
                epoch: StoreEpoch::new(Uuid::from_u128(2)),
            },
            position: Position::new(position),
        })
    }

    #[test]
    fn text_and_back() {
        for position in [0, 1, u64::MAX] {
            let text = cursor(position).to_string();
            assert_eq!(text.len(), 55);
            assert_eq!(text.parse(), Ok(cursor(position)));
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        let text = cursor(7).to_string();
        for other in [
            "",
            "end",
            "AQ",
            &text[1..],
            &format!("{text}AA"),
            &format!("Ag{}", &text[2..]),
        ] {
            assert_eq!(other.parse::<Cursor>(), Err(InvalidCursor), "{other}");
        }
    }
}

use std::fmt;

use uuid::Uuid;

use super::ErrorClass;
use crate::CommandId;

/// The id of a command together with what it was given for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CommandKey {
    /// The id.
    pub id: CommandId,
    /// What it was given for.
    pub fingerprint: Fingerprint,
}

/// A hash of the name and payload of a command: tells a repeated command from another one under the same id.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// The fingerprint of a command. The same in every process and version of this crate.
    pub fn of(name: &str, payload: &[u8]) -> Self {
        const COMMANDS: Uuid = Uuid::from_u128(0x0d6e_b5a4_7d1c_4c56_9c1b_5d0c_9a2f_33e8);
        let named = Uuid::new_v5(&COMMANDS, name.as_bytes());
        Self(*Uuid::new_v5(&named, payload).as_bytes())
    }

    /// The fingerprint with these bytes, as a store has kept it.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes to keep.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// The command id was used before, for another command or another payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the command id {id} was used before, for something else")]
pub struct IdReused {
    /// The command id.
    pub id: CommandId,
}

impl IdReused {
    /// How the caller is to react.
    pub const fn class(&self) -> ErrorClass {
        ErrorClass::Rejected
    }
}

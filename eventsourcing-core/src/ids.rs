//! The identifiers of messages. All are UUIDs; the types keep them apart.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! uuid_newtype {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes a UUID of any version.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID.
            pub const fn get(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, uuid::Error> {
                text.parse().map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }
    };
}

uuid_newtype! {
    /// Identifies an event, in whichever store it lies. The runtime makes them as `UUIDv7`.
    EventId
}

uuid_newtype! {
    /// Identifies a command. Given by the caller, it makes the command idempotent.
    CommandId
}

uuid_newtype! {
    /// Shared by everything that one cause outside of the system has led to.
    CorrelationId
}

uuid_newtype! {
    /// What led to a command: the id of the event that a process manager reacted to, or the id of the command itself
    /// if it came from outside.
    CausationId
}

impl CommandId {
    /// The id derived from a text, the same each time: `UUIDv5` of the text in a name space of its own.
    ///
    /// For callers whose own idempotency keys are not UUIDs.
    ///
    /// ```
    /// use eventsourcing_core::CommandId;
    ///
    /// assert_eq!(CommandId::from_key("order 17"), CommandId::from_key("order 17"));
    /// assert_ne!(CommandId::from_key("order 17"), CommandId::from_key("order 18"));
    /// ```
    pub fn from_key(key: &str) -> Self {
        const COMMAND_KEYS: Uuid = Uuid::from_u128(0x6a1c_91e2_0d1e_4f0c_9f53_3a5d_6c0b_7e11);
        Self(Uuid::new_v5(&COMMAND_KEYS, key.as_bytes()))
    }
}

impl From<CommandId> for CorrelationId {
    fn from(id: CommandId) -> Self {
        Self(id.get())
    }
}

impl From<CommandId> for CausationId {
    fn from(id: CommandId) -> Self {
        Self(id.get())
    }
}

impl From<EventId> for CausationId {
    fn from(id: EventId) -> Self {
        Self(id.get())
    }
}

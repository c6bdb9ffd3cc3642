//! The identifiers of messages. All are UUIDs; the types keep them apart.

use uuid::Uuid;

use crate::uuid_newtype::uuid_newtype;

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

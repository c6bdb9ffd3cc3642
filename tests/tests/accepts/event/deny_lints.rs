// Generated code is free of warnings, and documented where it can be seen.

#![deny(
    warnings,
    dead_code,
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused_qualifications
)]
#![deny(
    single_use_lifetimes,
    elided_lifetimes_in_paths,
    unnameable_types,
    let_underscore_drop
)]
#![forbid(unsafe_code)]

//! A documented crate.

use eventsourcing::prelude::*;

/// A key.
#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
pub struct AccountId(String);

/// A struct event.
#[derive(Event, Debug, Serialize, Deserialize)]
pub struct Deposited {
    /// Where.
    #[stream]
    pub account: AccountId,
}

/// Nothing but wrapped events.
#[derive(Event, Debug)]
pub enum Wrapper {
    /// One of them.
    Deposited(Deposited),
}

/// An event.
#[derive(Event, Debug)]
pub enum AccountEvent {
    /// A variant with streams.
    Opened {
        /// Its home.
        #[stream]
        account: AccountId,
        /// A link.
        #[stream]
        friends: Vec<AccountId>,
    },
    /// A variant that is no longer to be used.
    #[deprecated]
    Audited {
        /// A field that is no longer to be used.
        #[deprecated]
        by: String,
    },
    /// A wrapped event.
    Wrapped(Wrapper),
    /// A variant without streams.
    Closed,
}

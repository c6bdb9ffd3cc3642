//! The embedded event store of `eventsourcing`: durable, in one SQLite file.

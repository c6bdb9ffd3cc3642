//! Everything that generated code names. It may change in any release.

pub use crate::aggregate::derived::{assert_all_applied, category, conclude, lend, take_back};
pub use crate::aggregate::{Aggregate, Cx, Stateless};
pub use crate::command::derived::{
    Binding, CommandParameter, Discovery, FoldedFrom, Folds, Listing, Many, One, Optional, ParsedKey,
    Writable, assert_listed_once, bind_append, bind_own, bind_state, bind_stateless, bind_version,
    discover_append, discover_own, discover_state, discover_version, emit_value, list_event, list_variant,
};
pub use crate::command::{
    Access, Addressed, Command, CommandLogic, Contains, Decide, Declares, Discovered, Discovers, EmitInto,
    Emits, EmitsAll, Emittable, Exact, Folded, Generic, InvalidStreamField, Listed, Lists, Plan, Slot,
    StreamResolver, WritableIn,
};
pub use crate::event::derived::{
    EventParameter, Payload, RefusedBySerde, add_streams, as_variant, assert_distinct_names, decode_older,
    decode_payload, encode_payload,
};
pub use crate::event::{
    Codec, DecodeError, DecodeFailure, EncodeError, Encoded, Event, Json, Recorded, Stored, Upcast, Variant,
    variant_index,
};
pub use crate::heard::{Heard, assert_heard_once, hear_event, hear_variant};
pub use crate::process::derived::{
    Handler, Handles, HandlesRefusal, Instances, KeyIn, Listener, Listens, RefusalHandler, StatefulManager,
    StatelessManager, initial, instances, refusing, send, send_each, stateful, stateless,
};
pub use crate::process::{
    Listened, Manager, ProcessManager, Role, Sending, Sends, SendsCommand, Start, sending, sending_nothing,
};
pub use crate::projection::derived::{
    Handling, NoRow, ProjectionHandler, Projector, Projects, kept_in_rows, no_projection, no_table,
    projector_of, said, slices, version,
};
pub use crate::projection::parked::{parked_in_sql, parked_table_of};
pub use crate::projection::row::{PlainField, RowField, columns_of, json_field, key_field, plain_field};
pub use crate::projection::sequence::{IsOf, KeyedByStream, sequence_of, sequence_of_rows};
pub use crate::projection::sql::derived::{
    HandlingInSql, InSql, ProjectsInSql, SqlHandler, in_sql, inline_in, kept_in_sql, nothing_in_sql,
    sql_projector,
};
pub use crate::projection::sql::recorded_of;
pub use crate::projection::{
    InvalidValue, Pending, Projection, ProjectionFacts, Row, RowColumn, RowError, RowKey, RowValue,
};
pub use crate::query::derived::read_of;
pub use crate::query::{Query, Reads};
#[cfg(feature = "schema")]
pub use crate::schema::known::{Described, Known, Unknown};
pub use crate::service::check::{
    assert_all_handled, assert_all_heard, assert_all_read, assert_defined_once, assert_nothing_taken,
};
pub use crate::service::listed::{
    list_aggregate, list_command, list_extern_command, list_extern_events, list_module, list_process_manager,
    list_projection, list_query,
};
pub use crate::service::{
    Content, Fact, Missing, Module, Part, ProjectionOf, Route, RuntimeBuilder, Service, ServiceDescription,
    Table, aggregate_route, count_facts, route, sorted_facts,
};
pub use crate::snapshot::StateSnapshots;
pub use crate::snapshot::derived::{Snapshottable, snapshots_of};
pub use crate::state::State;
pub use crate::store::EventStore;
pub use crate::store::rows::{ColumnType, Table as RowTable, TableName, Value};
pub use crate::store::sql::SqlTable;
pub use crate::stream::{TextKeys, text_keys};
pub use crate::wire::Rejection;
pub use crate::{
    __describe_command as describe_command, __describe_id as describe_id,
    __describe_payload as describe_payload, __describe_query as describe_query,
};
pub use core::convert::From;
pub use core::default::Default;
pub use core::option::Option::{self, None, Some};
pub use core::result::Result::{self, Err, Ok};
pub use eventsourcing_core::{
    Category, EventType, EventTypes, InvalidStreamId, InvalidStreamKey, RecordedEvent, StreamId, StreamKey,
    Version,
};
pub use eventsourcing_macros::emit;
#[cfg(feature = "schema")]
pub use schemars;
pub use serde;
pub use serde_json;
pub use std::borrow::ToOwned;
pub use std::boxed::Box;
pub use std::string::{String, ToString};
pub use std::sync::Arc;
pub use std::vec::Vec;

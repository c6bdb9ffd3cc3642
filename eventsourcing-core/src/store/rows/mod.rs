//! Rows: what projections keep, in tables of the store, moved together with the reader that fills them.
//!
//! A [`RowStore`] keeps the rows of one tenant. Its [`Table`]s are declared in the program, and every version of a
//! projection has tables of its own: see [`Preparation`]. Rows travel as [`Value`]s in the order of the table's columns, key
//! first. The types of the program live above.
//!
//! # Contract
//! 1. **Exactly once.** A write MUST take effect, whole, in one transaction, if and only if the reader is at the [`Place`]
//!    that the write comes from; the reader is then at its checkpoint, and one write further. Whatever has moved the reader
//!    meanwhile, a [`CheckpointStore`](super::CheckpointStore) and an append included, it is [`RowsOvertaken`]. So who has
//!    loaded rows and writes them back changed overwrites nobody's work, and who writes twice writes once.
//! 2. **Unknown outcomes.** After [`WriteRowsError::UnknownOutcome`] the caller asks for the [place](RowStore::place) of the
//!    reader, forgets every row that it has loaded, and goes on from there. A write that is still on its way then takes
//!    effect before the next one, which is overtaken, or never. There is nothing to settle.
//! 3. **Dropped futures.** Dropping a future at any await MUST leave the store usable, and its write whole or absent.
//! 4. **Values** MUST come back equal to what was put, JSON byte for byte. What a database somewhere cannot hold is refused
//!    by all stores alike: see [`Limits::check_rows`](crate::Limits::check_rows), which every store calls first.
//! 5. **Order.** Values are compared and sorted as [`Value`] does, whatever the collation of the database: texts byte by byte,
//!    null before everything else.
//! 6. **Snapshots.** A read MUST answer from one moment, the places of readers included. A load or read that starts after a
//!    write was acknowledged MUST see that write.
//! 7. **Tenants.** Nobody sees or changes rows of another tenant. The tables, and which version of a projection is active,
//!    are those of the store: all tenants share them.
//! 8. **Fences.** A write with a [`Fence`](super::lease::Fence) MUST be refused as [`WriteRowsError::Fenced`] if the
//!    [lease](super::lease) is not held at that epoch any more. Who takes the lease over and a write under the old fence wait for
//!    each other: the one that comes second sees the first.
//! 9. **Two processes** may do anything at the same time, preparing the same version included.

mod check;
mod error;
mod name;
mod place;
mod predicate;
mod projection;
mod read;
mod store;
mod table;
mod value;
mod write;

pub use error::{
    InvalidRows, NotPrepared, PrepareError, ReadRowsError, RowsOvertaken, TableRefused, WriteRowsError,
};
pub use name::{ColumnName, InvalidName, ProjectionName, TableName};
pub use place::Place;
pub use predicate::{Predicate, Sign};
pub use projection::{KnownTable, Preparation, Prepared, ProjectionFingerprint, ProjectionVersion};
pub use read::{Comparison, Direction, ReadRows, RowsRead, SortBy, Test};
pub use store::RowStore;
pub use table::{Column, ColumnType, Table, TableVersion};
pub use value::Value;
pub use write::{TableChange, WriteRows};

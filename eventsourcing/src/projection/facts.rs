use std::num::NonZeroU32;

use super::Row;
use crate::fnv::Fnv;
use crate::process::Listened;
use crate::store::rows::{ProjectionFingerprint, ProjectionName, ProjectionVersion, Table, TableVersion};

/// What is kept of events, in rows that can be asked for: `#[projection(..)]` makes one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a projection",
    label = "this is not a `#[projection(..)]`",
    note = "put `#[projection(name = \"...\", version = 1, row = Row)]` on its `impl` block"
)]
pub trait Projection: Send + Sync + 'static {
    /// What it fills a table with.
    type Row: Row;

    /// What is known of it before anything runs.
    const PROJECTION: ProjectionFacts;
}

/// What is known of a projection before anything runs.
///
/// `#[projection(..)]` writes it, and a service joins those of all its projections.
#[derive(Clone, Copy, Debug)]
pub struct ProjectionFacts {
    /// Its name. Its progress is stored under it.
    pub name: &'static str,
    /// Its version. Each has a table of its own.
    pub version: NonZeroU32,
    /// Where it is defined: the path of the module, and the name in Rust.
    pub origin: &'static str,
    /// What it handles.
    pub on: &'static [Listened],
    /// The table that it fills.
    pub table: &'static Table,
    /// The table of what it parks.
    pub parked: &'static Table,
    /// The field whose value tells the sequence of an event; `None` if it is that of its home stream.
    pub parallel_by: Option<&'static str>,
    /// A hash of the code of its handlers.
    pub code: u64,
    /// Why it may differ from what its version was at first, if somebody says so.
    pub changed: Option<&'static str>,
}

impl ProjectionFacts {
    /// Its name and version, as stores know them.
    pub(crate) fn of_store(&self) -> ProjectionVersion {
        ProjectionVersion {
            name: ProjectionName::from_static(self.name),
            version: self.version,
        }
    }

    /// The table of this version.
    pub(crate) const fn table_version(&self) -> TableVersion {
        TableVersion {
            table: self.table,
            version: self.version,
        }
    }

    /// The table of what this version parks.
    pub(crate) const fn parked_version(&self) -> TableVersion {
        TableVersion {
            table: self.parked,
            version: self.version,
        }
    }

    /// Differs, most likely, if anything does that decides what becomes of an event.
    pub(crate) fn fingerprint(&self) -> ProjectionFingerprint {
        let mut hash = Fnv::default();
        let mut types = Vec::new();
        for listened in self.on {
            listened
                .types
                .for_each(&mut |event_type| types.push((event_type.name, event_type.version)));
        }
        types.sort_unstable();
        for (name, version) in types {
            hash.write(name.as_bytes());
            hash.write(&[0]);
            hash.write(&version.to_be_bytes());
        }
        hash.write(&self.code.to_be_bytes());
        if let Some(field) = self.parallel_by {
            hash.write(field.as_bytes());
        }
        ProjectionFingerprint(hash.finish())
    }
}

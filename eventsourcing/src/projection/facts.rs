use std::num::NonZeroU32;

use super::Row;
use super::derived::Projector;
use super::sql::SqlFacts;
use crate::EventTypes;
use crate::fnv::Fnv;
use crate::process::Listened;
use crate::store::rows::{ProjectionFingerprint, ProjectionName, ProjectionVersion, Table, TableVersion};

/// What is kept of events, in rows that can be asked for: `#[projection(..)]` makes one.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a projection",
    label = "this is not a `#[projection(..)]`",
    note = "put `#[projection(name = \"...\", version = 1, row = Row)]` on its `impl` block"
)]
pub trait Projection: Sized + Send + Sync + 'static {
    /// What it fills a table with; nothing that there is, if it does so in SQL of its own.
    type Row: Row;

    /// What is known of it before anything runs.
    const PROJECTION: ProjectionFacts;

    /// Makes of it what a service runs.
    #[doc(hidden)]
    fn into_projector(self) -> Box<dyn Projector>;
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
    /// What it makes of events.
    pub kept: Kept,
    /// The table of what it parks.
    pub parked: &'static Table,
    /// The field whose value tells the sequence of an event; `None` if it is that of its home stream.
    pub parallel_by: Option<&'static str>,
    /// In how many slices it is worked on side by side; 1 if it is not.
    pub slices: NonZeroU32,
    /// A hash of the code of its handlers.
    pub code: u64,
    /// Why it may differ from what its version was at first, if somebody says so.
    pub changed: Option<&'static str>,
}

/// What a projection makes of events.
#[derive(Clone, Copy, Debug)]
pub enum Kept {
    /// Rows of a table, which its handlers edit.
    Rows(&'static Table),
    /// What its handlers write in SQL of their own.
    Sql(SqlFacts),
}

impl Kept {
    /// The name of its table; of several, that of the first.
    pub const fn table_name(&self) -> &'static str {
        match self {
            Self::Rows(table) => table.name().as_str(),
            Self::Sql(SqlFacts { tables, .. }) => match tables.first() {
                Some(first) => first.as_str(),
                // The macro sees to it that there is one.
                None => "",
            },
        }
    }
}

impl ProjectionFacts {
    /// Its name and version, as stores know them.
    pub(crate) fn of_store(&self) -> ProjectionVersion {
        ProjectionVersion {
            name: ProjectionName::from_static(self.name),
            version: self.version,
        }
    }

    /// The events that it takes, or some variants of which.
    pub(crate) fn events(&self) -> impl Iterator<Item = &'static EventTypes> {
        self.on.iter().map(|listened| listened.event)
    }

    /// Whether rows belong to the sequences that their keys begin with.
    pub(crate) const fn is_sliced(&self) -> bool {
        self.slices.get() > 1
    }

    /// The table of this version that holds its rows, if it has rows.
    pub(crate) const fn table_version(&self) -> Option<TableVersion> {
        match self.kept {
            Kept::Rows(table) => Some(TableVersion {
                table,
                version: self.version,
            }),
            Kept::Sql(_) => None,
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
        if let Kept::Sql(SqlFacts { is_inline: true, .. }) = self.kept {
            hash.write(b"inline");
        }
        ProjectionFingerprint(hash.finish())
    }
}

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use super::{PrepareError, ProjectionName, Table, TableRefused, TableVersion};

/// A version of a projection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ProjectionVersion {
    /// The projection.
    pub name: ProjectionName,
    /// Its version.
    pub version: NonZeroU32,
}

impl ProjectionVersion {
    /// The name of the reader that fills the tables of this version. A projection that reads in slices has a reader for each,
    /// under this name, `/` and whatever tells them apart.
    ///
    /// ```
    /// use std::num::NonZeroU32;
    /// use eventsourcing_core::store::rows::{ProjectionName, ProjectionVersion};
    ///
    /// let balances = ProjectionVersion { name: ProjectionName::from_static("balances"), version: NonZeroU32::MIN };
    /// assert_eq!(&*balances.reader(), "projection/balances@1");
    /// ```
    pub fn reader(&self) -> Arc<str> {
        format!("projection/{self}").into()
    }
}

impl fmt::Display for ProjectionVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}", self.name, self.version)
    }
}

/// What a version of a projection needs before it can run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preparation {
    /// The version.
    pub projection: ProjectionVersion,
    /// What its code is like.
    pub fingerprint: ProjectionFingerprint,
    /// In how many slices it reads, each under a name of its own; 1 if it has one reader.
    pub slices: NonZeroU32,
    /// The tables that it fills. A table belongs to one projection.
    pub tables: Vec<&'static Table>,
}

/// A table that a store has made for a version of a projection, as it has recorded it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownTable {
    /// The name of the [`Table`].
    pub name: String,
    /// The version of the projection and its name.
    pub owner: ProjectionVersion,
    /// Its columns, as [`Table::definition`] writes them.
    pub definition: String,
}

impl Preparation {
    /// Which tables are to be made, given whether this version has been prepared before, and the tables that are recorded
    /// under the names of its tables, of whichever version and projection.
    ///
    /// # Errors
    /// Names the first table that the projection cannot have. Every store refuses in this order.
    pub fn missing(
        &self,
        is_known: bool,
        recorded: &[KnownTable],
    ) -> Result<Vec<TableVersion>, PrepareError> {
        let mut missing = Vec::new();
        for (at, table) in self.tables.iter().enumerate() {
            let refused = |refused| PrepareError::Table {
                projection: self.projection.clone(),
                table: table.name(),
                refused,
            };
            if self.tables[..at].iter().any(|other| other.name() == table.name()) {
                return Err(refused(TableRefused::Twice));
            }
            let mut namesakes = recorded
                .iter()
                .filter(|known| known.name == table.name().as_str());
            if let Some(other) = namesakes
                .clone()
                .find(|known| known.owner.name != self.projection.name)
            {
                let owner = other.owner.name.clone();
                return Err(refused(TableRefused::BelongsTo { owner }));
            }
            match namesakes.find(|known| known.owner == self.projection) {
                Some(known) if known.definition != table.definition() => {
                    return Err(refused(TableRefused::OtherColumns));
                }
                Some(_) => {}
                None if is_known => return Err(refused(TableRefused::Added)),
                None => missing.push(TableVersion {
                    table,
                    version: self.projection.version,
                }),
            }
        }
        Ok(missing)
    }
}

/// What is known of a version of a projection that has been prepared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// The fingerprint under which it was prepared for the first time.
    pub fingerprint: ProjectionFingerprint,
    /// The number of slices with which it was prepared for the first time.
    pub slices: NonZeroU32,
    /// The version of the projection that is active, if there is one.
    pub active: Option<NonZeroU32>,
}

/// A hash of what a projection does with events: it differs, most likely, when its code has changed.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProjectionFingerprint(pub u64);

impl fmt::Debug for ProjectionFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for ProjectionFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

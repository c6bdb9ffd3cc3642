use std::collections::HashMap;
use std::num::NonZeroU32;

use eventsourcing_core::store::rows::{
    KnownTable, NotPrepared, Preparation, PrepareError, Prepared, ProjectionFingerprint, ProjectionName,
    ProjectionVersion, TableName, TableVersion,
};

/// Which versions of which projections have been prepared, and which tables they have.
#[derive(Default)]
pub(crate) struct Tables {
    active: HashMap<ProjectionName, NonZeroU32>,
    versions: HashMap<ProjectionVersion, (ProjectionFingerprint, NonZeroU32)>,
    known: HashMap<(TableName, NonZeroU32), KnownTable>,
}

impl Tables {
    pub(crate) fn check(&self, table: TableVersion) -> Result<(), NotPrepared> {
        let (name, version) = (table.table.name(), table.version);
        if self.known.contains_key(&(name, version)) {
            Ok(())
        } else {
            Err(NotPrepared { table: name, version })
        }
    }

    pub(crate) fn prepare(&mut self, preparation: &Preparation) -> Result<Prepared, PrepareError> {
        let projection = &preparation.projection;
        let recorded: Vec<_> = self.known.values().cloned().collect();
        let missing = preparation.missing(self.versions.contains_key(projection), &recorded)?;
        for TableVersion { table, version } in missing {
            let made = KnownTable {
                name: table.name().to_string(),
                owner: projection.clone(),
                definition: table.definition(),
            };
            self.known.insert((table.name(), version), made);
        }
        let first = self.versions.entry(projection.clone());
        let (fingerprint, slices) = *first.or_insert((preparation.fingerprint, preparation.slices));
        Ok(Prepared {
            fingerprint,
            slices,
            active: self.active(&projection.name),
        })
    }

    pub(crate) fn active(&self, projection: &ProjectionName) -> Option<NonZeroU32> {
        self.active.get(projection).copied()
    }

    pub(crate) fn activate(&mut self, projection: &ProjectionVersion) -> Result<(), PrepareError> {
        if !self.versions.contains_key(projection) {
            return Err(PrepareError::NotPrepared {
                projection: projection.clone(),
            });
        }
        self.active.insert(projection.name.clone(), projection.version);
        Ok(())
    }

    /// Gives the tables that are dropped.
    pub(crate) fn drop_version(&mut self, projection: &ProjectionVersion) -> Vec<(TableName, NonZeroU32)> {
        self.versions.remove(projection);
        if self.active.get(&projection.name) == Some(&projection.version) {
            self.active.remove(&projection.name);
        }
        self.known
            .extract_if(|_, known| known.owner == *projection)
            .map(|(table, _)| table)
            .collect()
    }
}

use std::fmt;
use std::num::NonZeroU32;

use crate::store::rows::{KnownTable, PrepareError, ProjectionVersion, TableName, TableRefused};

/// A table of a certain version of a projection, which makes it in SQL of its own. Its columns are its own business.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SqlTable {
    /// Its name. People find the active version under it.
    pub name: TableName,
    /// The version of the projection that fills it.
    pub version: NonZeroU32,
}

impl SqlTable {
    /// What stores record in place of columns.
    pub const DEFINITION: &'static str = "sql";

    /// A statement with the names of tables in place of `{}`, one after the other, as the database calls them.
    pub fn named_in<const TABLES: usize>(
        text: &str,
        tables: [Self; TABLES],
        name: impl Fn(Self) -> String,
    ) -> String {
        let mut parts = text.split("{}");
        let mut sql = parts.next().unwrap_or_default().to_owned();
        let mut tables = tables.into_iter();
        for part in parts {
            // If there are more places than tables, the database says where.
            sql.push_str(&tables.next().map_or_else(|| "{}".to_owned(), &name));
            sql.push_str(part);
        }
        sql
    }
}

/// What the table is called in a database, such as `audit_v2`.
impl fmt::Display for SqlTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_v{}", self.name, self.version)
    }
}

/// The tables that a version of a projection makes itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SqlPreparation {
    /// The version.
    pub projection: ProjectionVersion,
    /// Its tables. A table belongs to one projection.
    pub tables: Vec<TableName>,
}

impl SqlPreparation {
    /// Whether they have been made, given the tables that are recorded under their names, of whichever version and projection.
    ///
    /// # Errors
    /// Names the first table that the projection cannot have. Every store refuses in this order.
    pub fn is_made(&self, recorded: &[KnownTable]) -> Result<bool, PrepareError> {
        let mut made = 0;
        for (at, table) in self.tables.iter().enumerate() {
            if self.tables[..at].contains(table) {
                return Err(self.refused(*table, TableRefused::Twice));
            }
            let namesakes = recorded.iter().filter(|known| known.name == table.as_str());
            for known in namesakes {
                if known.owner.name != self.projection.name {
                    let owner = known.owner.name.clone();
                    return Err(self.refused(*table, TableRefused::BelongsTo { owner }));
                }
                if known.owner == self.projection && known.definition != SqlTable::DEFINITION {
                    return Err(self.refused(*table, TableRefused::OtherColumns));
                }
                made += usize::from(known.owner == self.projection);
            }
            // They are made together, or not at all.
            if made != 0 && made != at + 1 {
                return Err(self.refused(*table, TableRefused::Added));
            }
        }
        Ok(made != 0)
    }

    /// The error for a table.
    pub fn refused(&self, table: TableName, refused: TableRefused) -> PrepareError {
        PrepareError::Table {
            projection: self.projection.clone(),
            table,
            refused,
        }
    }

    /// The tables of this version.
    pub fn tables(&self) -> impl Iterator<Item = SqlTable> + '_ {
        self.tables.iter().map(|name| SqlTable {
            name: *name,
            version: self.projection.version,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::rows::ProjectionName;

    const AUDIT: TableName = TableName::from_static("audit");
    const LINES: TableName = TableName::from_static("audit_lines");

    fn version(name: &'static str, version: u32) -> ProjectionVersion {
        ProjectionVersion {
            name: ProjectionName::from_static(name),
            version: NonZeroU32::new(version).unwrap(),
        }
    }

    fn known(table: TableName, owner: ProjectionVersion, definition: &str) -> KnownTable {
        KnownTable {
            name: table.as_str().to_owned(),
            owner,
            definition: definition.to_owned(),
        }
    }

    fn of(tables: &[TableName]) -> SqlPreparation {
        SqlPreparation {
            projection: version("audit", 2),
            tables: tables.to_vec(),
        }
    }

    #[test]
    fn tables_are_made_together() {
        let both = of(&[AUDIT, LINES]);
        let sql = |table| known(table, version("audit", 2), SqlTable::DEFINITION);
        let older = known(AUDIT, version("audit", 1), SqlTable::DEFINITION);
        assert!(!both.is_made(&[]).unwrap());
        assert!(!both.is_made(std::slice::from_ref(&older)).unwrap());
        assert!(both.is_made(&[sql(AUDIT), older, sql(LINES)]).unwrap());
        for one in [AUDIT, LINES] {
            let error = both.is_made(&[sql(one)]).unwrap_err();
            assert!(
                matches!(
                    error,
                    PrepareError::Table {
                        refused: TableRefused::Added,
                        ..
                    }
                ),
                "{one}"
            );
        }
    }

    #[test]
    fn a_table_belongs_to_one_projection_and_is_of_one_kind() {
        let refused = |preparation: SqlPreparation, known| match preparation.is_made(&[known]) {
            Err(PrepareError::Table { refused, .. }) => refused,
            other => panic!("{other:?}"),
        };
        let owner = ProjectionName::from_static("others");
        let other = known(AUDIT, version("others", 2), SqlTable::DEFINITION);
        assert_eq!(
            refused(of(&[AUDIT]), other.clone()),
            TableRefused::BelongsTo { owner }
        );
        let rows = known(AUDIT, version("audit", 2), "id text key");
        assert_eq!(refused(of(&[AUDIT]), rows), TableRefused::OtherColumns);
        assert_eq!(refused(of(&[LINES, LINES]), other), TableRefused::Twice);
    }
}

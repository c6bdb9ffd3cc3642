use std::sync::Arc;

use eventsourcing_core::store::StoreError;
use eventsourcing_core::store::rows::{
    Direction, Place, Predicate, ReadRows, ReadRowsError, RowsRead, TableVersion, Value,
};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, Type};
use uuid::Uuid;

use super::sql::{TableSql, arrays, column_names, list, qualified, quoted};
use super::value::{Parameter, row, typed};
use super::{PostgresRows, place};
use crate::SchemaName;
use crate::classify::store_error;

impl PostgresRows {
    pub(super) async fn load_rows(
        &self,
        table: TableVersion,
        keys: &[Vec<Value>],
    ) -> Result<Vec<Option<Vec<Value>>>, ReadRowsError> {
        let key: Vec<_> = table.table.key().iter().collect();
        let tenant = self.tenant.key_to_read(&self.shared.links.reading).await?;
        let mut parameters = vec![Parameter::new(tenant, Type::INT4)];
        for (at, column) in key.iter().enumerate() {
            let values = keys.iter().map(move |key| &key[at]);
            parameters.push(Parameter::many(column.ty, values));
        }
        let sql = TableSql {
            schema: &self.shared.schema,
            version: table,
        };
        let given = format!(
            "unnest({}) with ordinality r({}, n)",
            arrays(&key, 2),
            column_names(key.len())
        );
        let rows = self.ask(table, &sql.load(&given), &parameters).await?;
        let mut loaded = vec![None; keys.len()];
        for found in &rows {
            let number: i64 = found.try_get(0).map_err(store_error)?;
            let at = usize::try_from(number).unwrap_or_default().wrapping_sub(1);
            let place = loaded.get_mut(at);
            let place = place.ok_or_else(|| StoreError::broken("a row was found that was not asked for"))?;
            *place = Some(row(table.table, found, 1).map_err(store_error)?);
        }
        Ok(loaded)
    }

    pub(super) async fn read_rows(&self, read: &ReadRows) -> Result<RowsRead, ReadRowsError> {
        let tenant = self.tenant.key_to_read(&self.shared.links.reading).await?;
        let Selection { text, parameters } = Selection::of(read, tenant, &self.shared.schema);
        let rows = self.ask(read.table, &text, &parameters).await?;
        let places = match rows.first() {
            Some(first) => places(first, &read.readers).map_err(ReadRowsError::Store)?,
            None => return Err(StoreError::broken("there is no answer").into()),
        };
        let mut found = Vec::with_capacity(rows.len());
        for found_row in &rows {
            // Without rows, there is one that has nothing but the places.
            if found_row
                .try_get::<_, Option<i64>>(PLACES)
                .map_err(store_error)?
                .is_some()
            {
                found.push(row(read.table.table, found_row, PLACES + 1).map_err(store_error)?);
            }
        }
        Ok(RowsRead { rows: found, places })
    }

    async fn ask(
        &self,
        table: TableVersion,
        text: &str,
        parameters: &[Parameter<'_>],
    ) -> Result<Vec<Row>, ReadRowsError> {
        let session = self.shared.links.loading.session().await?;
        match session.query_text(text, &typed(parameters)).await {
            Ok(rows) => Ok(rows),
            Err(error) => match self.missing(&session, std::iter::once(table), &error).await? {
                Some(missing) => Err(missing.into()),
                None => Err(store_error(error).into()),
            },
        }
    }
}

/// How many columns tell where readers are.
const PLACES: usize = 4;

fn places(row: &Row, readers: &[Arc<str>]) -> Result<Vec<Place>, StoreError> {
    fn column<'r, T: FromSql<'r>>(row: &'r Row, nth: usize) -> Result<Vec<Option<T>>, StoreError> {
        let column: Option<_> = row.try_get(nth).map_err(store_error)?;
        Ok(column.unwrap_or_default())
    }
    let (stores, epochs) = (column::<Uuid>(row, 0)?, column::<Uuid>(row, 1)?);
    let (positions, writes) = (column::<i64>(row, 2)?, column::<i64>(row, 3)?);
    if [stores.len(), epochs.len(), positions.len(), writes.len()] != [readers.len(); PLACES] {
        return Err(StoreError::broken("the places of readers are missing"));
    }
    let places = stores.into_iter().zip(epochs).zip(positions).zip(writes);
    places
        .map(|(((store, epoch), position), writes)| place::of_columns(store, epoch, position, writes))
        .collect()
}

/// A statement that finds rows and places at one moment: every row begins with the places, of all readers in arrays, and its
/// number.
struct Selection<'r> {
    text: String,
    parameters: Vec<Parameter<'r>>,
}

impl<'r> Selection<'r> {
    fn of(read: &'r ReadRows, tenant: i32, schema: &SchemaName) -> Self {
        let table = TableSql {
            schema,
            version: read.table,
        };
        let names: Vec<&str> = read.readers.iter().map(|reader| &**reader).collect();
        let mut selection = Self {
            text: format!(
                "with places as (select array_agg(c.store order by r.n), array_agg(c.epoch order by r.n), \
                                        array_agg(c.position order by r.n), array_agg(c.writes order by r.n) \
                                   from unnest($2::text[]) with ordinality r(name, n) \
                                   left join {} c on c.tenant = $1 and c.name = r.name), \
                      found as (select row_number() over (order by {order}) as _number, {} from {} \
                                 where _tenant = $1 and ",
                qualified(schema, "checkpoints"),
                table.values(""),
                table.name(),
                order = order(read),
            ),
            parameters: vec![
                Parameter::new(tenant, Type::INT4),
                Parameter::new(names, Type::TEXT_ARRAY),
            ],
        };
        selection.predicate(&read.predicate());
        selection.push(&format!(
            " order by _number limit {}) select * from places left join found on true order by _number",
            read.limit
        ));
        selection
    }

    fn push(&mut self, sql: &str) {
        self.text.push_str(sql);
    }

    /// Adds a parameter, and gives its name.
    fn parameter(&mut self, parameter: Parameter<'r>) -> String {
        self.parameters.push(parameter);
        format!("${}", self.parameters.len())
    }

    fn predicate(&mut self, predicate: &Predicate<'r>) {
        match predicate {
            Predicate::All(all) => self.joined(all, "true", " and "),
            Predicate::Any(any) => self.joined(any, "false", " or "),
            Predicate::IsNull(column) => self.push(&format!("{} is null", quoted(column))),
            Predicate::IsNotNull(column) => self.push(&format!("{} is not null", quoted(column))),
            Predicate::Compare(column, sign, value) => {
                let value = self.parameter(Parameter::one(value));
                self.push(&format!("{} {} {value}", quoted(column), sign.as_str()));
            }
            Predicate::OneOf(column, values) => match values.first().and_then(|first| first.ty()) {
                None => self.push("false"),
                Some(ty) => {
                    let values = self.parameter(Parameter::many(ty, values.iter().copied()));
                    self.push(&format!("{} = any({values})", quoted(column)));
                }
            },
            Predicate::Tuple(columns, sign, values) => {
                let columns = list(columns.iter().map(quoted));
                let values: Vec<_> = values
                    .iter()
                    .map(|value| self.parameter(Parameter::one(value)))
                    .collect();
                self.push(&format!("({columns}) {} ({})", sign.as_str(), list(values)));
            }
        }
    }

    fn joined(&mut self, predicates: &[Predicate<'r>], none: &str, conjunction: &str) {
        if predicates.is_empty() {
            return self.push(none);
        }
        self.push("(");
        for (at, predicate) in predicates.iter().enumerate() {
            if at > 0 {
                self.push(conjunction);
            }
            self.predicate(predicate);
        }
        self.push(")");
    }
}

fn order(read: &ReadRows) -> String {
    list(read.sort_columns().into_iter().map(|sort| match sort.direction {
        Direction::Ascending => quoted(sort.column) + " nulls first",
        Direction::Descending => quoted(sort.column) + " desc nulls last",
    }))
}

use anyhow::Result;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;
use sqlx::types::Json;
use sqlx::{PgConnection, PgPool, Postgres};

use crate::column::{Column, TENANT};
use crate::event::{Account, Event};

/// The table of events, and the statements on it.
pub(crate) struct Table {
    /// What it has beside what every table of events has.
    columns: Vec<Column>,
    load: String,
    insert: String,
    insert_all: String,
    page: String,
}

impl Table {
    /// The one with these columns, which it need not have yet.
    pub(crate) fn with(columns: Vec<Column>) -> Self {
        let names: String = columns.iter().flat_map(|column| [", ", column.name()]).collect();
        // Both statements that insert have four values before these.
        let values: String = [", $5", ", $6", ", $7"].into_iter().take(columns.len()).collect();
        let of_tenant = if columns.contains(&Column::Tenant) {
            " and tenant = $2"
        } else {
            ""
        };
        Self {
            load: format!("select payload from events where stream = $1{of_tenant} order by version"),
            insert: format!(
                "insert into events (stream, version, event_type, payload{names})
                 values ($1, $2, $3, $4{values})"
            ),
            insert_all: format!(
                "insert into events (stream, version, event_type, payload{names})
                 select ($1::text[])[(nth - 1) / $2 + 1], (nth - 1) % $2 + 1, kind, payload{values}
                   from unnest($3::text[], $4::jsonb[]) with ordinality given(kind, payload, nth)"
            ),
            page: format!(
                "select position, payload from events where position > $1{of_tenant} order by position limit 1000"
            ),
            columns,
        }
    }

    /// Makes it.
    pub(crate) async fn create(&self, pool: &PgPool) -> sqlx::Result<()> {
        sqlx::raw_sql(include_str!("schema.sql")).execute(pool).await?;
        for column in &self.columns {
            sqlx::raw_sql(column.schema()).execute(pool).await?;
        }
        Ok(())
    }

    /// What the events of an account add up to.
    pub(crate) async fn load(&self, connection: &mut PgConnection, stream: &str) -> sqlx::Result<Account> {
        let mut query = sqlx::query_as(&self.load).bind(stream);
        if self.has_tenants() {
            query = query.bind(TENANT);
        }
        let rows: Vec<(Json<Event>,)> = query.fetch_all(connection).await?;
        let mut state = Account::default();
        for (event,) in &rows {
            state.apply(event);
        }
        Ok(state)
    }

    /// Appends an event to its stream.
    pub(crate) async fn insert(
        &self,
        connection: &mut PgConnection,
        stream: &str,
        version: i64,
        event: &Event,
    ) -> sqlx::Result<()> {
        let query = sqlx::query(&self.insert)
            .bind(stream)
            .bind(version)
            .bind(event.kind())
            .bind(Json(event));
        self.bind_columns(query).execute(connection).await?;
        Ok(())
    }

    /// Writes the first events of new streams, as many to each.
    pub(crate) async fn insert_all(
        &self,
        pool: &PgPool,
        streams: Vec<String>,
        events: &[Event],
    ) -> Result<()> {
        let each = i64::try_from(events.len() / streams.len())?;
        let query = sqlx::query(&self.insert_all)
            .bind(streams)
            .bind(each)
            .bind(events.iter().map(Event::kind).collect::<Vec<_>>())
            .bind(events.iter().map(Json).collect::<Vec<_>>());
        self.bind_columns(query).execute(pool).await?;
        Ok(())
    }

    /// The next events after a position.
    pub(crate) async fn page(&self, pool: &PgPool, after: i64) -> sqlx::Result<Vec<(i64, Json<Event>)>> {
        let mut query = sqlx::query_as(&self.page).bind(after);
        if self.has_tenants() {
            query = query.bind(TENANT);
        }
        query.fetch_all(pool).await
    }

    fn has_tenants(&self) -> bool {
        self.columns.contains(&Column::Tenant)
    }

    fn bind_columns<'q>(&self, query: Query<'q, Postgres, PgArguments>) -> Query<'q, Postgres, PgArguments> {
        self.columns
            .iter()
            .fold(query, |query, column| column.bind(query))
    }
}

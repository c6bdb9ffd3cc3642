use sqlx::Postgres;
use sqlx::postgres::PgArguments;
use sqlx::query::Query;

/// What the table of a variant has beside the plain one. Each append says its value, and it is always the same, as in most stores.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    /// Whose event it is. Streams are found by it, too.
    Tenant,
    /// How old the form of the payload is.
    SchemaVersion,
    /// How the payload is written.
    ContentType,
}

/// The only tenant.
pub(crate) const TENANT: &str = "default";

impl Column {
    pub(crate) const ALL: [Self; 3] = [Self::Tenant, Self::SchemaVersion, Self::ContentType];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::SchemaVersion => "schema_version",
            Self::ContentType => "content_type",
        }
    }

    /// The statement that adds it to the plain table.
    pub(crate) fn schema(self) -> &'static str {
        match self {
            Self::Tenant => include_str!("tenant.sql"),
            Self::SchemaVersion => include_str!("schema_version.sql"),
            Self::ContentType => include_str!("content_type.sql"),
        }
    }

    pub(crate) fn bind(self, query: Query<'_, Postgres, PgArguments>) -> Query<'_, Postgres, PgArguments> {
        match self {
            Self::Tenant => query.bind(TENANT),
            Self::SchemaVersion => query.bind(1),
            Self::ContentType => query.bind("application/json"),
        }
    }
}

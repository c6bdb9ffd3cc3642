use tokio_postgres::types::Type;

use crate::SchemaName;

/// The statements that the store sends: name, text with `{schema}` in place of the schema, types of the parameters.
macro_rules! queries {
    ($($name:ident: $text:expr, [$($parameter:ident)*];)*) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Query {
            $($name,)*
        }

        impl Query {
            const TEXTS: &'static [&'static str] = &[$($text),*];

            pub(crate) const COUNT: usize = Self::TEXTS.len();

            pub(crate) const fn types(self) -> &'static [Type] {
                match self {
                    $(Self::$name => &[$(Type::$parameter),*],)*
                }
            }
        }
    };
}

queries! {
    OpenStore: "select id, epoch, fence from {schema}.open_store()", [];
    Settle: "select {schema}.settle($1, $2)", [INT4_ARRAY UUID_ARRAY];
    FindTenant: "select id from {schema}.tenants where name = $1", [TEXT];
    MakeTenant: "select {schema}.tenant_key($1)", [TEXT];
    EventTypes: "select id, category, name from {schema}.event_types where tenant = $1", [INT4];
    Head: "select coalesce(max(position), 0) from {schema}.events", [];
    // Nobody waits for the disk: a notification that is lost is looked for.
    Notify: "select set_config('synchronous_commit', 'off', true), pg_notify('eventsourcing.' || $1, '')", [TEXT];
    Append: include_str!("../../queries/append.sql"), [
        UUID INT8 TEXT BOOL
        INT4_ARRAY TEXT_ARRAY
        INT4_ARRAY INT4_ARRAY INT8_ARRAY TEXT_ARRAY
        INT4_ARRAY INT4_ARRAY UUID_ARRAY UUID_ARRAY INT4_ARRAY INT4_ARRAY
        INT4_ARRAY INT4_ARRAY UUID_ARRAY TEXT_ARRAY
        UUID_ARRAY UUID_ARRAY INT8_ARRAY INT8_ARRAY
        INT4_ARRAY TEXT_ARRAY TEXT_ARRAY
        INT4_ARRAY INT4_ARRAY INT8_ARRAY INT4_ARRAY UUID_ARRAY
        INT8_ARRAY TEXT_ARRAY BYTEA_ARRAY BYTEA_ARRAY
        BOOL_ARRAY TEXT_ARRAY INT4_ARRAY INT4_ARRAY
        INT4_ARRAY INT4_ARRAY INT8_ARRAY INT4_ARRAY
    ];
    FindEvent: include_str!("../../queries/find_event.sql"), [INT4 TEXT INT8_ARRAY UUID];
    FindCommand: include_str!("../../queries/find_command.sql"), [INT4 UUID];
    Range: include_str!("../../queries/range.sql"), [INT4 INT8 INT8];
    Streams: include_str!("../../queries/streams.sql"),
        [INT4_ARRAY TEXT_ARRAY INT8_ARRAY INT8_ARRAY TEXT_ARRAY INT4_ARRAY INT4_ARRAY UUID_ARRAY];
    WholeStreams: include_str!("../../queries/whole_streams.sql"), [INT4 TEXT_ARRAY INT8_ARRAY UUID_ARRAY];
    FeedOfAll: include_str!("../../queries/feed_of_all.sql"), [TEXT INT8 INT8 INT8];
    FeedOfTypes: include_str!("../../queries/feed_of_types.sql"), [TEXT INT8 INT8 INT8 INT4_ARRAY];
    FeedOfStreams: include_str!("../../queries/feed_of_streams.sql"), [TEXT INT8 INT8 INT8 TEXT_ARRAY];
    LoadCheckpoint: "select store, epoch, position from {schema}.checkpoints where tenant = $1 and name = $2", [INT4 TEXT];
    Place: "select store, epoch, position, writes from {schema}.checkpoints where tenant = $1 and name = $2", [INT4 TEXT];
    SaveCheckpoint: "select saved, head, before from {schema}.save_checkpoint($1, $2, $3, $4, $5)",
        [INT4 TEXT UUID UUID INT8];
    AcquireLeases: "select granted, held_by, held_label, left_micros \
                      from {schema}.acquire_leases($1, $2, $3, $4, $5) order by number",
        [INT4 TEXT_ARRAY UUID TEXT INT8];
    RenewLeases: "select renewed from {schema}.renew_leases($1, $2, $3, $4) order by number",
        [INT4 TEXT_ARRAY INT8_ARRAY INT8];
    ReleaseLeases: "select {schema}.release_leases($1, $2, $3)", [INT4 TEXT_ARRAY INT8_ARRAY];
    Leases: "select name, epoch, holder, label, \
                    (extract(epoch from greatest(expires_at - clock_timestamp(), interval '0')) * 1000000)::bigint \
               from {schema}.leases where tenant = $1 order by name", [INT4];
    ForgetCheckpoint: "select {schema}.forget_checkpoint($1, $2)", [INT4 TEXT];
    LoadSnapshots: include_str!("../../queries/load_snapshots.sql"),
        [INT4 TEXT_ARRAY TEXT_ARRAY INT8_ARRAY INT8_ARRAY UUID];
    SaveSnapshot: "select {schema}.save_snapshot($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        [INT4 UUID TEXT TEXT INT8 INT8 INT8 TEXT BYTEA UUID INT8];
    ForgetSnapshots: "select {schema}.forget_snapshots($1, $2, $3)", [INT4 TEXT TEXT];
}

/// The texts of the statements for one schema.
#[derive(Debug)]
pub(crate) struct Statements(Vec<String>);

impl Statements {
    pub(crate) fn new(schema: &SchemaName) -> Self {
        let quoted = format!("\"{schema}\"");
        Self(
            Query::TEXTS
                .iter()
                .map(|text| text.replace("{schema}", &quoted))
                .collect(),
        )
    }

    pub(crate) fn text(&self, query: Query) -> &str {
        &self.0[query as usize]
    }
}

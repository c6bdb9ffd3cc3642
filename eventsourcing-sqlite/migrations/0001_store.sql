-- Everything is named es_.., because applications keep tables of their own in the same file.

-- Which store this is. One row.
create table es_store (
    singleton integer primary key check (singleton = 1),
    id        text    not null,
    epoch     text    not null,
    -- How often the outcome of an append was settled as absent; see src/write/settle.rs.
    settled   integer not null default 0,
    -- How often a lease was granted; see src/write/leases.rs.
    granted   integer not null default 0
) strict;

-- Append-only, in the order of positions, which is the order of commits.
create table es_events (
    position       integer primary key,
    tenant         text    not null,
    stream         text    not null,
    version        integer not null,
    links          text,    -- [["stream", version], ..]; null without links
    id             blob    not null,
    type           text    not null,
    schema_version integer not null,
    content_type   text    not null,
    recorded_at    integer not null, -- in microseconds since 1970
    payload        blob    not null,
    metadata       blob    not null,
    by_id          integer  -- 1 if the event can be found again by its id alone, or else null; see src/write/settle.rs
) strict;

create index es_events_by_id on es_events (id) where by_id is not null;

-- What each stream consists of, events at home and linked ones alike. Takes the place of an index over es_events, so that
-- links cost nothing where there are none.
create table es_places (
    tenant   text    not null,
    stream   text    not null,
    version  integer not null,
    position integer not null,
    primary key (tenant, stream, version)
) strict, without rowid;

-- The dictionary: which event types were ever stored in streams of which category, numbered in that order.
create table es_dictionary (
    tenant   text    not null,
    number   integer not null,
    category text    not null,
    type     text    not null,
    primary key (tenant, number),
    unique (tenant, category, type)
) strict, without rowid;

-- Which blocks of 64 positions hold which entries of the dictionary, links included: a feed that wants what is rare passes
-- over the blocks that do not have it. An index over every event would be written with every append, this is not.
create table es_blocks (
    tenant text    not null,
    number integer not null,
    block  integer not null,
    primary key (tenant, number, block)
) strict, without rowid;

-- The commands that have succeeded under an id of their own, and what they wrote: so many events up to a position.
create table es_commands (
    tenant      text    not null,
    id          blob    not null,
    fingerprint blob    not null,
    position    integer not null,
    events      integer not null,
    primary key (tenant, id)
) strict, without rowid;

create table es_checkpoints (
    tenant   text    not null,
    name     text    not null,
    store    text    not null,
    epoch    text    not null,
    position integer not null,
    -- How often rows have been written under this name; see src/write/rows.rs.
    writes   integer not null default 0,
    primary key (tenant, name)
) strict, without rowid;

-- Who does what, where several processes could.
create table es_leases (
    tenant     text    not null,
    name       text    not null,
    epoch      integer not null,
    holder     blob    not null,
    label      text    not null,
    expires_at integer not null, -- in microseconds since 1970
    primary key (tenant, name)
) strict, without rowid;

-- The versions of projections that have been prepared.
create table es_projections (
    name        text    not null,
    version     integer not null,
    fingerprint integer not null,
    slices      integer not null,
    active      integer, -- 1 for the active version of its projection, or else null
    primary key (name, version)
) strict, without rowid;

create unique index es_projections_active on es_projections (name) where active is not null;

-- Their tables. That of version 2 of `balances` is called balances_v2, and balances is a view of the active version.
create table es_projection_tables (
    name       text    not null,
    version    integer not null,
    projection text    not null,
    definition text    not null, -- its columns
    primary key (name, version)
) strict, without rowid;

-- What streams were folded into, so that not all of their events have to be read; see src/write/snapshots.rs.
create table es_snapshots (
    tenant        text    not null,
    stream        text    not null,
    state         text    not null,
    version       integer not null, -- of the stream
    state_version integer not null,
    fingerprint   integer not null, -- of the code of the state
    epoch         text    not null,
    content_type  text    not null,
    payload       blob    not null,
    checksum      blob    not null,
    saved_at      integer not null, -- in microseconds since 1970
    primary key (tenant, stream, state, version, state_version, fingerprint)
) strict;

-- Events are facts. This stops mistakes, not somebody who means it.
create trigger es_events_stay_as_they_are before update on es_events begin
    select raise(abort, 'events are never changed');
end;
create trigger es_events_stay before delete on es_events begin
    select raise(abort, 'events are never deleted');
end;

-- The log for people: `select * from es_log order by position desc limit 10`. The true bytes are in es_events.
create view es_log as
select position,
       tenant,
       stream,
       version,
       links,
       type,
       schema_version,
       strftime('%Y-%m-%dT%H:%M:%f', recorded_at / 1e6, 'unixepoch') || 'Z' as recorded_at,
       case content_type when 'application/json' then cast(payload as text) else hex(payload) end as payload,
       cast(metadata as text) as metadata,
       content_type,
       lower(format('%s-%s-%s-%s-%s', substr(hex(id), 1, 8), substr(hex(id), 9, 4), substr(hex(id), 13, 4),
                    substr(hex(id), 17, 4), substr(hex(id), 21))) as event_id
  from es_events;

-- Everything is made in the schema that the search path starts with.

-- Which store this is. One row.
create table store (
    singleton        boolean primary key default true check (singleton),
    id               uuid    not null default gen_random_uuid(),
    epoch            uuid    not null default gen_random_uuid(),
    -- Where the store was opened last; see current_place() and current_timeline().
    place            text    not null default '',
    timeline         text    not null default '',
    -- Whether a promoted standby begins a new epoch. Set it to false if replication is synchronous and loses nothing.
    timeline_matters boolean not null default true,
    -- Appends carry the fence that their process knew when they were handed in; see settle().
    fence            bigint  not null default 0
);

-- The appends that were settled under the last 1,000 fences: by command id, or else by the id of the first event.
create table settled (
    tenant integer not null,
    id     uuid    not null,
    fence  bigint  not null,
    primary key (tenant, id)
);

create table tenants (
    id    integer generated always as identity primary key,
    name  text collate "C" not null unique,
    -- How many event types the tenant has: the size of its dictionary.
    types bigint not null default 0
);

-- The dictionary: which event types were ever stored in the streams of which category. Events refer to it.
create table event_types (
    id       integer generated always as identity primary key,
    tenant   integer not null references tenants,
    category text collate "C" not null,
    name     text collate "C" not null,
    unique (tenant, category, name)
);

-- Append-only. Written by append() alone, in the order of positions; a position is visible only if all before it are.
create table events (
    position       bigint      primary key,
    version        bigint      not null,
    recorded_at    timestamptz not null,
    schema_version bigint      not null,
    tenant         integer     not null,
    type           integer     not null,
    event_id       uuid        not null,
    stream         text collate "C" not null,
    content_type   text,       -- null is application/json
    payload        bytea       not null,
    metadata       bytea       not null,
    link_streams   text[],     -- null without links
    link_versions  bigint[],
    by_id          boolean,    -- true if a search for the event has nothing but its id to go by, or else null
    unique (tenant, stream, version)
) with (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

-- Serves feeds that want certain types or categories, however rare.
create index events_type_position on events (type, position);

-- Serves the search for appends of unknown outcome. An index over all events would be paid for by every append.
create index events_by_id on events (tenant, event_id) where by_id;

-- The streams that an event is in besides its home. A stream without links has nothing here.
create table links (
    tenant   integer not null,
    stream   text collate "C" not null,
    version  bigint  not null,
    position bigint  not null,
    type     integer not null, -- that of the event, in the category of this stream
    primary key (tenant, stream, version)
) with (autovacuum_vacuum_insert_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);

create index links_type_position on links (type, position);

-- The commands that have succeeded under an id of their own, and what they wrote.
create table commands (
    tenant         integer not null,
    id             uuid    not null,
    fingerprint    uuid    not null,
    first_position bigint,     -- null if it wrote nothing
    last_position  bigint  not null,
    primary key (tenant, id)
);

create table checkpoints (
    tenant   integer     not null,
    name     text collate "C" not null,
    store    uuid        not null,
    epoch    uuid        not null,
    position bigint      not null,
    -- How often rows have been written under this name; see move_writer().
    writes   bigint      not null default 0,
    saved_at timestamptz not null default now(),
    primary key (tenant, name)
);

-- Who does what, where several processes could.
create table leases (
    tenant     integer     not null,
    name       text collate "C" not null,
    epoch      bigint      not null,
    holder     uuid        not null,
    label      text        not null,
    expires_at timestamptz not null,
    primary key (tenant, name)
);

-- Leases that are released leave nothing behind, so their epochs are counted together.
create sequence lease_epochs;

-- The versions of projections that have been prepared.
create table projections (
    name        text collate "C" not null,
    version     bigint  not null,
    fingerprint bigint  not null,
    slices      bigint  not null,
    active      boolean not null default false,
    primary key (name, version)
);

create unique index projections_active on projections (name) where active;

-- Their tables. That of version 2 of `balances` is called balances_v2, and balances is a view of the active version.
create table projection_tables (
    name       text collate "C" not null,
    version    bigint not null,
    projection text collate "C" not null,
    definition text   not null, -- its columns
    primary key (name, version)
);

-- The events that have had their effect on a projection in the transaction of their append. Its reader passes over them, and takes
-- the marks away.
create table inline_marks (
    tenant   integer not null,
    reader   text collate "C" not null,
    position bigint  not null,
    primary key (tenant, reader, position)
);

-- What streams were folded into, so that not all of their events have to be read. Written by save_snapshot() alone.
create table snapshots (
    tenant        integer     not null,
    stream        text collate "C" not null,
    state         text collate "C" not null,
    version       bigint      not null, -- of the stream
    state_version bigint      not null,
    fingerprint   bigint      not null, -- of the code of the state
    epoch         uuid        not null,
    content_type  text        not null,
    payload       bytea       not null,
    checksum      uuid        not null,
    saved_at      timestamptz not null,
    primary key (tenant, stream, state, version, state_version, fingerprint)
);

insert into store default values;
insert into tenants (name) values ('default');

-- Events are facts: neither changed nor removed, and written in one way only. This stops mistakes, not an administrator.
create function refuse_direct_write() returns trigger language plpgsql as $$
begin
    raise exception '%.% is written by %.append() alone', tg_table_schema, tg_table_name, tg_table_schema
        using errcode = 'ES003';
end $$;

create trigger refuse_insert before insert on events for each statement
    when (current_setting('eventsourcing.writer', true) is distinct from 'append') execute function refuse_direct_write();
create trigger refuse_change before update or delete or truncate on events for each statement
    execute function refuse_direct_write();
create trigger refuse_insert before insert on links for each statement
    when (current_setting('eventsourcing.writer', true) is distinct from 'append') execute function refuse_direct_write();
create trigger refuse_change before update or delete or truncate on links for each statement
    execute function refuse_direct_write();

-- Whoever waits for a lock that somebody holds on to fails after a while, and can try again, unless the session says how long.
-- Through a pooler it cannot say so, so that this is said in each transaction.
create function limit_wait() returns void language plpgsql set search_path from current as $$
begin
    if current_setting('lock_timeout') = '0' then
        perform set_config('lock_timeout', '30s', true);
    end if;
end $$;

-- Orders everything that writes: positions grow in commit order, because whoever takes the next ones waits here until
-- those before are committed. Held to the end of the transaction, which is the end of one short statement.
create function lock_log() returns void language sql set search_path from current as $$
    select limit_wait();
    select pg_advisory_xact_lock(1163087433, 'events'::regclass::oid::integer)
$$;

-- Where this data lies. It differs from that of any other place that a backup may be restored to.
create function current_place() returns text language sql set search_path from current as $$
    select concat_ws(':',
        (select system_identifier from pg_control_system()),
        (select oid from pg_database where datname = current_database()),
        'events'::regclass::oid)
$$;

-- Each standby that takes over, and each recovery to a point in time, begins another one.
create function current_timeline() returns text language sql set search_path from current as $$
    select left(pg_walfile_name(pg_current_wal_lsn()), 8)
$$;

-- Begins a new epoch if the data lies elsewhere than the last one: whoever remembers a position may be ahead of it.
create function open_store(out id uuid, out epoch uuid, out fence bigint)
language plpgsql security definer set search_path from current as $$
begin
    if not pg_is_in_recovery()
        and exists (select from store s where (s.place, s.timeline) <> (current_place(), current_timeline()))
    then
        perform lock_log();
        update store s
           set place = current_place(),
               timeline = current_timeline(),
               epoch = case
                   when s.place = '' or s.place = current_place() and not s.timeline_matters then s.epoch
                   else gen_random_uuid()
               end
         where (s.place, s.timeline) <> (current_place(), current_timeline());
    end if;
    select s.id, s.epoch, s.fence into id, epoch, fence from store s;
end $$;

-- For administrators, after a move that has lost nothing (pg_upgrade, a planned switch): goes on in the same epoch.
create function keep_epoch() returns void language sql security definer set search_path from current as $$
    select lock_log();
    update store set place = current_place(), timeline = current_timeline()
$$;

-- Makes sure that these appends do not take effect any more, if they were handed in before: raises the fence.
create function settle(tenants integer[], ids uuid[]) returns bigint
language plpgsql security definer set search_path from current as $$
declare
    raised bigint;
begin
    perform lock_log();
    update store set fence = fence + 1 returning fence into raised;
    delete from settled s where s.fence <= raised - 1000;
    insert into settled (tenant, id, fence) select distinct i.tenant, i.id, raised from unnest(tenants, ids) i(tenant, id)
        on conflict (tenant, id) do update set fence = raised;
    return raised;
end $$;

-- A number that others may have heard of is not given out again after a crash: it is on the disk when it is told.
create function commit_to_disk() returns void language plpgsql set search_path from current as $$
begin
    if current_setting('synchronous_commit') = 'off' then
        perform set_config('synchronous_commit', 'local', true);
    end if;
end $$;

create function tenant_key(tenant_name text) returns integer
language plpgsql security definer set search_path from current as $$
declare
    key integer;
begin
    perform commit_to_disk();
    insert into tenants (name) values (tenant_name) on conflict (name) do nothing returning tenants.id into key;
    if key is null then
        select t.id into key from tenants t where t.name = tenant_name;
    end if;
    return key;
end $$;

-- Each place of the remaining events gets its rank among those that take a version in the same stream.
create function ranks_without(
    refused integer[],
    e_command integer[], e_head integer[],
    l_event integer[], l_head integer[],
    out e_rank bigint[], out l_rank bigint[]
) language sql as $$
    with places as (
        select e.event, 0::bigint as link, e.head
          from unnest(e_command, e_head) with ordinality e(command, head, event)
         where e.command <> all (refused)
        union all
        select l.event, l.link, l.head
          from unnest(l_event, l_head) with ordinality l(event, head, link)
         where e_command[l.event] <> all (refused)
    ), ranked as (
        select event, link, row_number() over (partition by head order by event, link) as rank from places
    )
    select
        array(select r.rank from generate_subscripts(e_command, 1) e(event)
                left join ranked r on r.event = e.event and r.link = 0 order by e.event),
        array(select r.rank from unnest(l_event) with ordinality l(event, link)
                left join ranked r on r.event = l.event and r.link = l.link order by l.link)
$$;

-- Moves readers that are where they are expected to be, to where they may go. A checkpoint that somebody saves meanwhile is
-- waited for, and counts. Gives the commands whose readers stay, with the checkpoints that are saved for these.
create function move_readers(
    now_store uuid, now_epoch uuid, head bigint, failed integer[],
    p_command integer[], p_tenant integer[], p_reader text[],
    p_from_store uuid[], p_from_epoch uuid[], p_from bigint[], p_to bigint[],
    out stayed integer[], out stayed_store uuid[], out stayed_epoch uuid[], out stayed_at bigint[]
)
language plpgsql
-- Other joins than nested loops look at all checkpoints.
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
    moved integer[];
begin
    with wanted as (
        select *
          from unnest(p_command, p_tenant, p_reader, p_from_store, p_from_epoch, p_from, p_to)
               p(command, tenant, reader, from_store, from_epoch, from_position, to_position)
         where p.to_position <= head
           and (failed is null or p.command <> all (failed))
    ), made as (
        insert into checkpoints (tenant, name, store, epoch, position)
        select w.tenant, w.reader, now_store, now_epoch, w.to_position from wanted w where w.from_position is null
            on conflict (tenant, name) do nothing
        returning checkpoints.tenant, checkpoints.name
    ), changed as (
        update checkpoints c
           set store = now_store, epoch = now_epoch, position = w.to_position, saved_at = now()
          from wanted w
         where c.tenant = w.tenant and c.name = w.reader
           and c.store = w.from_store and c.epoch = w.from_epoch and c.position = w.from_position
           and (c.position <= w.to_position or (c.store, c.epoch) <> (now_store, now_epoch))
        returning c.tenant, c.name
    )
    select array_agg(w.command) into moved
      from wanted w
     where (w.tenant, w.reader) in (select m.tenant, m.name from made m union all select c.tenant, c.name from changed c);
    if cardinality(moved) = cardinality(p_command) then
        return;
    end if;
    select array_agg(p.command), array_agg(c.store), array_agg(c.epoch), array_agg(c.position)
      into stayed, stayed_store, stayed_epoch, stayed_at
      from unnest(p_command, p_tenant, p_reader) p(command, tenant, reader)
      left join lateral (select * from checkpoints c where c.tenant = p.tenant and c.name = p.reader offset 0) c on true
     where moved is null or p.command <> all (moved);
end $$;

-- What append() looks at, with the log locked: the store, and whether a standby has taken over since it was opened; where the log
-- ends, and where each stream does; whether any of them is elsewhere than where a condition saw it. Whether that matters is looked
-- at only then. Not a call: it becomes a part of the queries that it is in.
create function look(s_tenant integer[], s_stream text[], c_head integer[], c_seen bigint[])
returns table (id uuid, epoch uuid, fence bigint, elsewhere boolean, base bigint, heads bigint[], moved boolean)
language sql stable as $$
    select s.id, s.epoch, s.fence,
           case when s.timeline_matters and not pg_is_in_recovery()
                then s.timeline <> left(pg_walfile_name(pg_current_wal_lsn()), 8) else false end,
           coalesce((select max(e.position) from events e), 0),
           h.heads,
           exists (select from unnest(c_head, c_seen) c(head, seen) where c.seen <> h.heads[c.head])
      from store s
     cross join lateral (
           select array(select coalesce(greatest(
                      (select e.version from events e
                        where e.tenant = r.tenant and e.stream = r.stream order by e.version desc limit 1),
                      case when exists (select from links) then
                          (select l.version from links l
                            where l.tenant = r.tenant and l.stream = r.stream order by l.version desc limit 1) end), 0)
                    from unnest(s_tenant, s_stream) r(tenant, stream)) as heads
           offset 0
           ) h
     where s.singleton
$$;

-- Appends a batch of commands; each of them passes or fails on its own. The caller sees to it that no condition is on a
-- stream that an earlier command of the batch writes, and that no command id and no reader comes twice.
--
-- Everything comes in arrays: s_ the streams whose heads are needed, c_ conditions, k_ command ids, p_ progress of readers, n_
-- event types that the caller has not met, e_ events, l_ links. *_command numbers the commands, *_head points into s_, l_event into e_; an e_type
-- or l_type below 0 points into n_. Ranks count the places that take a version in one stream.
--
-- What there is nothing of is null: an array that is there costs time even if it is empty. So are all schema versions if they
-- are 1, all content types if they are JSON, and all links if there are none. An e_by_id is true for the first event of a command
-- that has neither an id nor a condition on the home of this event, or else null. A reader that expects no checkpoint comes from
-- null, and one that is to go to another store goes to null; a p_id is that of a command which moves a reader and does nothing else.
create function append(
    known_epoch uuid, known_fence bigint, commit_mode text, notify boolean,
    s_tenant integer[], s_stream text[],
    c_command integer[], c_head integer[], c_seen bigint[], c_types text[],
    k_command integer[], k_tenant integer[], k_id uuid[], k_fingerprint uuid[], k_first integer[], k_last integer[],
    p_command integer[], p_tenant integer[], p_id uuid[], p_reader text[],
    p_from_store uuid[], p_from_epoch uuid[], p_from bigint[], p_to bigint[],
    n_tenant integer[], n_category text[], n_name text[],
    e_command integer[], e_head integer[], e_rank bigint[], e_type integer[], e_id uuid[],
    e_schema_version bigint[], e_content_type text[], e_payload bytea[], e_metadata bytea[],
    e_by_id boolean[], e_links text[], e_first_link integer[], e_last_link integer[],
    l_event integer[], l_head integer[], l_rank bigint[], l_type integer[],
    -- The position before the first event of the batch, the time, and the head of each stream before the batch.
    out base bigint, out recorded_at timestamptz, out heads bigint[],
    -- Commands that had run before, with what they wrote.
    out known integer[], out known_fingerprint uuid[], out known_first bigint[], out known_last bigint[],
    -- Commands of which a condition failed, and the first such condition of each.
    out failed integer[], out failed_condition bigint[],
    -- Commands whose readers were not moved, and the checkpoints that are saved for these.
    out stayed integer[], out stayed_store uuid[], out stayed_epoch uuid[], out stayed_at bigint[]
)
language plpgsql volatile security definer
set search_path from current
-- The arrays differ in length only: planning anew for each call costs more than the call.
set plan_cache_mode = force_generic_plan
-- The plans are kept for the life of the connection, and may have been made when the tables were empty.
set enable_seqscan = off
set enable_bitmapscan = off
set jit = off
as $$
declare
    refused    integer[];
    -- Commands whose ids were used before, for something else.
    reused     integer[];
    n_type     integer[];
    -- Holds the versions of all links. An array in a variable of its own would be copied whole for each slice of it.
    written    events;
    now_store  uuid;
    now_epoch  uuid;
    now_fence  bigint;
    elsewhere  boolean;
    moved      boolean;
    -- Takes the result of functions that have none: an assignment needs no query, as `perform` does.
    nothing    text;
begin
    if current_setting('transaction_isolation') <> 'read committed' then
        raise exception 'append() has to see what was committed while it waited: it needs READ COMMITTED'
            using errcode = 'ES004';
    end if;
    if commit_mode is not null then
        nothing := set_config('synchronous_commit', commit_mode, true);
    end if;
    if current_setting('lock_timeout') = '0' then
        nothing := set_config('lock_timeout', '30s', true);
    end if;
    nothing := pg_advisory_xact_lock(1163087433, 'events'::regclass::oid::integer);
    nothing := set_config('eventsourcing.writer', 'append', true);

    -- From here on each statement sees all that was committed before the lock was ours.
    recorded_at := clock_timestamp();
    if k_command is null and p_command is null and n_name is null and l_event is null then
        -- Most batches: to look and to write in one statement costs less than in two.
        with seen as materialized (
            select * from look(s_tenant, s_stream, c_head, c_seen)
        ), written as (
            insert into events (position, version, recorded_at, schema_version, tenant, type, event_id, stream, content_type,
                                payload, metadata, by_id)
            select h.base + e.nth, h.heads[e.head] + e.rank, append.recorded_at, coalesce(e.schema_version, 1), s_tenant[e.head],
                   e.type, e.id, s_stream[e.head], e.content_type, e.payload, e.metadata, e.by_id
              from seen h
             cross join unnest(e_head, e_rank, e_type, e_id, e_schema_version, e_content_type, e_payload, e_metadata, e_by_id)
                   with ordinality e(head, rank, type, id, schema_version, content_type, payload, metadata, by_id, nth)
             where h.epoch = known_epoch and h.fence = known_fence and not h.elsewhere and not h.moved
        )
        select h.* into strict now_store, now_epoch, now_fence, elsewhere, base, heads, moved from seen h;
        if now_epoch = known_epoch and now_fence = known_fence and not elsewhere and not moved then
            if notify and e_command is not null then
                nothing := pg_notify('eventsourcing.' || current_schema(), '');
            end if;
            nothing := set_config('eventsourcing.writer', '', true);
            return;
        end if;
    else
        select h.* into strict now_store, now_epoch, now_fence, elsewhere, base, heads, moved
          from look(s_tenant, s_stream, c_head, c_seen) h;
    end if;
    if now_epoch <> known_epoch or elsewhere then
        raise exception 'the store is in another epoch' using errcode = 'ES001';
    elsif now_fence <> known_fence
        and (known_fence not between now_fence - 1000 and now_fence
             or exists (select from (select s_tenant[e.head], e.id from unnest(e_head, e_id) e(head, id)
                                     union all
                                     select k.tenant, k.id from unnest(k_tenant, k_id) k(tenant, id)
                                     union all
                                     select p.tenant, p.id from unnest(p_tenant, p_id) p(tenant, id)) i(tenant, id)
                          join settled s on s.tenant = i.tenant and s.id = i.id and s.fence > known_fence))
    then
        raise exception 'the fence was raised' using errcode = 'ES002', detail = now_fence;
    end if;

    if k_command is not null then
        select array_agg(k.command), array_agg(c.fingerprint), array_agg(c.first_position), array_agg(c.last_position),
               array_agg(k.command) filter (where c.fingerprint <> k.fingerprint)
          into known, known_fingerprint, known_first, known_last, reused
          from unnest(k_command, k_tenant, k_id, k_fingerprint) k(command, tenant, id, fingerprint)
         cross join lateral (select * from commands c where c.tenant = k.tenant and c.id = k.id offset 0) c;
    end if;

    if moved then
        select array_agg(f.command), array_agg(f.condition)
          into failed, failed_condition
          from (select distinct on (c.command) c.command, c.condition
                  from unnest(c_command, c_head, c_seen, c_types) with ordinality c(command, head, seen, types, condition)
                 where c.seen < heads[c.head]
                   and (known is null or c.command <> all (known))
                   and (c.types is null
                        or exists (select from events e join event_types t on t.id = e.type
                                    where e.tenant = s_tenant[c.head] and e.stream = s_stream[c.head] and e.version > c.seen
                                      and t.name = any (string_to_array(c.types, ',')))
                        or exists (select from links l join event_types t on t.id = l.type
                                    where l.tenant = s_tenant[c.head] and l.stream = s_stream[c.head] and l.version > c.seen
                                      and t.name = any (string_to_array(c.types, ','))))
                 order by c.command, c.condition) f;
        -- What comes to lie elsewhere than next to where a condition saw its home. A command that has a condition on the home of
        -- its first event is the first of the batch to write there, so that this is next to the head.
        e_by_id := array(
            select case when event = any (array(
                       select min(p.event)
                         from (select e.command, e.head, e.nth as event
                                 from unnest(e_command, e_head) with ordinality e(command, head, nth)
                                where e.command is distinct from e_command[e.nth - 1]
                                  and (k_command is null or e.command <> all (k_command))
                               union all
                               select c.command, c.head, null
                                 from unnest(c_command, c_head, c_seen) c(command, head, seen)
                                where c.seen = heads[c.head]) p
                        group by p.command, p.head
                       having count(*) = count(p.event))) then true end
              from generate_subscripts(e_command, 1) event
             order by event);
    end if;

    if p_command is not null then
        select m.stayed, m.stayed_store, m.stayed_epoch, m.stayed_at into stayed, stayed_store, stayed_epoch, stayed_at
          from move_readers(now_store, now_epoch, base, reused || failed, p_command, p_tenant, p_reader,
                            p_from_store, p_from_epoch, p_from, p_to) m;
    end if;

    refused := known || failed || stayed;
    if refused is not null then
        select r.e_rank, r.l_rank into e_rank, l_rank
          from ranks_without(refused, e_command, e_head, l_event, l_head) r;
    end if;

    if n_name is not null then
        nothing := commit_to_disk();
        with wanted as (
            select e.type from unnest(e_command, e_type) e(command, type)
             where e.type < 0 and (refused is null or e.command <> all (refused))
            union
            select l.type from unnest(l_event, l_type) l(event, type)
             where l.type < 0 and (refused is null or e_command[l.event] <> all (refused))
        ), added as (
            insert into event_types (tenant, category, name)
            select n_tenant[-w.type], n_category[-w.type], n_name[-w.type] from wanted w order by w.type desc
                on conflict (tenant, category, name) do nothing
            returning event_types.tenant
        )
        update tenants t set types = t.types + a.count
          from (select tenant, count(*) from added group by tenant) a
         where t.id = a.tenant;
        n_type := array(
            select t.id from unnest(n_tenant, n_category, n_name) with ordinality n(tenant, category, name, nth)
              left join event_types t on t.tenant = n.tenant and t.category = n.category and t.name = n.name
             order by n.nth);
    end if;

    if l_event is not null then
        written.link_versions := array(
            select heads[l.head] + l.rank from unnest(l_head, l_rank) with ordinality l(head, rank, nth) order by l.nth);
        insert into links (tenant, stream, version, position, type)
        select s_tenant[l.head], s_stream[l.head], written.link_versions[l.nth], base + l.event,
               case when l.type > 0 then l.type else n_type[-l.type] end
          from unnest(l_event, l_head, l_type) with ordinality l(event, head, type, nth)
         where refused is null or e_command[l.event] <> all (refused);
    end if;
    if e_command is not null then
        insert into events (position, version, recorded_at, schema_version, tenant, type, event_id, stream, content_type,
                            payload, metadata, link_streams, link_versions, by_id)
        select base + e.nth, heads[e.head] + e.rank, append.recorded_at, coalesce(e.schema_version, 1), s_tenant[e.head],
               case when e.type > 0 then e.type else n_type[-e.type] end,
               e.id, s_stream[e.head], e.content_type, e.payload, e.metadata,
               string_to_array(e.links, E'\x1f'), written.link_versions[e.first_link:e.last_link], e.by_id
          from unnest(e_command, e_head, e_rank, e_type, e_id, e_schema_version, e_content_type, e_payload, e_metadata,
                      e_by_id, e_links, e_first_link, e_last_link) with ordinality
               e(command, head, rank, type, id, schema_version, content_type, payload, metadata,
                 by_id, links, first_link, last_link, nth)
         where refused is null or e.command <> all (refused);
        if notify then
            nothing := pg_notify('eventsourcing.' || current_schema(), '');
        end if;
    end if;

    if k_command is not null then
        insert into commands (tenant, id, fingerprint, first_position, last_position)
        select k.tenant, k.id, k.fingerprint, base + k.first, base + coalesce(k.last, 0)
          from unnest(k_command, k_tenant, k_id, k_fingerprint, k_first, k_last)
               k(command, tenant, id, fingerprint, first, last)
         where refused is null or k.command <> all (refused);
    end if;
    nothing := set_config('eventsourcing.writer', '', true);
end $$;

-- The version of a stream at a position: that of its last event up to there. Versions and positions grow together.
create function version_at(for_tenant integer, of_stream text, up_to bigint) returns bigint
language plpgsql stable set search_path from current
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set jit = off
as $$
declare
    low    bigint := 0;
    high   bigint;
    middle bigint;
    place  bigint;
begin
    select greatest(
        coalesce((select e.version from events e where e.tenant = for_tenant and e.stream = of_stream
                   order by e.version desc limit 1), 0),
        coalesce((select l.version from links l where l.tenant = for_tenant and l.stream = of_stream
                   order by l.version desc limit 1), 0)) into high;
    while low < high loop
        middle := (low + high + 1) / 2;
        select coalesce(
            (select e.position from events e
              where e.tenant = for_tenant and e.stream = of_stream and e.version = middle),
            (select l.position from links l
              where l.tenant = for_tenant and l.stream = of_stream and l.version = middle)) into place;
        if place > up_to then
            high := middle - 1;
        else
            low := middle;
        end if;
    end loop;
    return low;
end $$;

-- Saves a checkpoint unless it is ahead of the log, or behind one of the same epoch; says where the log ends, and what was saved before.
create function save_checkpoint(
    for_tenant integer, reader text, at_store uuid, at_epoch uuid, at_position bigint,
    out saved boolean, out head bigint, out before bigint
) language plpgsql security definer set search_path from current as $$
begin
    if not exists (select from store s where s.id = at_store and s.epoch = at_epoch) then
        raise exception 'the store is in another epoch' using errcode = 'ES001';
    end if;
    select coalesce(max(e.position), 0) into head from events e;
    saved := false;
    if at_position <= head then
        insert into checkpoints as c (tenant, name, store, epoch, position)
        values (for_tenant, reader, at_store, at_epoch, at_position)
            on conflict (tenant, name) do update
               set store = at_store, epoch = at_epoch, position = at_position, saved_at = now()
             where (c.store, c.epoch) is distinct from (at_store, at_epoch) or c.position <= at_position
        returning true into saved;
    end if;
    if saved is not true then
        saved := false;
        select c.position into before from checkpoints c where c.tenant = for_tenant and c.name = reader;
    end if;
end $$;

-- Moves a reader that writes rows, if it is where it is expected, to where it may go; or else says where it is. Every write
-- counts one up, so that no two come from the same place. A write that somebody else has under way is waited for, and counts.
-- With a fence, the lease has to be at that epoch.
create function move_writer(
    for_tenant integer, reader text, known_epoch uuid, commit_mode text,
    from_store uuid, from_epoch uuid, from_position bigint, from_writes bigint, to_position bigint,
    fence_lease text, fence_epoch bigint,
    out moved boolean, out head bigint,
    out at_store uuid, out at_epoch uuid, out at_position bigint, out at_writes bigint, out at_lease bigint
) language plpgsql security definer set search_path from current as $$
declare
    now_store uuid;
    now_epoch uuid;
begin
    perform limit_wait();
    if commit_mode is not null then
        perform set_config('synchronous_commit', commit_mode, true);
    end if;
    select s.id, s.epoch into now_store, now_epoch from store s;
    if now_epoch <> known_epoch then
        raise exception 'the store is in another epoch' using errcode = 'ES001';
    end if;
    select coalesce(max(e.position), 0) into head from events e;
    if fence_lease is not null then
        -- Who takes the lease over waits until this write is done; or this one has waited, and sees that it was taken over.
        select l.epoch into at_lease from leases l where l.tenant = for_tenant and l.name = fence_lease for share;
    end if;
    if at_lease is distinct from fence_epoch then
        moved := false;
    elsif to_position <= head and from_position is null and from_writes = 0 then
        insert into checkpoints (tenant, name, store, epoch, position, writes)
        values (for_tenant, reader, now_store, now_epoch, to_position, 1)
            on conflict (tenant, name) do nothing
        returning true into moved;
    elsif to_position <= head then
        update checkpoints c
           set store = now_store, epoch = now_epoch, position = to_position, writes = c.writes + 1, saved_at = now()
         where c.tenant = for_tenant and c.name = reader
           and c.store = from_store and c.epoch = from_epoch and c.position = from_position and c.writes = from_writes
           and (c.position <= to_position or (c.store, c.epoch) <> (now_store, now_epoch))
        returning true into moved;
    end if;
    if moved is not true then
        moved := false;
        select c.store, c.epoch, c.position, c.writes into at_store, at_epoch, at_position, at_writes
          from checkpoints c where c.tenant = for_tenant and c.name = reader;
    end if;
end $$;

-- Grants leases that nobody holds, or that the same holder has already; says of each at which epoch, or who holds it. One after
-- the other in the order of their names, so that those who want the same ones at the same time do not block each other.
create function acquire_leases(for_tenant integer, names text[], for_holder uuid, holder_label text, for_micros bigint)
returns table (number bigint, granted bigint, held_by uuid, held_label text, left_micros bigint)
language plpgsql security definer set search_path from current as $$
declare
    lease text;
    known leases;
    moment timestamptz;
begin
    perform limit_wait();
    perform commit_to_disk();
    for number, lease in select n.number, n.name from unnest(names) with ordinality n(name, number) order by n.name, n.number loop
        loop
            insert into leases (tenant, name, epoch, holder, label, expires_at)
            values (for_tenant, lease, 0, for_holder, holder_label, '-infinity')
                on conflict (tenant, name) do nothing;
            select * into known from leases l where l.tenant = for_tenant and l.name = lease for update;
            -- Or else it was released at this moment.
            exit when found;
        end loop;
        moment := clock_timestamp();
        granted := null;
        held_by := null;
        held_label := null;
        left_micros := null;
        if known.epoch > 0 and known.holder = for_holder then
            granted := known.epoch;
        elsif known.expires_at <= moment then
            granted := nextval('lease_epochs');
        else
            held_by := known.holder;
            held_label := known.label;
            left_micros := extract(epoch from known.expires_at - moment) * 1000000;
        end if;
        if granted is not null then
            update leases l
               set epoch = granted, holder = for_holder, label = holder_label,
                   expires_at = moment + for_micros * interval '1 microsecond'
             where l.tenant = for_tenant and l.name = lease;
        end if;
        return next;
    end loop;
    -- Only now: these are locked in no order, so nothing may be waited for after them.
    delete from leases l
     where (l.tenant, l.name) in (
        select o.tenant, o.name from leases o where o.expires_at < clock_timestamp() - interval '1 day' for update skip locked);
end $$;

-- Keeps leases for so long from now on, if they are still at these epochs. That much time a crash may take back.
create function renew_leases(for_tenant integer, names text[], epochs bigint[], for_micros bigint)
returns table (number bigint, renewed boolean)
language plpgsql security definer set search_path from current as $$
declare
    lease text;
    held_epoch bigint;
begin
    perform limit_wait();
    perform set_config('synchronous_commit', 'off', true);
    for number, lease, held_epoch in
        select n.number, n.name, n.epoch from unnest(names, epochs) with ordinality n(name, epoch, number)
         order by n.name, n.number
    loop
        update leases l set expires_at = clock_timestamp() + for_micros * interval '1 microsecond'
         where l.tenant = for_tenant and l.name = lease and l.epoch = held_epoch;
        renewed := found;
        return next;
    end loop;
end $$;

create function release_leases(for_tenant integer, names text[], epochs bigint[]) returns void
language plpgsql security definer set search_path from current as $$
declare
    lease text;
    held_epoch bigint;
begin
    perform limit_wait();
    for lease, held_epoch in select n.name, n.epoch from unnest(names, epochs) n(name, epoch) order by n.name loop
        delete from leases l where l.tenant = for_tenant and l.name = lease and l.epoch = held_epoch;
    end loop;
end $$;

create function forget_checkpoint(for_tenant integer, reader text) returns void
language sql security definer set search_path from current as $$
    delete from checkpoints where tenant = for_tenant and name = reader
$$;

-- Saves a snapshot if its stream has come so far, and keeps the newest ones of that stream and state; says where the stream
-- ends. Those of one stream and state are saved one after the other. Nobody waits for the disk: one that is lost is no loss.
create function save_snapshot(
    for_tenant integer, known_epoch uuid, of_stream text, of_state text, of_state_version bigint, of_fingerprint bigint,
    at_version bigint, of_content_type text, of_payload bytea, of_checksum uuid, keep bigint
) returns bigint
language plpgsql security definer set search_path from current
set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off set jit = off
as $$
declare
    head bigint;
begin
    perform limit_wait();
    perform set_config('synchronous_commit', 'off', true);
    if not exists (select from store s where s.epoch = known_epoch) then
        raise exception 'the store is in another epoch' using errcode = 'ES001';
    end if;
    select greatest(
        coalesce((select e.version from events e where e.tenant = for_tenant and e.stream = of_stream
                   order by e.version desc limit 1), 0),
        coalesce((select l.version from links l where l.tenant = for_tenant and l.stream = of_stream
                   order by l.version desc limit 1), 0)) into head;
    if at_version not between 1 and head then
        return head;
    end if;
    perform pg_advisory_xact_lock(hashtextextended(concat_ws(E'\x1f', 'snapshots'::regclass::oid, for_tenant, of_stream, of_state), 0));
    insert into snapshots (tenant, stream, state, version, state_version, fingerprint,
                           epoch, content_type, payload, checksum, saved_at)
    values (for_tenant, of_stream, of_state, at_version, of_state_version, of_fingerprint,
            known_epoch, of_content_type, of_payload, of_checksum, clock_timestamp())
        on conflict (tenant, stream, state, version, state_version, fingerprint) do update
           set epoch = excluded.epoch, content_type = excluded.content_type, payload = excluded.payload,
               checksum = excluded.checksum, saved_at = excluded.saved_at;
    delete from snapshots s
     where s.tenant = for_tenant and s.stream = of_stream and s.state = of_state
       and (s.version, s.state_version, s.fingerprint) not in (
           select o.version, o.state_version, o.fingerprint
             from snapshots o
            where o.tenant = for_tenant and o.stream = of_stream and o.state = of_state and o.epoch = known_epoch
            order by o.version desc, o.saved_at desc
            limit keep);
    return head;
end $$;

-- Forgets the snapshots of a stream, or those of a state.
create function forget_snapshots(for_tenant integer, of_stream text, of_state text) returns void
language plpgsql security definer set search_path from current as $$
begin
    if of_stream is not null then
        delete from snapshots s where s.tenant = for_tenant and s.stream = of_stream;
    else
        delete from snapshots s where s.tenant = for_tenant and s.state = of_state;
    end if;
end $$;

-- What bytes say: as JSON, or where PostgreSQL cannot hold them as such, as text with escapes. Never fails.
create function readable(bytes bytea) returns jsonb language plpgsql immutable as $$
begin
    return convert_from(bytes, 'UTF8')::jsonb;
exception when others then
    return to_jsonb(encode(bytes, 'escape'));
end $$;

-- The log for people: `select * from log order by position desc limit 10`. The true bytes are in events.
create view log as
select e.position, t.name as tenant, e.stream, e.version, y.name as type, e.schema_version, e.recorded_at,
       readable(e.payload) as payload, readable(e.metadata) as metadata,
       coalesce(e.content_type, 'application/json') as content_type, e.event_id, e.link_streams, e.link_versions
  from events e
  join tenants t on t.id = e.tenant
  join event_types y on y.id = e.type;

-- What a role may call, its owner says: most of these functions write, and with the rights of their owner.
revoke execute on function
    refuse_direct_write, limit_wait, lock_log, current_place, current_timeline, open_store, keep_epoch, settle, commit_to_disk,
    tenant_key, ranks_without, move_readers, look, append, version_at, save_checkpoint, move_writer, acquire_leases,
    renew_leases, release_leases, forget_checkpoint, save_snapshot, forget_snapshots, readable
    from public;

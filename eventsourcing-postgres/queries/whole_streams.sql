-- As `streams.sql`, and a third as dear: for the events of streams of one tenant, from the first to some version. Heads are left
-- out, so it is asked for one version more than is wanted: if that comes, the stream has more.
select 0 as item, coalesce((select t.types from {schema}.tenants t where t.id = $1), 0) as head, $1::bigint as position,
       null::bigint as version, null::timestamptz as recorded_at, null::bigint as schema_version, null::integer as type,
       null::uuid as event_id, null::text as stream, null::text as content_type, null::bytea as payload,
       null::bytea as metadata, null::text[] as link_streams, null::bigint[] as link_versions
union all
select -k.item::integer, c.last_position, c.first_position, null, null, null, null, c.fingerprint,
       null, null, null, null, null, null
  from unnest($4) with ordinality k(id, item)
 cross join lateral (select * from {schema}.commands c where c.tenant = $1 and c.id = k.id offset 0) c
union all
select r.item::integer, null, e.position, e.version, e.recorded_at, e.schema_version, e.type, e.event_id,
       null, e.content_type, e.payload, e.metadata, e.link_streams, e.link_versions
  from unnest($2, $3) with ordinality r(stream, up_to, item)
 cross join lateral (
       select * from {schema}.events e where e.tenant = $1 and e.stream = r.stream and e.version <= r.up_to
       offset 0 -- by the stream, whatever the planner thinks of a table that it does not know yet
       ) e
union all
select r.item::integer, null, e.position, e.version, e.recorded_at, e.schema_version, e.type, e.event_id,
       e.stream, e.content_type, e.payload, e.metadata, e.link_streams, e.link_versions
  from unnest($2, $3) with ordinality r(stream, up_to, item)
 cross join lateral (
       select e.* from {schema}.links l join {schema}.events e on e.position = l.position
        where l.tenant = $1 and l.stream = r.stream and l.version <= r.up_to
       offset 0
       ) e

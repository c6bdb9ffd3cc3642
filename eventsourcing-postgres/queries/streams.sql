-- One statement, one snapshot. Rows with an item of 0 tell the size of a dictionary; those below 0 what became of a command;
-- those above 0 the head of a stream and one of its events, if there are any, in no certain order. The head is left out where
-- it is that of the last event, because all are read: those up to no version in particular.
select 0 as item, t.types as head, t.id::bigint as position, null::bigint as version, null::timestamptz as recorded_at,
       null::bigint as schema_version, null::integer as type, null::uuid as event_id, null::text as stream,
       null::text as content_type, null::bytea as payload, null::bytea as metadata,
       null::text[] as link_streams, null::bigint[] as link_versions
  from {schema}.tenants t where t.id = any ($6)
union all
select -k.item::integer, c.last_position, c.first_position, null, null, null, null, c.fingerprint,
       null, null, null, null, null, null
  from unnest($7, $8) with ordinality k(tenant, id, item)
 cross join lateral (select * from {schema}.commands c where c.tenant = k.tenant and c.id = k.id offset 0) c
union all
select r.item::integer, r.head, e.*
  from (
       select r.tenant, r.stream, r.after, r.up_to, r.item,
              string_to_array(r.types, ',')::integer[] as types,
              case when r.types is not null or r.after > 0 or r.up_to < 9223372036854775807 then greatest(
                  coalesce((select e.version from {schema}.events e
                             where e.tenant = r.tenant and e.stream = r.stream order by e.version desc limit 1), 0),
                  coalesce((select l.version from {schema}.links l
                             where l.tenant = r.tenant and l.stream = r.stream order by l.version desc limit 1), 0)) end as head
         from unnest($1, $2, $3, $4, $5) with ordinality r(tenant, stream, after, up_to, types, item)
       offset 0 -- once for each stream, and not again for each of its events
       ) r
  left join lateral (
       select e.position, e.version, e.recorded_at, e.schema_version, e.type, e.event_id,
              nullif(e.stream, r.stream) as stream, e.content_type, e.payload, e.metadata, e.link_streams, e.link_versions
         from {schema}.events e
        where e.tenant = r.tenant and e.stream = r.stream and e.version > r.after and e.version <= r.up_to
          and (r.types is null or e.type = any (r.types))
       union all
       select e.position, e.version, e.recorded_at, e.schema_version, e.type, e.event_id,
              e.stream, e.content_type, e.payload, e.metadata, e.link_streams, e.link_versions
         from {schema}.links l
         join {schema}.events e on e.position = l.position
        where l.tenant = r.tenant and l.stream = r.stream and l.version > r.after and l.version <= r.up_to
          and (r.types is null or l.type = any (r.types))
       ) e on true

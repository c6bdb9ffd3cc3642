-- The next events of the types $5 of the tenant $1: after $2, $3 at most, $4 bytes at most and the event that goes beyond.
-- By id > 0 the tenants have an index to go along: a scan that is switched off costs so much that no plan is told from another.
select now.head, now.types, now.shared, e.*
  from (select coalesce((select max(e.position) from {schema}.events e), 0) as head,
               (select t.id from {schema}.tenants t where t.name = $1) as tenant,
               (select t.types from {schema}.tenants t where t.name = $1) as types,
               exists (select from {schema}.tenants t where t.id > 0 and t.types > 0 and t.name <> $1) as shared) now
  left join lateral (
       select e.position, e.version, e.recorded_at, e.schema_version, e.type, e.event_id, e.stream, e.content_type,
              e.payload, e.metadata, e.link_streams, e.link_versions,
              sum(octet_length(e.payload) + octet_length(e.metadata)) over (order by e.position rows unbounded preceding)
                  - octet_length(e.payload) - octet_length(e.metadata) as bytes_before
         from (
              -- Compared as pairs, which fits no other index: plans may have been made for empty tables. And the other end by <=, for
              -- a scan would begin where an equal type begins, and not where the pair does.
              select f.position from unnest($5) t(id)
               cross join lateral (
                     select e.position from {schema}.events e
                      where (e.type, e.position) > (t.id, $2) and e.type <= t.id order by e.type, e.position limit $3) f
              union
              select f.position from unnest($5) t(id)
               cross join lateral (
                     -- Once, for it may be linked to several streams of a category: the limit counts events.
                     select distinct l.type, l.position from {schema}.links l
                      where (l.type, l.position) > (t.id, $2) and l.type <= t.id order by l.type, l.position limit $3) f
               order by position limit $3
              ) p
         join {schema}.events e on e.position = p.position
       ) e on e.bytes_before <= $4

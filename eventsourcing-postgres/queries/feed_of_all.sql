-- The next events of the tenant $1, if no other has any: after $2, $3 at most, $4 bytes at most and the event that goes beyond.
-- By id > 0 the tenants have an index to go along: a scan that is switched off costs so much that no plan is told from another.
select now.head, now.types, now.shared, e.*
  from (select coalesce((select max(e.position) from {schema}.events e), 0) as head,
               (select t.types from {schema}.tenants t where t.name = $1) as types,
               exists (select from {schema}.tenants t where t.id > 0 and t.types > 0 and t.name <> $1) as shared) now
  left join lateral (
       select e.position, e.version, e.recorded_at, e.schema_version, e.type, e.event_id, e.stream, e.content_type,
              e.payload, e.metadata, e.link_streams, e.link_versions,
              sum(octet_length(e.payload) + octet_length(e.metadata)) over (order by e.position rows unbounded preceding)
                  - octet_length(e.payload) - octet_length(e.metadata) as bytes_before
         from (
              select e.position from {schema}.events e
               where not now.shared and e.position > $2 order by e.position limit $3
              ) p
         join {schema}.events e on e.position = p.position
       ) e on e.bytes_before <= $4

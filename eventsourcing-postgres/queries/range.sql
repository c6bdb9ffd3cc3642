select e.position, e.version, e.recorded_at, e.schema_version, e.type, e.event_id, e.stream, e.content_type,
       e.payload, e.metadata, e.link_streams, e.link_versions
  from {schema}.events e
 where e.position between $2 and $3 and e.tenant = $1
 order by e.position

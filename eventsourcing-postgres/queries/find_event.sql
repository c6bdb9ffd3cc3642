select e.position from {schema}.events e
 where e.tenant = $1 and e.stream = $2 and e.version > $3 and e.event_id = $4
 order by e.version desc limit 1

-- From the end of the stream on, and not further back than it can be: what has to be found is mostly young.
select e.position from {schema}.events e
 where e.tenant = $1 and e.stream = $2 and e.event_id = $3 and e.version > $4
 order by e.version desc limit 1

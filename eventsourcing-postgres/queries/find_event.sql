-- At the versions where it is expected, or else among the events that are found by their ids.
select e.position
  from unnest($3) v(version)
 cross join lateral (
       select * from {schema}.events e where e.tenant = $1 and e.stream = $2 and e.version = v.version
       offset 0 -- by all three, whatever the planner thinks of a table that it does not know yet
       ) e
 where e.event_id = $4
union all
select e.position from {schema}.events e
 where e.tenant = $1 and e.event_id = $4 and e.by_id
 limit 1

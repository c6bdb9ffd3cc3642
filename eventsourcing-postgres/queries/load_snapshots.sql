-- The newest snapshot of each key in this epoch, with the number of the key.
select k.item::integer, s.version, s.content_type, s.payload, s.checksum, s.saved_at
  from unnest($2, $3, $4, $5) with ordinality k(stream, state, state_version, fingerprint, item)
 cross join lateral (
       select s.version, s.content_type, s.payload, s.checksum, s.saved_at
         from {schema}.snapshots s
        where s.tenant = $1 and s.stream = k.stream and s.state = k.state
          and s.state_version = k.state_version and s.fingerprint = k.fingerprint and s.epoch = $6
        order by s.version desc
        limit 1
       ) s

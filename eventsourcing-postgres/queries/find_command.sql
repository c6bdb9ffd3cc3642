select c.fingerprint, c.first_position, c.last_position from {schema}.commands c where c.tenant = $1 and c.id = $2

select sum(balance)::bigint, min(balance)::bigint
  from (select sum(coalesce((payload->'Deposited'->>'amount')::bigint, 0)) as balance
          from events group by aggregate_id) accounts

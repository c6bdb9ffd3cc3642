-- A transfer that is one event takes from its `from` what it brings to its `to`.
with moves as (
    select coalesce(payload->>'account', payload->>'to') as account,
           case when type like '%Withdrawn' then -1 else 1 end * coalesce((payload->>'amount')::bigint, 0) as amount
      from eventsourcing.log
    union all
    select payload->>'from', -(payload->>'amount')::bigint from eventsourcing.log where payload ? 'from'
)
select sum(balance)::bigint, min(balance)::bigint
  from (select sum(amount) as balance from moves group by account) accounts

-- A transfer that is one event takes from its `from` what it brings to its `to`.
with events as (
    select type, cast(payload as text) as payload from es_events
), moves as (
    select coalesce(payload->>'account', payload->>'to') as account,
           case when type like '%Withdrawn' then -1 else 1 end * coalesce(payload->>'amount', 0) as amount
      from events
    union all
    select payload->>'from', -(payload->>'amount') from events where payload->>'from' is not null
)
select sum(balance), min(balance)
  from (select sum(amount) as balance from moves group by account)

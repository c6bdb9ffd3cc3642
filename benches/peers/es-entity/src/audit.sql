select sum(balance)::bigint, min(balance)::bigint
  from (select sum(case event->>'type'
                     when 'deposited' then (event->>'amount')::bigint
                     when 'withdrawn' then -(event->>'amount')::bigint
                     else 0
                   end) as balance
          from account_events group by id) accounts

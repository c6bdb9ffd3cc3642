select sum(balance)::bigint, min(balance)::bigint
  from (select sum(case event_type
                     when 'Deposited' then (payload->>'amount')::bigint
                     when 'Withdrawn' then -(payload->>'amount')::bigint
                     else 0
                   end) as balance
          from events group by stream) accounts

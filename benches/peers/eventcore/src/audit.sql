select sum(balance)::bigint, min(balance)::bigint
  from (select sum(case event_data->>'type'
                     when 'Deposited' then (event_data->>'amount')::bigint
                     when 'Withdrawn' then -(event_data->>'amount')::bigint
                     else 0
                   end) as balance
          from eventcore_events group by stream_id) accounts

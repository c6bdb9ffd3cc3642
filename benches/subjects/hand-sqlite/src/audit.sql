select sum(balance), min(balance)
  from (select sum(case type
                     when 'Deposited' then cast(payload as text)->>'amount'
                     when 'Withdrawn' then -(cast(payload as text)->>'amount')
                     else 0
                   end) as balance
          from events group by stream)

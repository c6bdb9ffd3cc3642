\set number random(0, 9999999)
insert into events (stream, version, event_type, payload) values ('pgbench-' || :number || '-' || :client_id, floor(random() * 1e15)::bigint, 'Deposited', '{"type":"Deposited","account_id":"acc-00001234","amount":1,"op":1234567890123456,"memo":"benchmark deposit, reference INV-2026"}');

create table events (
    position   bigserial primary key,
    stream     text not null,
    version    bigint not null,
    event_type text not null,
    payload    jsonb not null,
    created_at timestamptz not null default now(),
    unique (stream, version)
);

create table checkpoints (
    name     text primary key,
    position bigint not null
);

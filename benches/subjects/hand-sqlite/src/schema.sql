create table events (
    position   integer primary key,
    stream     text    not null,
    version    integer not null,
    type       text    not null,
    payload    blob    not null,
    created_at real    not null,
    unique (stream, version)
);

alter table events
    add column tenant text not null,
    drop constraint events_stream_version_key,
    add unique (tenant, stream, version);

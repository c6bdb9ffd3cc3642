alter table events add column schema_version int not null;

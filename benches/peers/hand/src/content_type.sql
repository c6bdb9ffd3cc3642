alter table events add column content_type text not null;

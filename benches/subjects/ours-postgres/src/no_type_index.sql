drop index if exists eventsourcing.events_type_position, eventsourcing.links_type_position;

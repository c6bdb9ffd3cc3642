use crate::store::{Append, InvalidAppend, ReadStreams, Snapshot, SnapshotKey};
use crate::{ContentType, EventId, NewEvent};

/// What one append, and one write of rows, may hold: the one table for every store, checked before anything is sent.
///
/// | what | limit |
/// |---|---|
/// | stream id | 250 bytes ([`StreamId::MAX_BYTES`](crate::StreamId::MAX_BYTES)), of which the category 60 |
/// | event type name | 120 bytes ([`EventTypeName::MAX_BYTES`](crate::EventTypeName::MAX_BYTES)) |
/// | tenant id | 64 bytes ([`TenantId::MAX_BYTES`](crate::TenantId::MAX_BYTES)) |
/// | payload of an event | 1 MiB |
/// | metadata of an event | 64 KiB |
/// | nesting of a JSON payload | 64 levels |
/// | streams of an event | 16 |
/// | events of an append | 10,000 |
/// | payload and metadata of an append | 16 MiB |
/// | conditions of an append, streams of a read | 1,000 |
/// | rows of a write, of a load or of a read | 10,000 |
/// | values of a row | 1 MiB |
/// | values of a key, of the columns of an index | 1 KiB |
/// | values of a write of rows | 16 MiB |
/// | payload of a snapshot | 4 MiB |
/// | name of a state | 120 bytes ([`SnapshotKey::MAX_NAME_BYTES`]) |
/// | snapshots of a load | 1,000 |
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest payload of an event, in bytes.
    pub payload_bytes: usize,
    /// The longest metadata of an event, in bytes.
    pub metadata_bytes: usize,
    /// How deep the objects and arrays of a JSON payload may nest.
    pub json_depth: usize,
    /// How many streams an event may be in, its home included.
    pub streams_per_event: usize,
    /// How many events an append may hold.
    pub events: usize,
    /// How many bytes of payload and metadata an append may hold, and how many bytes of values a write of rows.
    pub append_bytes: usize,
    /// How many conditions an append, how many streams a read, and how many snapshots a load may hold.
    pub streams: usize,
    /// How many rows may be written, loaded or read at once.
    pub rows: usize,
    /// How many bytes of values a row may hold.
    pub row_bytes: usize,
    /// How many bytes of values a key, and the columns of an index, may hold: databases have a limit for entries of an index.
    pub key_bytes: usize,
    /// The longest payload of a snapshot, in bytes.
    pub snapshot_bytes: usize,
}

impl Limits {
    /// The table above.
    pub const DEFAULT: Self = Self {
        payload_bytes: 1024 * 1024,
        metadata_bytes: 64 * 1024,
        json_depth: 64,
        streams_per_event: 16,
        events: 10_000,
        append_bytes: 16 * 1024 * 1024,
        streams: 1_000,
        rows: 10_000,
        row_bytes: 1024 * 1024,
        key_bytes: 1024,
        snapshot_bytes: 4 * 1024 * 1024,
    };

    /// Checks an append before it is sent. Every store calls this first.
    ///
    /// # Errors
    /// Names the first thing that no store would take.
    pub fn check(&self, append: &Append) -> Result<(), InvalidAppend> {
        within("conditions of an append", append.conditions.len(), self.streams)?;
        within("events of an append", append.events.len(), self.events)?;
        let mut bytes = 0;
        for event in &append.events {
            self.check_event(event)?;
            bytes += event.payload.len() + event.metadata.len();
        }
        within("bytes of an append", bytes, self.append_bytes)?;
        match id_twice(&append.events) {
            Some(event) => Err(InvalidAppend::EventTwice { event }),
            None => Ok(()),
        }
    }

    /// Checks a read of streams before it is sent. Every store calls this first.
    ///
    /// # Errors
    /// If it asks for more streams than any store would read at once.
    pub fn check_read(&self, read: &ReadStreams) -> Result<(), InvalidAppend> {
        within("streams of a read", read.streams.len(), self.streams)
    }

    /// Checks a snapshot before it is sent. Every store calls this first.
    ///
    /// # Errors
    /// If it is larger than any store would take.
    pub fn check_snapshot(&self, snapshot: &Snapshot) -> Result<(), InvalidAppend> {
        within(
            "bytes of the name of a state",
            snapshot.key.state.len(),
            SnapshotKey::MAX_NAME_BYTES,
        )?;
        within("bytes of a snapshot", snapshot.payload.len(), self.snapshot_bytes)
    }

    /// Checks a load of snapshots before it is sent. Every store calls this first.
    ///
    /// # Errors
    /// If it asks for more than any store would load at once.
    pub fn check_snapshots(&self, keys: &[SnapshotKey]) -> Result<(), InvalidAppend> {
        within("snapshots of a load", keys.len(), self.streams)
    }

    /// Checks the size and the nesting of a JSON payload, before it is parsed. Whether it is JSON, the parser has to tell.
    ///
    /// # Errors
    /// If it is larger, or nests deeper, than any store would take.
    pub fn check_json(&self, payload: &[u8]) -> Result<(), InvalidAppend> {
        within("bytes of a payload", payload.len(), self.payload_bytes)?;
        within("levels of a JSON payload", json_depth(payload), self.json_depth)
    }

    fn check_event(&self, event: &NewEvent) -> Result<(), InvalidAppend> {
        within("bytes of a payload", event.payload.len(), self.payload_bytes)?;
        within("bytes of metadata", event.metadata.len(), self.metadata_bytes)?;
        within(
            "streams of an event",
            1 + event.links.len(),
            self.streams_per_event,
        )?;
        if event.schema_version == 0 {
            return Err(InvalidAppend::SchemaVersionZero { event: event.id });
        }
        let mut later = event.links.as_slice();
        let mut stream = &event.home;
        while let Some((next, rest)) = later.split_first() {
            if later.contains(stream) {
                return Err(InvalidAppend::StreamTwice {
                    event: event.id,
                    stream: stream.clone(),
                });
            }
            (stream, later) = (next, rest);
        }
        if event.content_type == ContentType::JSON {
            self.check_json(&event.payload)?;
            serde_json::from_slice::<&serde_json::value::RawValue>(&event.payload).map_err(|source| {
                InvalidAppend::NotJson {
                    event: event.id,
                    source,
                }
            })?;
        }
        Ok(())
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

fn within(what: &'static str, found: usize, limit: usize) -> Result<(), InvalidAppend> {
    if found <= limit {
        Ok(())
    } else {
        Err(InvalidAppend::Limit { what, found, limit })
    }
}

fn id_twice(events: &[NewEvent]) -> Option<EventId> {
    let mut ids: Vec<_> = events.iter().map(|event| event.id).collect();
    ids.sort_unstable();
    ids.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
}

/// How deep brackets nest outside of strings. Exact for JSON; for anything else the JSON parser has the last word.
pub(crate) fn json_depth(bytes: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_string, mut escaped) = (false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_counts_brackets_outside_of_strings() {
        assert_eq!(json_depth(b"1"), 0);
        assert_eq!(json_depth(br#"{"a":[1,{"b":2}],"c":"[[[[\"[["}"#), 3);
    }
}

use crate::stream::StreamKey;
use crate::{InvalidStreamId, StreamId};

/// Adds the streams of a field to those of an event.
///
/// # Errors
/// If the text of a key does not make a stream id.
#[expect(single_use_lifetimes, reason = "an anonymous one is unstable here")]
pub fn add_streams<'a, K: StreamKey>(
    streams: &mut Vec<StreamId>,
    keys: impl IntoIterator<Item = &'a K>,
) -> Result<(), InvalidStreamId> {
    for key in keys {
        streams.push(key.to_stream_id()?);
    }
    Ok(())
}

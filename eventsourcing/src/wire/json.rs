//! Parsing what comes from outside: within limits, and with the place of what is wrong.

use serde::de::DeserializeOwned;
use serde::{Deserialize as _, Deserializer};
use serde_json::value::RawValue;
use serde_path_to_error::{Path, Segment};

use super::InvalidPayload;
use crate::Limits;

/// Parses JSON of any origin: never panics, and allocates no more than a fixed multiple of its size.
///
/// # Errors
/// If it is larger or nests deeper than the limits allow, is not JSON, or does not fit the type.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8], limits: &Limits) -> Result<T, InvalidPayload> {
    limits
        .check_json(bytes)
        .map_err(|error| InvalidPayload::new("", error.to_string()))?;
    parse_checked(bytes)
}

/// As [`parse`], of what is within the limits.
pub(crate) fn parse_checked<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, InvalidPayload> {
    // To follow the path takes time, so it is done only for what is known to be wrong.
    serde_json::from_slice(bytes).map_err(|error| locate::<T>(bytes, &error))
}

#[cold]
fn locate<T: DeserializeOwned>(bytes: &[u8], error: &serde_json::Error) -> InvalidPayload {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Err(located) => InvalidPayload::new(pointer(located.path()), located.inner().to_string()),
        // The value is right, and something follows it.
        Ok(_) => InvalidPayload::new("", error.to_string()),
    }
}

/// The path as a JSON Pointer, [RFC 6901](https://www.rfc-editor.org/rfc/rfc6901).
fn pointer(path: &Path) -> String {
    let mut pointer = String::new();
    for segment in path {
        let name = match segment {
            Segment::Seq { index } => index.to_string(),
            Segment::Map { key } | Segment::Enum { variant: key } => {
                key.replace('~', "~0").replace('/', "~1")
            }
            // What follows has no place yet, as in an object that ends before its first member.
            Segment::Unknown => break,
        };
        pointer.push('/');
        pointer.push_str(&name);
    }
    pointer
}

/// The text of a member that is there, `null` included.
pub(super) fn raw<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Box<RawValue>>, D::Error> {
    Box::<RawValue>::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "what matters is where parsing fails")]
    struct Order {
        lines: Vec<Line>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "what matters is where parsing fails")]
    enum Line {
        Item { count: u8 },
    }

    fn place_in(json: &str) -> String {
        parse::<Order>(json.as_bytes(), &Limits::DEFAULT)
            .expect_err("it does not fit")
            .path
    }

    #[test]
    fn the_place_of_what_is_wrong_is_a_json_pointer() {
        assert_eq!(
            place_in(r#"{"lines":[{"Item":{"count":1}},{"Item":{"count":300}}]}"#),
            "/lines/1/Item/count"
        );
        assert_eq!(place_in(r#"{"lines":[{"Item":{}}]}"#), "/lines/0/Item");
        assert_eq!(place_in("[]"), "");
        assert_eq!(place_in("{"), "");
    }
}

use serde_json::Value;

/// Whether two states are written alike. Keys may come in any order, and so may what is in an array: sets and maps are written in
/// an order that differs from one to the next.
pub(crate) fn is_same(one: &[u8], other: &[u8]) -> bool {
    if one == other {
        return true;
    }
    match (serde_json::from_slice(one), serde_json::from_slice(other)) {
        (Ok(one), Ok(other)) => sorted(one) == sorted(other),
        _ => false,
    }
}

/// The same value, with every array sorted by how its elements are written.
fn sorted(value: Value) -> Value {
    match value {
        Value::Array(values) => {
            let mut values: Vec<_> = values.into_iter().map(sorted).collect();
            values.sort_by_cached_key(Value::to_string);
            Value::Array(values)
        }
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(key, value)| (key, sorted(value)));
            let mut fields: Vec<_> = fields.collect();
            fields.sort_by(|(one, _), (other, _)| one.cmp(other));
            Value::Object(fields.into_iter().collect())
        }
        plain => plain,
    }
}

#[cfg(test)]
mod tests {
    use super::is_same;

    #[test]
    fn order_does_not_matter_and_everything_else_does() {
        let state: &[u8] = br#"{"tags":["a","b",{"x":[1,2],"y":3}],"count":2}"#;
        assert!(is_same(state, state));
        assert!(is_same(
            state,
            br#"{"count":2,"tags":[{"y":3,"x":[2,1]},"b","a"]}"#
        ));
        for other in [
            &br#"{"tags":["a","b",{"x":[1,2],"y":3}],"count":3}"#[..],
            br#"{"tags":["a","a",{"x":[1,2],"y":3}],"count":2}"#,
            br#"{"tags":["a",{"x":[1,2],"y":3}],"count":2}"#,
            b"",
        ] {
            assert!(!is_same(state, other));
        }
    }
}

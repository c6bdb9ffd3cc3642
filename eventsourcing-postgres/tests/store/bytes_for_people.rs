//! The view `log` shows what is stored to people, whatever it is.

use std::sync::Arc;

use eventsourcing_core::TenantId;
use eventsourcing_core::bytes::Bytes;
use eventsourcing_core::store::{ErrorClass, EventStore};
use eventsourcing_testkit::conformance::Setup;
use eventsourcing_testkit::fixture::{NewEventExt, append, event, read, whole};

use crate::schema::TestSchema;

#[tokio::test]
async fn json_is_shown_as_json_and_anything_else_as_text() {
    let schema = TestSchema::new();
    let log = schema.open().await.tenant(&TenantId::DEFAULT).log;
    let payloads: [&[u8]; 6] = [
        br#"{"a":1}"#,
        br#"{"nul":"\u0000"}"#,
        br#"{"lone":"\ud800"}"#,
        br#"{"number":1e400}"#,
        b"\"x\"",
        br#"{"big":123456789012345678901234567890}"#,
    ];
    let events = payloads.map(|payload| event("a.Shown", "a-1").with_payload(payload));
    let binary = event("a.Shown", "a-1").with_binary(vec![0, 255, b'a']);
    log.append(Arc::new(append(events.into_iter().chain([binary]))))
        .await
        .expect("all of them are taken");

    let select = format!("select payload::text from {}.log order by position", schema.name);
    let rows = schema
        .client()
        .await
        .query(&select, &[])
        .await
        .expect("the view never fails");
    let shown: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert_eq!(shown[0], r#"{"a": 1}"#);
    assert_eq!(
        shown[1], r#""{\"nul\":\"\\\\u0000\"}""#,
        "what jsonb rejects is shown as it was written, escaped"
    );
    assert_eq!(shown[6], r#""\\000\\377a""#);
    assert_eq!(shown.len(), 7);
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn whatever_is_stored_is_shown_and_comes_back_byte_for_byte() {
    let schema = TestSchema::new();
    let log = schema.open().await.tenant(&TenantId::DEFAULT).log;
    let large = format!("\"{}\"", "é".repeat(500_000));
    let nested = format!("{}{}", "[".repeat(64), "]".repeat(64));
    let payloads = [
        format!(r#"{{"u128":{}}}"#, u128::MAX),
        r#"{ "spaces" : 1.50, "b":1, "a":2, "a":3 }"#.to_owned(),
        r#""\u0000 \ud800 \\ \" é""#.to_owned(),
        large,
        nested,
    ];
    let stream = r#"a-o'clock "50%" _ \ ; drop table events; --"#;
    for payload in &payloads {
        let sent = event("a.Shown", stream).with_payload(payload.clone());
        log.append(Arc::new(append([sent]))).await.expect("it is taken");
    }
    let deep = format!("{}{}", "[".repeat(6_000), "]".repeat(6_000));
    let refused = log
        .append(Arc::new(append([event("a.Deep", stream).with_payload(deep)])))
        .await;
    assert_eq!(refused.expect_err("too deep").class(), ErrorClass::Rejected);

    let read = log
        .read_streams(&read([whole(stream)]))
        .await
        .expect("the stream");
    let stored = read.slices[0].events.iter().map(|event| event.payload.clone());
    assert!(
        stored.eq(payloads.iter().cloned().map(Bytes::from)),
        "byte for byte"
    );

    let shown = format!(
        "select l.stream, l.payload is not null, e.payload from {0}.log l join {0}.events e using (position) order by 3",
        schema.name
    );
    let rows = schema
        .client()
        .await
        .query(&shown, &[])
        .await
        .expect("the view never fails");
    let mut bytes: Vec<_> = payloads.iter().map(String::as_bytes).collect();
    bytes.sort_unstable();
    for (row, bytes) in rows.iter().zip(&bytes) {
        assert_eq!((row.get(0), row.get(1), row.get(2)), (stream, true, *bytes));
    }
    assert_eq!(rows.len(), bytes.len());
    Setup::remove(&schema).await;
}

//! The view `log` shows what is stored to people, whatever it is.

use std::sync::Arc;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::EventStore;
use eventsourcing_testkit::conformance::Setup;
use eventsourcing_testkit::fixture::{NewEventExt, append, event};

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

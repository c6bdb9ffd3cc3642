//! Holds the conversations of the guide against the server.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::client::Client;
use crate::app::listening;
use crate::board::board;

#[tokio::test]
async fn the_conversations_of_the_guide_take_place_as_they_are_written() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide/websocket.md");
    let guide = fs::read_to_string(guide).expect("the chapter");
    let server = listening(board().await).await;
    let (mut client, hello) = Client::greeted(server.address(), &[]).await;
    let mut heard = Some(hello);
    let mut lines = lines(&guide).into_iter().peekable();
    while let Some((arrow, message)) = lines.next_if(|(_, message)| message["reason"] != "shutting_down") {
        if arrow == '→' {
            client.says(message).await;
            continue;
        }
        let told = match heard.take() {
            Some(hello) => hello,
            None => client.hears().await,
        };
        assert!(
            fits(&message, &told),
            "the guide says\n{message}\nthe server says\n{told}"
        );
    }

    let all = serde_json::json!({ "subscription": "rest", "credits": 0 });
    client.subscribes(all).await;
    let farewell = async {
        for (_, message) in lines {
            let told = client.hears().await;
            assert!(
                fits(&message, &told),
                "the guide says\n{message}\nthe server says\n{told}"
            );
        }
        assert_eq!(client.ends().await.code, 1012);
    };
    let (shutdown, ()) = tokio::join!(server.shutdown(), farewell);
    shutdown.unwrap();
}

/// Everything that is said in the guide, with an arrow that says by whom.
fn lines(guide: &str) -> Vec<(char, Value)> {
    let blocks = guide.split("```text\n").skip(1);
    let lines = blocks.flat_map(|block| block.split("```").next().unwrap_or_default().lines());
    let read = |line: &str| {
        let (arrow, message) = line.split_once(' ').expect("an arrow and a message");
        let message = serde_json::from_str(message).unwrap_or_else(|error| panic!("{message}: {error}"));
        (arrow.chars().next().expect("an arrow"), message)
    };
    lines.map(read).collect()
}

/// Whether what was told is what is written, where `...` is any value.
pub(crate) fn fits(written: &Value, told: &Value) -> bool {
    match (written, told) {
        (Value::String(any), _) if any == "..." => true,
        (Value::Object(written), Value::Object(told)) => {
            written.len() == told.len()
                && written
                    .iter()
                    .all(|(key, value)| told.get(key).is_some_and(|told| fits(value, told)))
        }
        (Value::Array(written), Value::Array(told)) => {
            written.len() == told.len()
                && written
                    .iter()
                    .zip(told)
                    .all(|(written, told)| fits(written, told))
        }
        _ => written == told,
    }
}

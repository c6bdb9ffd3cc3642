//! Holds the requests of the guide against the server.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::app::router;
use crate::client::{request, send};
use crate::websocket::guide::fits;

#[tokio::test]
async fn the_requests_of_the_guide_are_answered_as_it_says() {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/guide/server.md");
    let guide = fs::read_to_string(guide).expect("the chapter");
    let router = router().await;
    let mut blocks = blocks(&guide).into_iter();
    let mut asked = 0;
    while let Some((_, question)) = blocks.next() {
        let (head, body) = question.split_once('\n').expect("a method and a path");
        let (method, path) = head.split_once(' ').expect("a method and a path");
        let headers = [("content-type", "application/json")];
        let answer = send(&router, request(method, path, &headers, body.to_owned()))
            .await
            .json();
        let (language, written) = blocks.next().expect("an answer");
        assert_eq!(language, "json");
        let written: Value = serde_json::from_str(written).expect("an answer in JSON");
        assert!(
            fits(&written, &answer),
            "the guide says\n{written}\nthe server says\n{answer}"
        );
        asked += 1;
    }
    assert_eq!(asked, 5);
}

/// The blocks that are requests and answers, each with its language.
fn blocks(guide: &str) -> Vec<(&str, &str)> {
    let blocks = guide.split("```").skip(1).step_by(2);
    blocks
        .filter_map(|block| block.split_once('\n'))
        .filter(|(language, _)| matches!(*language, "http" | "json"))
        .collect()
}

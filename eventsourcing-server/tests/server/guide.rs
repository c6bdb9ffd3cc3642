//! Holds the requests of the guide against the server.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::board::router;
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
        let (headers, body) = headers(body);
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
    assert_eq!(asked, 6);
}

/// The headers that stand before the body, and that it is JSON.
fn headers(mut body: &str) -> (Vec<(&str, &str)>, &str) {
    let mut headers = vec![("content-type", "application/json")];
    while let Some((line, rest)) = body.split_once('\n')
        && let Some(header) = line.split_once(": ").filter(|_| !line.starts_with('{'))
    {
        headers.push(header);
        body = rest;
    }
    (headers, body)
}

/// The blocks that are requests and answers, each with its language.
fn blocks(guide: &str) -> Vec<(&str, &str)> {
    let blocks = guide.split("```").skip(1).step_by(2);
    blocks
        .filter_map(|block| block.split_once('\n'))
        .filter(|(language, _)| matches!(*language, "http" | "json"))
        .collect()
}

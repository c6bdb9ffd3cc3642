//! Requests that somebody else makes up from the `OpenAPI` document: [Schemathesis](https://schemathesis.readthedocs.io).

use std::process::Command;

use crate::app::listening;
use crate::board::board;
use crate::python;

/// What is wrong with an answer: no answer may have a status, a header or a body that the document does not know, or be a 5xx.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,unsupported_method";

#[tokio::test]
async fn no_request_gets_an_answer_that_the_document_does_not_know() {
    let Some(program) = python::installed("schemathesis==4.32.5") else {
        return;
    };
    let serving = listening(board().await).await;
    let mut asking = Command::new(program);
    asking
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .args(["run", &format!("http://{}/openapi.json", serving.address())])
        .args([
            "--checks",
            CHECKS,
            "--max-examples",
            "50",
            "--seed",
            "1",
            "--workers",
            "1",
        ])
        // There, the answer is a connection.
        .args([
            "--exclude-path",
            "/ws",
            "--continue-on-failure",
            "--generation-database",
            "none",
            "--no-color",
        ]);
    let output = tokio::task::spawn_blocking(move || asking.output())
        .await
        .unwrap()
        .unwrap();
    serving.shutdown().await.unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success(),
        "{told}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(told.contains(" generated, "), "there were cases: {told}");
}

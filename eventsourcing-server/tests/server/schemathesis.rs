//! Requests that somebody else makes up from the `OpenAPI` document: [Schemathesis](https://schemathesis.readthedocs.io).

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use eventsourcing_server::Server;

use crate::app::app;

/// What is wrong with an answer: no answer may have a status, a header or a body that the document does not know, or be a 5xx.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,unsupported_method";

/// The program, which pip has installed; nothing if it cannot.
fn schemathesis() -> Option<PathBuf> {
    const PACKAGE: &str = "schemathesis==4.32.5";
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("schemathesis");
    let program = folder.join("bin/schemathesis");
    let done = folder.join(PACKAGE);
    if done.exists() {
        return Some(program);
    }
    let made = Command::new("python3").args(["-m", "venv"]).arg(&folder).output();
    let installed = made.and_then(|_| {
        Command::new(folder.join("bin/pip"))
            .args(["install", "--quiet", "--disable-pip-version-check", PACKAGE])
            .output()
    });
    match installed {
        Ok(output) if output.status.success() => {
            fs::write(done, "").unwrap();
            Some(program)
        }
        failed => {
            #[expect(clippy::print_stderr, reason = "nobody shall take it for done")]
            {
                eprintln!("SKIPPED: pip cannot install {PACKAGE}: {failed:?}");
            }
            None
        }
    }
}

#[tokio::test]
async fn no_request_gets_an_answer_that_the_document_does_not_know() {
    let Some(program) = schemathesis() else {
        return;
    };
    let serving = Server::new(app().await)
        .bind("127.0.0.1:0")
        .start()
        .await
        .unwrap();
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

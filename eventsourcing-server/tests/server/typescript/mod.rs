//! The client in TypeScript: what it looks like, whether it is TypeScript, and whether it works.

mod guide;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, panic};

use eventsourcing_server::typescript::{UPDATE, assert_client_is_fresh, client};

use crate::app::listening;
use crate::board::{TodoApp, board};

const CLIENT: &str = "tests/server/typescript/client.ts";
const CHECK: &str = "tests/server/typescript/check.ts";

#[test]
fn the_committed_client_is_that_of_the_service() {
    assert_client_is_fresh(CLIENT, &TodoApp::describe());
}

#[test]
fn a_stale_client_is_told_by_a_diff_and_how_to_renew_it() {
    if std::env::var_os(UPDATE).is_some() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("client.ts");
    let fresh = client(&TodoApp::describe());
    fs::write(&file, fresh.replace("title: string", "title: number")).unwrap();
    let stale = panic::catch_unwind(|| assert_client_is_fresh(&file, &TodoApp::describe())).unwrap_err();
    let message = stale.downcast_ref::<String>().expect("a message");
    assert!(message.contains("UPDATE_CLIENT=1"), "{message}");
    let diff: Vec<_> = message
        .lines()
        .map(str::trim_end)
        .filter(|line| line.starts_with(['-', '+']) && !line.starts_with("---") && !line.starts_with("+++"))
        .collect();
    assert!(diff.contains(&"-    title: number;"), "{message}");
    assert!(diff.contains(&"+    title: string;"), "{message}");
}

/// A folder with the compiler, which npm has installed; nothing if it cannot.
fn with_compiler() -> Option<PathBuf> {
    const PACKAGES: [&str; 2] = ["typescript@5.9.3", "@types/node@22.19.1"];
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("typescript");
    fs::create_dir_all(&folder).unwrap();
    let installed = Command::new("npm")
        .args([
            "install",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
            "--silent",
            "--prefix",
        ])
        .arg(&folder)
        .args(PACKAGES)
        .status();
    match installed {
        Ok(status) if status.success() => Some(folder),
        failed => {
            #[expect(clippy::print_stderr, reason = "nobody shall take it for done")]
            {
                eprintln!("SKIPPED: npm cannot install {PACKAGES:?}: {failed:?}");
            }
            None
        }
    }
}

fn run(command: &mut Command) {
    let output = command.output().expect("the program");
    assert!(
        output.status.success(),
        "{command:?}: {}\n{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
}

#[tokio::test]
async fn the_client_is_strict_typescript_and_does_what_it_says() {
    let Some(folder) = with_compiler() else {
        return;
    };
    for source in [CLIENT, CHECK] {
        let name = Path::new(source).file_name().unwrap();
        fs::copy(source, folder.join(name)).unwrap();
    }
    fs::write(folder.join("package.json"), r#"{ "type": "module" }"#).unwrap();
    run(Command::new("node_modules/.bin/tsc")
        .current_dir(&folder)
        .args([
            "--strict",
            "--exactOptionalPropertyTypes",
            "--noUncheckedIndexedAccess",
            "--noUnusedLocals",
        ])
        .args([
            "--declaration",
            "--target",
            "es2022",
            "--lib",
            "es2022,dom,dom.iterable",
        ])
        .args([
            "--module", "nodenext", "--types", "node", "--outDir", "made", "check.ts",
        ]));

    let serving = listening(board().await).await;
    let address = format!("http://{}", serving.address());
    let mut check = Command::new("node");
    check.current_dir(&folder).args(["made/check.js", &address]);
    tokio::task::spawn_blocking(move || run(&mut check))
        .await
        .unwrap();
    serving.shutdown().await.unwrap();
}

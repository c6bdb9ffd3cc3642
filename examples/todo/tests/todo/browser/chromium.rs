use std::env;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::devtools::DevTools;
use crate::program::PATIENCE;

/// A browser that shows nothing to anybody, and asks nobody but who it is told to.
const FLAGS: [&str; 11] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--remote-debugging-port=0",
    "about:blank",
];

pub(super) struct Chromium {
    process: Child,
    devtools: Mutex<DevTools>,
    _profile: TempDir,
    /// Hears what it has to say, which is much.
    _ear: JoinSet<()>,
}

impl Chromium {
    /// A new one, without a past; nothing if there is none in the system.
    pub(super) async fn start() -> Option<Self> {
        let Some(program) = installed() else {
            let said = writeln!(
                std::io::stderr(),
                "SKIPPED: without Chromium, the page of examples/todo is not tested"
            );
            said.unwrap();
            return None;
        };
        let profile = tempfile::tempdir().unwrap();
        let mut process = Command::new(program)
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .args(FLAGS)
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stderr.take().unwrap()).lines();
        let address = loop {
            let line = timeout(PATIENCE, lines.next_line()).await.expect("a line");
            let line = line.unwrap().expect("it says where it listens");
            if let Some(address) = line.strip_prefix("DevTools listening on ") {
                break address.to_owned();
            }
        };
        let mut ear = JoinSet::new();
        ear.spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Some(Self {
            process,
            devtools: Mutex::new(DevTools::connect(&address).await),
            _profile: profile,
            _ear: ear,
        })
    }

    /// Asks for something, of the page of a session or of the whole browser.
    pub(super) async fn call(
        &self,
        session: Option<&str>,
        method: &str,
        parameters: Value,
    ) -> Value {
        self.devtools
            .lock()
            .await
            .call(session, method, parameters)
            .await
    }

    /// Asks for something that ends with an event, and waits for it.
    pub(super) async fn call_until(
        &self,
        session: &str,
        method: &str,
        parameters: Value,
        event: &str,
    ) {
        let mut devtools = self.devtools.lock().await;
        devtools.forget(session, event);
        devtools.call(Some(session), method, parameters).await;
        devtools.event(session, event).await;
    }

    /// Ends it, and checks that no page has done what it should not.
    pub(super) async fn end(mut self) {
        self.call(None, "Browser.close", json!({})).await;
        let ended = timeout(PATIENCE, self.process.wait()).await;
        ended.expect("an end").unwrap();
        assert_eq!(self.devtools.into_inner().complaints(), Vec::<Value>::new());
    }
}

fn installed() -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    ["chromium", "chromium-browser", "google-chrome"]
        .iter()
        .flat_map(|name| env::split_paths(&path).map(move |folder| folder.join(name)))
        .find(|program| program.is_file())
}

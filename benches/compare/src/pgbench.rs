//! PostgreSQL's own benchmark: how many single inserts it commits, each on its own, into the table of what is written by hand.

use std::fs;
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, ensure};
use harness::{CpuTime, Latencies, Measured};

const SCRIPT: &str = include_str!("insert.sql");

pub(crate) fn insert(at: &str, clients: usize, seconds: f64, server: u32) -> Result<Measured> {
    let folder = tempfile::tempdir().context("no folder for logs")?;
    let script = folder.path().join("insert.sql");
    fs::write(&script, SCRIPT)?;
    // It takes whole seconds.
    let time = format!("{:.0}", seconds.ceil());
    let (clients, threads) = (clients.to_string(), clients.min(2).to_string());
    let before = CpuTime::of_family(server)?;
    let output = Command::new("pgbench")
        .args(["--no-vacuum", "--protocol=prepared", "--log", "--log-prefix=log"])
        .args([
            "--client", &clients, "--jobs", &threads, "--time", &time, "--file",
        ])
        .arg(&script)
        .arg(at)
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .output()
        .context("pgbench is missing; install Debian's package `postgresql-client`")?;
    ensure!(
        output.status.success(),
        "pgbench failed: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    let server_cpu = (CpuTime::of_family(server)? - before).as_secs_f64();

    let mut latencies = Latencies::default();
    for entry in fs::read_dir(folder.path())? {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(b"log.") {
            // Client, number of the transaction, microseconds, and more.
            for line in fs::read_to_string(entry.path())?.lines() {
                let micros = line.split(' ').nth(2).context("a line without a time")?;
                latencies.0.push((micros.parse()?, 1));
            }
        }
    }
    let committed = latencies.0.len() as u64;
    Ok(Measured {
        committed,
        attempts: committed,
        seconds: seconds.ceil(),
        server_cpu,
        latencies,
        ..Measured::default()
    })
}

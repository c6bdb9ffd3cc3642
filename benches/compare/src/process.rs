use std::io::{BufRead as _, BufReader, Lines, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use harness::{Audit, Said};

/// The program of a subject, while it runs.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    input: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Starts a program: its file, where its events are, and what to do.
    pub(crate) fn start(file: &Path, at: &str, variant: &str, task: &[String]) -> Result<Self> {
        let mut child = Command::new(file)
            .args(["--at", at, "--variant", variant])
            .args(task)
            // What is captured of errors would be measured, too.
            .env_remove("RUST_BACKTRACE")
            .env_remove("RUST_LIB_BACKTRACE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot run {}", file.display()))?;
        let input = child.stdin.take().context("it has an input")?;
        let output = child.stdout.take().context("it has an output")?;
        Ok(Self {
            child,
            input,
            lines: BufReader::new(output).lines(),
        })
    }

    /// The next thing that it says.
    pub(crate) fn hear(&mut self) -> Result<Said> {
        let Some(line) = self.lines.next() else {
            bail!("it has ended: {}", self.child.wait()?);
        };
        Ok(serde_json::from_str(&line?)?)
    }

    /// Lets it begin.
    pub(crate) fn go(&mut self) -> Result<()> {
        Ok(self.input.write_all(b"\n")?)
    }

    /// Waits for its end.
    pub(crate) fn end(&mut self) -> Result<()> {
        let status = self.child.wait()?;
        ensure!(status.success(), "it has ended: {status}");
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It mostly has ended; if not, something went wrong, and nothing that it could say matters.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs a program for what it says at the end about what is stored.
pub(crate) fn audit(file: &Path, at: &str, variant: &str, task: &str) -> Result<Audit> {
    let mut process = Process::start(file, at, variant, &[task.to_owned()])?;
    let said = process.hear()?;
    process.end()?;
    match said {
        Said::Audited(audit) => Ok(audit),
        other => bail!("it was to audit, and said {other:?}"),
    }
}

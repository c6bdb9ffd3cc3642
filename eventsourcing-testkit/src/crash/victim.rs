use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use super::Report;

/// Tells a process that it is a victim, and where its store is.
const ADDRESS: &str = "EVENTSOURCING_VICTIM";

/// Where the store of this process is, if it is a victim.
pub fn address() -> Option<OsString> {
    env::var_os(ADDRESS)
}

/// A process that is there to be killed: this binary once more, running one test alone.
#[derive(Debug)]
pub struct Victim {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Victim {
    /// Starts the test of this name, which finds the [`address`] in its environment.
    ///
    /// # Errors
    /// If the process cannot be started.
    pub fn start(test: &str, address: impl AsRef<OsStr>) -> io::Result<Self> {
        Self::start_by(Command::new(env::current_exe()?), test, address)
    }

    /// As [`start`](Self::start), by a command that runs this binary with the arguments that it is given: under a
    /// limit on its resources, say.
    ///
    /// # Errors
    /// If the process cannot be started.
    pub fn start_by(mut command: Command, test: &str, address: impl AsRef<OsStr>) -> io::Result<Self> {
        let mut process = command
            .args([test, "--exact", "--ignored", "--nocapture", "--test-threads=1"])
            .env(ADDRESS, address)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process
            .stdout
            .take()
            .ok_or_else(|| io::Error::other("no pipe from the process"))?;
        Ok(Self {
            process,
            lines: BufReader::new(output).lines(),
        })
    }

    /// The next thing that it says, or `None` if it has come to an end by itself.
    pub fn next_report(&mut self) -> Option<Report> {
        let mut lines = self.lines.by_ref().map_while(Result::ok);
        lines.find_map(|line| line.parse().ok())
    }

    /// Waits until it comes to an end by itself.
    ///
    /// # Errors
    /// If that cannot be found out.
    pub fn wait(mut self) -> io::Result<ExitStatus> {
        while self.next_report().is_some() {}
        self.process.wait()
    }

    /// Kills it, by `SIGKILL` where there is that, and gives what it has said in the meantime.
    ///
    /// # Errors
    /// If it cannot be killed.
    pub fn kill(mut self) -> io::Result<Vec<Report>> {
        self.process.kill()?;
        self.process.wait()?;
        let mut reports = Vec::new();
        while let Some(report) = self.next_report() {
            reports.push(report);
        }
        Ok(reports)
    }
}

impl Drop for Victim {
    /// Whoever is not killed in time is killed now. That fails if it is dead already.
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

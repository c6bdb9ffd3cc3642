use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, Lines};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};

use super::point::STOP_AT;
use super::{Report, Stop};

/// Tells a process that it is a victim, and where its store is.
const ADDRESS: &str = "EVENTSOURCING_VICTIM";

/// Where the store of this process is, if it is a victim.
pub fn address() -> Option<OsString> {
    env::var_os(ADDRESS)
}

/// A process that is there to be killed.
#[derive(Debug)]
pub struct Victim {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Victim {
    /// The command that runs this binary once more, with a single test that is marked `#[ignore]`.
    ///
    /// # Errors
    /// If the path of this binary cannot be found out.
    pub fn test(name: &str) -> io::Result<Command> {
        Ok(Self::test_by(Command::new(env::current_exe()?), name))
    }

    /// As [`test`](Self::test), by a command that runs this binary with the arguments that it is given: under a limit on its
    /// resources, say.
    pub fn test_by(mut command: Command, name: &str) -> Command {
        command.args([name, "--exact", "--ignored", "--nocapture", "--test-threads=1"]);
        command
    }

    /// Starts a process that finds the [`address`] in its environment, and where to stop.
    ///
    /// # Errors
    /// If the process cannot be started.
    pub fn start(mut command: Command, address: impl AsRef<OsStr>, stop: Option<Stop>) -> io::Result<Self> {
        if let Some(stop) = stop {
            command.env(STOP_AT, stop.to_string());
        }
        let mut process = command
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

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::io::{self, BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use tokio::time::Instant;

use super::point::{STOP_AT, STOPPED, Stop};

/// Tells a process that it is a victim, and where its store is.
pub(crate) const ADDRESS: &str = "KILLS_ORDERS_AT";

/// Tells a victim in which SQLite file the stock is, if it is elsewhere.
pub(super) const STOCK: &str = "KILLS_STOCK_AT";

/// A process that leads orders to their end, there to be killed.
pub(super) struct Instance {
    process: Child,
    lines: Receiver<String>,
    stops: bool,
    pub(super) acknowledged: BTreeSet<String>,
}

impl Instance {
    pub(super) fn start(mut command: Command, address: &OsStr, stop: Option<Stop>) -> io::Result<Self> {
        if let Some(stop) = stop {
            command.env(STOP_AT, stop.to_string());
        }
        let mut process = command
            .env(ADDRESS, address)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let out = process
            .stdout
            .take()
            .ok_or_else(|| io::Error::other("no pipe from the process"))?;
        let (said, lines) = mpsc::channel();
        thread::spawn(move || {
            for line in BufReader::new(out).lines().map_while(Result::ok) {
                if said.send(line).is_err() {
                    return;
                }
            }
        });
        Ok(Self {
            process,
            lines,
            stops: stop.is_some(),
            acknowledged: BTreeSet::new(),
        })
    }

    /// Lets it work for so long, or until it has come to where it stops. Tells whether it has.
    ///
    /// # Errors
    /// If it has come to an end by itself.
    pub(super) fn work(&mut self, time: Duration) -> io::Result<bool> {
        let end = Instant::now() + time;
        loop {
            match self
                .lines
                .recv_timeout(end.saturating_duration_since(Instant::now()))
            {
                Ok(line) if line == STOPPED => return Ok(true),
                Ok(order) => {
                    self.acknowledged.insert(order);
                }
                Err(RecvTimeoutError::Timeout) => return Ok(false),
                Err(RecvTimeoutError::Disconnected) => {
                    let status = self.process.wait()?;
                    return Err(io::Error::other(format!(
                        "a victim has come to an end by itself: {status}"
                    )));
                }
            }
        }
    }

    /// Whether it was told to stop somewhere.
    pub(super) fn stops(&self) -> bool {
        self.stops
    }

    /// Kills it, by `SIGKILL` where there is that, and returns what it has had acknowledged.
    pub(super) fn kill(mut self) -> io::Result<BTreeSet<String>> {
        self.process.kill()?;
        self.process.wait()?;
        let rest = self.lines.iter().filter(|line| line != STOPPED);
        let mut acknowledged = std::mem::take(&mut self.acknowledged);
        acknowledged.extend(rest);
        Ok(acknowledged)
    }
}

impl Drop for Instance {
    /// Whoever is left when a campaign fails is killed. That fails if it is dead already.
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

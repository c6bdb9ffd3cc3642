use std::ffi::OsStr;
use std::io;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// Tells a process that it is a victim, and where its store is.
pub(crate) const ADDRESS: &str = "KILLS_BALANCES_AT";

/// A process that pays in and projects.
pub(super) struct Instance {
    process: Child,
}

impl Instance {
    pub(super) fn start(mut command: Command, address: &OsStr) -> io::Result<Self> {
        let process = command
            .env(ADDRESS, address)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        Ok(Self { process })
    }

    pub(super) fn kill(mut self) -> io::Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// Stops it in the middle of whatever it does, and lets it go on later, as if no time had passed.
    pub(super) fn freeze(&self, time: Duration) -> io::Result<()> {
        self.signal("-STOP")?;
        sleep(time);
        self.signal("-CONT")
    }

    fn signal(&self, signal: &str) -> io::Result<()> {
        let status = Command::new("kill")
            .args([signal, &self.process.id().to_string()])
            .status()?;
        if status.success() {
            Ok(())
        } else {
            Err(io::Error::other("a process has come to an end by itself"))
        }
    }
}

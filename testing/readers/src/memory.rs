//! How much memory this process has.

use std::fs;
use std::io;

/// From here on, until it is asked for.
pub(crate) struct Growth {
    before: u64,
}

impl Growth {
    pub(crate) fn begin() -> io::Result<Self> {
        // The highest mark is set to what there is now: see proc(5).
        fs::write("/proc/self/clear_refs", "5")?;
        Ok(Self {
            before: status("VmRSS:")?,
        })
    }

    /// By how many KiB it has grown, at most, at any time since.
    pub(crate) fn most(&self) -> io::Result<u64> {
        Ok(status("VmHWM:")?.saturating_sub(self.before))
    }
}

fn status(name: &str) -> io::Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok());
    kib.ok_or_else(|| io::Error::from(io::ErrorKind::Unsupported))
}

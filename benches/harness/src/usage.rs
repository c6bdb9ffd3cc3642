use std::fs;
use std::ops::Sub;
use std::time::Duration;

use anyhow::{Context as _, Result};

/// The time that processes have spent on processors, in the program and in the kernel. Linux counts it in steps of 10 ms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CpuTime(pub Duration);

impl CpuTime {
    /// That of this process.
    ///
    /// # Errors
    /// If Linux does not say.
    pub fn of_self() -> Result<Self> {
        Ok(Self(Stat::read("self")?.own))
    }

    /// That of a process, of its children, and of those that have ended: of a PostgreSQL server, given its postmaster.
    ///
    /// # Errors
    /// If Linux does not say.
    pub fn of_family(parent: u32) -> Result<Self> {
        let stat = Stat::read(&parent.to_string())?;
        let mut sum = stat.own + stat.ended_children;
        for entry in fs::read_dir("/proc").context("no /proc")?.flatten() {
            let name = entry.file_name();
            let Some(name) = name.to_str().filter(|name| name.parse::<u32>().is_ok()) else {
                continue;
            };
            // It may have ended in between.
            if let Ok(child) = Stat::read(name)
                && child.parent == parent
            {
                sum += child.own;
            }
        }
        Ok(Self(sum))
    }
}

impl Sub for CpuTime {
    type Output = Duration;

    fn sub(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

/// What `/proc/[pid]/stat` says; see `man 5 proc`.
struct Stat {
    parent: u32,
    own: Duration,
    ended_children: Duration,
}

impl Stat {
    fn read(process: &str) -> Result<Self> {
        let text = fs::read_to_string(format!("/proc/{process}/stat")).context("no such process")?;
        // The name of the program comes second, in parentheses, and may hold anything.
        let (_, fields) = text.rsplit_once(") ").context("not a stat")?;
        let fields: Vec<_> = fields.split(' ').collect();
        let number = |field: usize| -> Result<u64> {
            Ok(fields.get(field - 3).context("a field is missing")?.parse()?)
        };
        Ok(Self {
            parent: u32::try_from(number(4)?)?,
            own: ticks(number(14)? + number(15)?),
            ended_children: ticks(number(16)? + number(17)?),
        })
    }
}

/// `USER_HZ` is 100 on every architecture that matters.
fn ticks(ticks: u64) -> Duration {
    Duration::from_millis(ticks * 10)
}

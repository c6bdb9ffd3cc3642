use std::env;
use std::fmt;
use std::future::pending;
use std::io::{self, Write as _};
use std::str::FromStr;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

/// Tells a victim where to stop.
pub(super) const STOP_AT: &str = "KILLS_STOP_AT";

/// What a victim says when it has come there.
pub(super) const STOPPED: &str = "stopped";

/// A place in the work of a process manager at which a victim stands still, to be killed there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Point {
    /// Events were read, and nothing of them is handled.
    PageRead,
    /// A reaction is to be recorded.
    BeforeRecord,
    /// A reaction was recorded, and nothing of it sent.
    AfterRecord,
    /// A command that a manager sends is to be written, most often together with the progress.
    BeforeSend,
    /// A command that a manager has sent was written, and the manager does not know.
    AfterSend,
    /// The progress is to be written by itself.
    BeforeProgress,
    /// The progress was written by itself.
    AfterProgress,
}

impl Point {
    pub(super) const ALL: [Self; 7] = [
        Self::PageRead,
        Self::BeforeRecord,
        Self::AfterRecord,
        Self::BeforeSend,
        Self::AfterSend,
        Self::BeforeProgress,
        Self::AfterProgress,
    ];

    /// Comes by here, and stays for ever if this victim is to stop here now.
    pub(super) async fn pass(self) {
        static STOP: LazyLock<Option<Stop>> = LazyLock::new(|| env::var(STOP_AT).ok()?.parse().ok());
        static PASSED: AtomicU32 = AtomicU32::new(0);
        let Some(stop) = STOP.filter(|stop| stop.point == self) else {
            return;
        };
        if PASSED.fetch_add(1, Ordering::Relaxed) + 1 == stop.pass {
            say(STOPPED);
            pending::<()>().await;
        }
    }
}

/// Tells whoever is to kill this process. What is in the pipe outlives it.
pub(super) fn say(what: &str) {
    let mut out = io::stdout().lock();
    // Whoever listened is gone, so nobody can miss it.
    let _ = writeln!(out, "{what}").and_then(|()| out.flush());
}

/// Where a victim stops: at a point, when it comes by for the n-th time. The first is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stop {
    pub(super) point: Point,
    pub(super) pass: u32,
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}:{}", self.point, self.pass)
    }
}

impl FromStr for Stop {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (name, pass) = text.split_once(':').ok_or(())?;
        let mut all = Point::ALL.into_iter();
        let point = all.find(|point| format!("{point:?}") == name).ok_or(())?;
        Ok(Self {
            point,
            pass: pass.parse().map_err(|_| ())?,
        })
    }
}

use std::thread::sleep;
use std::time::Duration;

use crate::SqliteError;

/// Tries again, with growing pauses, until the database has been in use elsewhere for this long. Blocks the thread.
///
/// SQLite's own busy handler pauses for up to 100 ms, which is long for a group of appends that takes one or two; and some
/// calls, such as the switch to write-ahead logging, do not use it.
pub(crate) fn while_busy<T>(
    patience: Duration,
    mut attempt: impl FnMut() -> Result<T, SqliteError>,
) -> Result<T, SqliteError> {
    const LONGEST: Duration = Duration::from_millis(5);
    let mut pause = Duration::from_micros(100);
    let mut waited = Duration::ZERO;
    loop {
        match attempt() {
            Err(error) if error.is_busy() && waited < patience => {
                sleep(pause);
                waited += pause;
                pause = LONGEST.min(pause * 2);
            }
            done => return done,
        }
    }
}

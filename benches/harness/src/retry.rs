use std::time::Duration;

use anyhow::Result;

use crate::subject::Done;

/// What came of one attempt of a command.
#[derive(Debug)]
pub enum Attempt {
    /// It is committed.
    Committed,
    /// A rule of the bank said no.
    Refused,
    /// Somebody else was faster; nothing was written.
    Conflict,
}

/// Tries a command until there is no conflict: for subjects that leave this to their users.
///
/// Between attempts it pauses for a random time of up to 1 ms, doubled with each attempt up to 32 ms: "full jitter" as in
/// <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>.
///
/// # Errors
/// What the attempt fails with.
pub async fn retry<F: Future<Output = Result<Attempt>>>(mut attempt: impl FnMut() -> F) -> Result<Done> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        match attempt().await? {
            Attempt::Committed => return Ok(Done::Committed { attempts }),
            Attempt::Refused => return Ok(Done::Refused),
            Attempt::Conflict => pause(attempts).await,
        }
    }
}

async fn pause(attempts: u32) {
    let longest = 1_000 << (attempts - 1).min(5);
    tokio::time::sleep(Duration::from_micros(fastrand::u64(0..=longest))).await;
}

//! Clients that hear of every event.

use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::time::Instant;

use crate::client::Client;
use crate::error::{BoxError, Failed};

/// How long the events of a phase took to arrive at one client, in microseconds.
pub(crate) type Delays = Vec<u32>;

#[derive(Deserialize)]
struct Message<'a> {
    #[serde(default, borrow)]
    events: Vec<Event<'a>>,
}

#[derive(Deserialize)]
struct Event<'a> {
    position: &'a str,
    data: Data,
}

#[derive(Deserialize)]
struct Data {
    sent_at: u64,
}

/// Listens to phases of so many events each, which have to come in the order of the log, none twice and none left out. After each,
/// tells how long its events took.
pub(crate) async fn listen(
    mut client: Client,
    phases: Vec<usize>,
    start: Instant,
    done: mpsc::Sender<Delays>,
) -> Result<Client, BoxError> {
    let mut last = 0;
    let mut phases = phases.into_iter();
    let Some(mut wanted) = phases.next() else {
        return Ok(client);
    };
    let mut delays = Delays::with_capacity(wanted);
    loop {
        let text = client.next().await?;
        let message: Message<'_> = serde_json::from_str(&text)?;
        let now = micros_since(start);
        for event in message.events {
            let found = event.position.parse()?;
            if found != last + 1 {
                return Err(Failed::Order {
                    expected: last + 1,
                    found,
                }
                .into());
            }
            last = found;
            let delay = now.saturating_sub(event.data.sent_at);
            delays.push(u32::try_from(delay).unwrap_or(u32::MAX));
        }
        if delays.len() >= wanted {
            done.send(delays).await.map_err(|_| Failed::Gone)?;
            wanted = match phases.next() {
                Some(wanted) => wanted,
                None => return Ok(client),
            };
            delays = Delays::with_capacity(wanted);
        }
    }
}

pub(crate) fn micros_since(start: Instant) -> u64 {
    u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX)
}

//! What is served: bells, which are rung.

use std::convert::Infallible;

use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "bell")]
pub(crate) struct BellId(u32);

#[derive(Event, Clone, Debug)]
#[event(prefix = "bell")]
pub(crate) enum BellEvent {
    Rung {
        #[stream]
        bell: BellId,
        /// When the command was sent, as whoever has sent it counts: in microseconds.
        sent_at: u64,
        /// As many bytes as events usually have.
        note: String,
    },
}

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(BellEvent))]
pub(crate) struct Ring {
    #[stream(append)]
    pub(crate) bell: BellId,
    pub(crate) sent_at: u64,
    pub(crate) note: String,
}

impl Ring {
    /// The command with this number, and so many bytes of a note.
    pub(crate) fn new(number: u32, sent_at: u64, note: usize) -> Self {
        const BELLS: u32 = 100;
        Self {
            bell: BellId(number % BELLS),
            sent_at,
            note: "x".repeat(note),
        }
    }
}

impl CommandLogic for Ring {
    type Error = Infallible;

    fn handle(&self, _: &RingState, cx: &mut Decide<Self>) -> Result<(), Infallible> {
        let Self { bell, sent_at, note } = self.clone();
        emit!(cx, BellEvent::Rung { bell, sent_at, note });
        Ok(())
    }
}

#[service(commands(Ring))]
pub(crate) struct Tower;

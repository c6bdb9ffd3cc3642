//! Which events a handler takes, and how it reads them: what process managers and projections have in common.

use std::sync::Arc;

use crate::const_text::ConstText;
use crate::event::derived::shared_name;
use crate::event::{DecodeError, Event, Recorded, variant_index};
use crate::process::Listened;
use crate::{EventTypes, RecordedEvent};

/// The event types of an entry of `on`, and how they are read.
#[derive(Debug)]
pub struct Heard<E> {
    /// What a service is told of it.
    pub listened: Listened,
    decode: fn(Arc<RecordedEvent>) -> Result<Recorded<E>, DecodeError>,
}

impl<E> Heard<E> {
    pub(crate) fn takes(&self, event: &RecordedEvent) -> bool {
        self.listened.types.contains(event.event_type.as_str())
    }

    pub(crate) fn decode(&self, event: &Arc<RecordedEvent>) -> Result<Recorded<E>, DecodeError> {
        (self.decode)(Arc::clone(event))
    }
}

/// One variant of an event.
///
/// # Panics
/// If there is no such variant. The macro calls it in a constant, where this is a compile error.
#[track_caller]
pub const fn hear_variant<E: Event>(name: &str, shown: &'static str) -> Heard<E> {
    hear::<E>(E::VARIANTS[variant_index(E::VARIANTS, name)].types, shown)
}

/// A whole event.
pub const fn hear_event<E: Event>(shown: &'static str) -> Heard<E> {
    hear(const { &E::TYPES }, shown)
}

const fn hear<E: Event>(types: &'static EventTypes, shown: &'static str) -> Heard<E> {
    Heard {
        listened: Listened {
            types,
            event: const { &E::TYPES },
            shown,
        },
        decode: Recorded::decode,
    }
}

/// Checks that no other entry takes an event that this one takes too.
///
/// # Panics
/// If one does. The macro calls it in a constant, where this is a compile error.
#[track_caller]
pub const fn assert_heard_once(on: &[Listened], entry: usize) {
    let mut at = 0;
    while at < entry {
        if let Some(name) = shared_name(on[entry].types, on[at].types) {
            let message = ConstText::of(&[
                "the event `",
                name,
                "` is taken by `",
                on[at].shown,
                "` already; keep one of them",
            ]);
            #[expect(clippy::panic, reason = "documented; a compile error in constants")]
            {
                panic!("{}", message.as_str())
            }
        }
        at += 1;
    }
}

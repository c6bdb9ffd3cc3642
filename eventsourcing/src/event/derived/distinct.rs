use crate::EventTypes;
use crate::const_text::ConstText;
use crate::event::Event;

/// Checks that no other variant has a stored name of this one, which wraps another event.
///
/// # Panics
/// If one has. The derive calls it in a constant, where this is a compile error.
#[track_caller]
pub const fn assert_distinct_names<E: Event>(index: usize) {
    let wrapper = &E::VARIANTS[index];
    let mut at = 0;
    while at < E::VARIANTS.len() {
        let other = &E::VARIANTS[at];
        if at != index
            && let Some(name) = shared_name(wrapper.types, other.types)
        {
            let message = ConstText::of(&[
                "the stored name `",
                name,
                "` is in the event that `",
                wrapper.name,
                "` wraps, and in `",
                other.name,
                "` too; a stored event could be read as either",
            ]);
            #[expect(clippy::panic, reason = "documented; a compile error in constants")]
            {
                panic!("{}", message.as_str())
            }
        }
        at += 1;
    }
}

/// A name or alias that both have.
pub(crate) const fn shared_name(a: &EventTypes, b: &EventTypes) -> Option<&'static str> {
    let mut at = 0;
    while at < a.own.len() {
        let own = &a.own[at];
        if b.contains(own.name) {
            return Some(own.name);
        }
        let mut alias = 0;
        while alias < own.aliases.len() {
            if b.contains(own.aliases[alias]) {
                return Some(own.aliases[alias]);
            }
            alias += 1;
        }
        at += 1;
    }
    at = 0;
    while at < a.nested.len() {
        if let Some(name) = shared_name(a.nested[at], b) {
            return Some(name);
        }
        at += 1;
    }
    None
}

use crate::EventTypes;
use crate::const_text::{ConstText, same};

/// A variant of an event enum, by its name in Rust.
#[derive(Clone, Copy, Debug)]
pub struct Variant {
    /// Its name in Rust.
    pub name: &'static str,
    /// Its event types: one of its own, or those that it delegates to.
    pub types: &'static EventTypes,
}

/// Where a variant stands in its enum; macros turn a variant that a user names into this number.
///
/// # Panics
/// If there is no such variant. The macros call it in constants, where this is a compile error.
#[track_caller]
pub const fn variant_index(variants: &[Variant], name: &str) -> usize {
    let mut at = 0;
    while at < variants.len() {
        if same(variants[at].name, name) {
            return at;
        }
        at += 1;
    }
    #[expect(clippy::panic, reason = "documented; a compile error in constants")]
    {
        panic!(
            "{}",
            ConstText::of(&["the event has no variant `", name, "`"]).as_str()
        )
    }
}

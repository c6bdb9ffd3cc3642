use crate::EventTypes;
use crate::command::{Contains, Decide, EmitInto, EmitsAll, Emittable, WritableIn};
use crate::event::{Event, variant_index};
use crate::state::State;

/// A field to whose streams a command may append: [`Declares::Field`](crate::command::Declares::Field) of such a field.
#[derive(Debug)]
pub enum Writable {}

#[diagnostic::do_not_recommend]
impl<C, K> WritableIn<C, K> for Writable {}

/// A state that is folded from events that can be of type `E`. A command without `emits(..)` emits those.
pub trait Folds<E> {}

#[diagnostic::do_not_recommend]
impl<E, S: State<Event: Contains<E>>> Folds<E> for S {}

/// A variant in `emits(..)`.
#[derive(Debug)]
pub struct Listing {
    /// Its place in [`Event::VARIANTS`].
    pub index: usize,
    /// Its event types.
    pub types: &'static EventTypes,
}

/// A variant of an event, by its name in Rust.
///
/// # Panics
/// If there is no such variant. The derive calls it in a constant, where this is a compile error.
#[track_caller]
pub const fn list_variant<E: Event>(name: &str) -> Listing {
    let index = variant_index(E::VARIANTS, name);
    Listing {
        index,
        types: E::VARIANTS[index].types,
    }
}

/// All event types of an event.
pub const fn list_event<E: Event>() -> &'static EventTypes {
    const { &E::TYPES }
}

/// Checks that an entry of `emits(..)` is not part of another one: the compiler could not tell by which of the two an
/// event is emitted.
///
/// # Panics
/// If it is. The derive calls it in a constant, where this is a compile error.
#[track_caller]
pub const fn assert_listed_once(entries: &[&EventTypes], entry: usize) {
    let mut at = 0;
    while at < entries.len() {
        let told_there = at > entry && is_within(entries[at], entries[entry]);
        assert!(
            at == entry || told_there || !is_within(entries[entry], entries[at]),
            "this event is part of another entry of `emits(..)`; remove it"
        );
        at += 1;
    }
}

/// Whether all types of one event, of which there are some, are among those of another.
const fn is_within(part: &EventTypes, whole: &EventTypes) -> bool {
    let mut at = 0;
    while at < part.own.len() {
        if !whole.contains(part.own[at].name) {
            return false;
        }
        at += 1;
    }
    at = 0;
    while at < part.nested.len() {
        if !is_within(part.nested[at], whole) {
            return false;
        }
        at += 1;
    }
    !part.own.is_empty() || !part.nested.is_empty()
}

/// Emits an event of which the macro cannot see the variant.
pub fn emit_value<E, C, L, M>(event: &E, cx: &mut Decide<C>)
where
    E: Emittable<Itself: EmitInto<C, M>>,
    C: EmitsAll<E::Itself, L>,
{
    cx.__emit(event);
}

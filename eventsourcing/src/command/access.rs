//! The compile-time proof that a command emits only what it says, and only to streams that it may write.
//!
//! The derives implement these traits; their messages are what users see when the proof fails. See the decision record
//! on the proof of writes.

use super::{Command, Decide};
use crate::event::Event;

/// How [`Declares`] is matched: by the key type itself.
#[derive(Debug)]
pub enum Exact {}

/// How [`Declares`] is matched: by the `N`th type parameter of the command.
#[derive(Debug)]
pub enum Generic<const N: usize> {}

/// How [`Emits`] is matched: by the `N`th entry of `emits(..)`.
#[derive(Debug)]
pub enum Listed<const N: usize> {}

/// A command with a stream of key type `K`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not declare a stream of type `{K}`, so it cannot emit this event",
    label = "this event belongs to a `{K}` stream",
    note = "add a stream field to `{Self}`: `#[stream] name: {K}`"
)]
pub trait Declares<K, M = Exact>: Command {
    /// Stands for the field. It is [`WritableIn`] the command, unless the field is declared `#[stream(read)]`.
    type Field;
}

/// A field of the command `C` to whose streams, of key type `K`, it may append. Those that are only read are not.
#[diagnostic::on_unimplemented(
    message = "`{C}` only reads the `{K}` stream that it declares, so it cannot emit this event",
    label = "this event belongs to a `{K}` stream",
    note = "write `#[stream]` instead of `#[stream(read)]` on that field of `{C}`"
)]
pub trait WritableIn<C, K> {}

/// A command that lists the event type number `N` of `E` in `emits(..)`, by its entry `L`. The derive implements it; what
/// is asked for is [`Emits`] and [`EmitsAll`], whose messages do not depend on the entries that there are.
pub trait Lists<E, const N: usize, L>: Command {}

/// Stands for every event type of an event: a number that none has.
const EVERY: usize = usize::MAX;

/// A command that says it emits the event type number `N` of `E`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say that it emits this event of `{E}`",
    label = "not in `emits(..)`",
    note = "list it in the command: `#[command(emits({E}))]`, or of an enum this variant alone: `emits({E}::Variant)`"
)]
pub trait Emits<E, const N: usize, L>: Command {}

#[diagnostic::do_not_recommend]
impl<C: Lists<E, N, L>, E, const N: usize, L> Emits<E, N, L> for C {}

/// A command that says it emits every event of `E`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not say that it emits every event of `{E}`",
    label = "this can be any event of `{E}`",
    note = "write the variant here, `emit!(cx, {E}::Variant {{ .. }})`, or list the whole type: `#[command(emits({E}))]`"
)]
pub trait EmitsAll<E, L>: Command {}

#[diagnostic::do_not_recommend]
impl<C: Lists<E, EVERY, L>, E, L> EmitsAll<E, L> for C {}

/// An event whose values can be of type `E`: itself, or a struct event that one of its variants delegates to.
pub trait Contains<E> {}

#[diagnostic::do_not_recommend]
impl<E: Event> Contains<E> for E {}

/// An event that the command `C` may emit to all streams that the event can belong to.
#[diagnostic::on_unimplemented(
    message = "some event of `{Self}` has no `#[stream]` field, so `emit!` does not know the stream of this value",
    label = "this can be an event that does not say which stream it belongs to",
    note = "write the variant here: `emit!(cx, {Self}::Variant {{ .. }})`"
)]
pub trait EmitInto<C, M> {}

/// What [`emit!`](crate::emit) takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an event",
    label = "this type is not an event",
    note = "add `#[derive(Event)]` to `{Self}`"
)]
pub trait Emittable: Event {
    /// The event itself. What is not an event has none, so that the compiler says only that, and does not go on to ask
    /// who may emit it.
    type Itself;
}

/// An event that says which stream it belongs to.
#[diagnostic::on_unimplemented(
    message = "this event of `{Self}` has no `#[stream]` field, so `emit!` does not know its stream",
    label = "the event does not say which stream it belongs to",
    note = "mark the field that holds the stream key with `#[stream]`; without one, only an aggregate can emit it"
)]
pub trait Addressed<C> {}

impl<C: Command> Decide<C> {
    /// What [`emit!`](crate::emit) ends in, once the proof is made.
    #[doc(hidden)]
    pub fn __emit<E: Event>(&mut self, event: &E) {
        self.push(event);
    }
}

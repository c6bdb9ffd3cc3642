use std::fmt;
use std::marker::PhantomData;

use super::Aggregate;
use crate::event::Recorded;
use crate::state::State;

/// What is known of an aggregate without state: nothing, whatever happens.
pub struct Stateless<A>(PhantomData<fn(A)>);

#[diagnostic::do_not_recommend]
impl<A: Aggregate> State for Stateless<A> {
    type Key = A::Id;
    type Event = A::Event;

    fn apply(&mut self, _: &A::Id, _: &Recorded<A::Event>) {}
}

impl<A> Default for Stateless<A> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<A> Clone for Stateless<A> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<A> fmt::Debug for Stateless<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stateless")
    }
}

use crate::event::Event;

/// The events that a method of an aggregate may return: an event `E`, an `Option`, a `Vec` or an array of events, or `()`
/// for none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of `{E}`s",
    label = "a command of this aggregate emits `{E}`s",
    note = "return one `{E}`, an `Option`, a `Vec` or an array of them, or `()` for none; or a `Result` of that"
)]
pub trait IntoEvents<E> {
    /// The events, in the order in which they happened.
    fn into_events(self) -> impl Iterator<Item = E>;
}

impl<E: Event> IntoEvents<E> for E {
    fn into_events(self) -> impl Iterator<Item = E> {
        std::iter::once(self)
    }
}

impl<E> IntoEvents<E> for Option<E> {
    fn into_events(self) -> impl Iterator<Item = E> {
        self.into_iter()
    }
}

impl<E> IntoEvents<E> for Vec<E> {
    fn into_events(self) -> impl Iterator<Item = E> {
        self.into_iter()
    }
}

impl<E, const N: usize> IntoEvents<E> for [E; N] {
    fn into_events(self) -> impl Iterator<Item = E> {
        self.into_iter()
    }
}

impl<E> IntoEvents<E> for () {
    fn into_events(self) -> impl Iterator<Item = E> {
        std::iter::empty()
    }
}

/// What a method of an aggregate returns: events `E`; or if the command may be refused, a `Result` of them, or why not, `X`.
#[diagnostic::on_unimplemented(
    message = "a command of this aggregate does not return a `{Self}`",
    label = "neither `{E}`s nor a `Result<_, {X}>`",
    note = "return one `{E}`, an `Option`, a `Vec` or an array of them, or `()`; or a `Result` of that and `{X}`, if the command may be refused",
    note = "an aggregate says how its commands are refused: `#[aggregate(.., error = Error)]`; by default with a `Rejection`"
)]
pub trait Decided<E, X> {
    /// The events.
    type Events: IntoEvents<E>;

    /// The same as a `Result`.
    ///
    /// # Errors
    /// If the command is refused.
    fn into_result(self) -> Result<Self::Events, X>;
}

impl<R: IntoEvents<E>, E, X> Decided<E, X> for Result<R, X> {
    type Events = R;

    fn into_result(self) -> Self {
        self
    }
}

/// Events by themselves: the command is never refused.
macro_rules! never_refused {
    ($([$($parameters:tt)*] $events:ty;)*) => {$(
        impl<X, $($parameters)*> Decided<E, X> for $events {
            type Events = Self;

            fn into_result(self) -> Result<Self, X> {
                Ok(self)
            }
        }
    )*};
}

never_refused! {
    [E: Event] E;
    [E] Option<E>;
    [E] Vec<E>;
    [E, const N: usize] [E; N];
    [E] ();
}

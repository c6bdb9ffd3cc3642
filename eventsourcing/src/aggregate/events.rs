/// What a method of an aggregate may return in its `Result`: an event `E`, an `Option`, a `Vec` or an array of events, or `()`
/// for none.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of `{E}`s",
    label = "a command of this aggregate emits `{E}`s",
    note = "return a `Result` of one `{E}`, of an `Option`, a `Vec` or an array of them, or of `()` for none"
)]
pub trait IntoEvents<E> {
    /// The events, in the order in which they happened.
    fn into_events(self) -> impl Iterator<Item = E>;
}

impl<E: crate::event::Event> IntoEvents<E> for E {
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

/// What a method of an aggregate returns: events `E`, or why there are none, `X`.
#[diagnostic::on_unimplemented(
    message = "a command of this aggregate does not return a `{Self}`",
    label = "not a `Result<_, {X}>`",
    note = "return a `Result<Events, {X}>`, where `Events` is one `{E}`, an `Option`, a `Vec` or an array of them, or `()`"
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

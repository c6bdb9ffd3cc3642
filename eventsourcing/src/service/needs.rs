//! Which resources a service asks for and has not been given yet, as a type.

/// A resource `T` is still to be provided, and those of `Rest`. Of a service that asks for nothing more, it is `()`.
#[derive(Debug)]
pub struct Missing<T, Rest> {
    missing: std::marker::PhantomData<fn(T, Rest)>,
}

/// A resource that a service asks for and has not been given yet.
#[diagnostic::on_unimplemented(
    message = "the service asks for no `{Self}`, or has been given one already",
    label = "this resource is not asked for",
    note = "list it: `#[service(resources({Self}))]`"
)]
pub trait AskedFor<Resources, Place> {
    /// What is still to be provided after it.
    type Rest;
}

/// It is the first.
#[derive(Debug)]
pub enum Here {}

/// It is among those after the first.
#[derive(Debug)]
pub struct After<Place> {
    place: std::marker::PhantomData<Place>,
}

#[diagnostic::do_not_recommend]
impl<T, Rest> AskedFor<Missing<T, Rest>, Here> for T {
    type Rest = Rest;
}

#[diagnostic::do_not_recommend]
impl<T: AskedFor<Rest, Place>, U, Rest, Place> AskedFor<Missing<U, Rest>, After<Place>> for T {
    type Rest = Missing<U, T::Rest>;
}

/// Nothing is to be provided any more.
pub trait Complete {}

impl Complete for () {}

impl<T: Provided, Rest: Complete> Complete for Missing<T, Rest> {}

/// Nothing that is missing is.
#[diagnostic::on_unimplemented(
    message = "the service cannot start without a resource that it asks for: `{Self}`",
    label = "a `{Self}` is missing",
    note = "call `.provide(value)` with a `{Self}` before"
)]
pub trait Provided {}

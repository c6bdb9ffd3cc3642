//! What a service asks for and has not been given yet, as a type: its resources, and its projections.

use std::collections::HashMap;
use std::marker::PhantomData;

use crate::projection::derived::ByDefault;
use crate::projection::{Projection, Projector};

/// What makes the projections of a service, by their names.
pub type Projectors = HashMap<&'static str, Box<dyn Projector>>;

/// `T` is still to be provided, and what is in `Rest`. Of a service that asks for nothing more, it is `()`.
#[derive(Debug)]
pub struct Missing<T, Rest> {
    missing: PhantomData<fn(T, Rest)>,
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
    place: PhantomData<Place>,
}

#[diagnostic::do_not_recommend]
impl<T, Rest> AskedFor<Missing<T, Rest>, Here> for T {
    type Rest = Rest;
}

#[diagnostic::do_not_recommend]
impl<T: AskedFor<Rest, Place>, U, Rest, Place> AskedFor<Missing<U, Rest>, After<Place>> for T {
    type Rest = Missing<U, T::Rest>;
}

/// A projection that the service lists. One that has a default need not be provided.
#[derive(Debug)]
pub struct ProjectionOf<P> {
    projection: PhantomData<fn(P)>,
}

/// A projection that a service lists and has not been given yet.
#[diagnostic::on_unimplemented(
    message = "the service lists no projection `{Self}`, or has been given one already",
    label = "this projection is not listed",
    note = "list it: `#[service(projections({Self}))]`"
)]
pub trait ListedIn<Resources, Place> {
    /// What is still to be provided after it.
    type Rest;
}

#[diagnostic::do_not_recommend]
impl<P, Rest> ListedIn<Missing<ProjectionOf<P>, Rest>, Here> for P {
    type Rest = Rest;
}

#[diagnostic::do_not_recommend]
impl<P: ListedIn<Rest, Place>, U, Rest, Place> ListedIn<Missing<U, Rest>, After<Place>> for P {
    type Rest = Missing<U, P::Rest>;
}

/// Nothing has to be provided any more.
pub trait Complete {
    /// Makes what was not provided, and need not be.
    fn make(made: &mut Projectors);
}

impl Complete for () {
    fn make(_: &mut Projectors) {}
}

impl<T: Provided, Rest: Complete> Complete for Missing<T, Rest> {
    fn make(made: &mut Projectors) {
        T::make(made);
        Rest::make(made);
    }
}

/// What is missing, and can be made. No resource can.
#[diagnostic::on_unimplemented(
    message = "the service cannot start without a resource that it asks for: `{Self}`",
    label = "a `{Self}` is missing",
    note = "call `.provide(value)` with a `{Self}` before"
)]
pub trait Provided {
    /// Makes it.
    fn make(made: &mut Projectors);
}

impl<P: Projection + ByDefault> Provided for ProjectionOf<P> {
    fn make(made: &mut Projectors) {
        made.insert(P::PROJECTION.name, P::by_default().into_projector());
    }
}

//! What the keys of `#[service(..)]` and `#[module(..)]` take: one function for each, which makes a part of what is listed.
//! A type that cannot be listed there is one error, at its name.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Content, Module, Part, route};
use crate::aggregate::Aggregate;
use crate::command::{Command, CommandLogic};
use crate::event::Event;
use crate::process::ProcessManager;
use crate::projection::Projection;
use crate::query::derived::facts;
use crate::query::{Query, QueryLogic};

/// What can be written and read, as commands are that arrive by their names.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent, so it cannot be listed under `commands(..)`",
    label = "this command cannot be written and read",
    note = "add `#[derive(Serialize, Deserialize)]` to `{Self}`"
)]
pub trait Sendable: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<C: Serialize + DeserializeOwned> Sendable for C {}

/// The [origin](Command::Origin) of a command that is listed for itself, which is the command itself. What is no command has no
/// origin, so that the compiler says only that.
#[diagnostic::on_unimplemented(
    message = "`{C}` is a command of the aggregate `{Self}`",
    label = "this command comes with its aggregate",
    note = "list `{Self}` under `aggregates(..)`, and `{C}` not at all"
)]
pub trait Routes<C> {
    /// The command. One of an aggregate has none, so that the compiler says only that.
    type Itself;
}

#[diagnostic::do_not_recommend]
impl<C: Command> Routes<C> for C {
    type Itself = Self;
}

/// `aggregates(A)`
pub const fn list_aggregate<A: Aggregate>(name: &'static str) -> Part {
    let content = Content::Aggregate {
        events: const { &<A::Event as Event>::TYPES },
        routes: A::ROUTES,
    };
    Part { name, content }
}

/// `commands(C)`
pub const fn list_command<C>(name: &'static str) -> Part
where
    C: Command<Origin: Routes<C, Itself: CommandLogic + Sendable>>,
{
    let content = Content::Command(route::<<C::Origin as Routes<C>>::Itself>());
    Part { name, content }
}

/// `process_managers(M)`
pub const fn list_process_manager<M: ProcessManager>(name: &'static str) -> Part {
    let content = Content::ProcessManager(M::MANAGER);
    Part { name, content }
}

/// `projections(P)`
pub const fn list_projection<P: Projection>(name: &'static str) -> Part {
    let content = Content::Projection(P::PROJECTION);
    Part { name, content }
}

/// What can be written and read, as queries are that arrive by their names.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent, so it cannot be listed under `queries(..)`",
    label = "this query cannot be written and read",
    note = "add `#[derive(Serialize, Deserialize)]` to `{Self}`"
)]
pub trait Askable: Serialize + DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<Q: Serialize + DeserializeOwned> Askable for Q {}

/// What can be written, as results are that are sent.
#[diagnostic::on_unimplemented(
    message = "the result `{Self}` of a query cannot be sent",
    label = "the result of this query cannot be written",
    note = "add `#[derive(Serialize)]` to the type of the result, or of its rows"
)]
pub trait Tellable: Serialize {}

#[diagnostic::do_not_recommend]
impl<T: Serialize> Tellable for T {}

/// `queries(Q)`
pub const fn list_query<Q>(name: &'static str) -> Part
where
    Q: QueryLogic + Query<Result: Tellable> + Askable,
{
    let content = Content::Query(facts::<Q>());
    Part { name, content }
}

/// `modules(M)`
pub const fn list_module<M: Module>(name: &'static str) -> Part {
    let content = M::PART.content;
    Part { name, content }
}

/// `extern_events(E = "reason")`
pub const fn list_extern_events<E: Event>(name: &'static str, reason: &'static str) -> Part {
    let events = const { &E::TYPES };
    let content = Content::ExternEvents { events, reason };
    Part { name, content }
}

/// `extern_commands(C = "reason")`
pub const fn list_extern_command<C: Command>(name: &'static str, reason: &'static str) -> Part {
    let content = Content::ExternCommand {
        name: C::NAME,
        origin: C::ORIGIN,
        reason,
    };
    Part { name, content }
}

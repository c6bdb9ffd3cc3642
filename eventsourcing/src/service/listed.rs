//! What the keys of `#[service(..)]` and `#[module(..)]` take: one function for each, which makes a part of what is listed.
//! A type that cannot be listed there is one error, at its name.

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Content, Module, Part, Route, route};
use crate::aggregate::Aggregate;
use crate::command::{Command, CommandLogic};
use crate::event::Event;
use crate::process::ProcessManager;

/// A command that can be routed: one that is decided, and can be sent.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent, so it cannot be listed under `commands(..)`",
    label = "this command cannot be written and read",
    note = "add `#[derive(Serialize, Deserialize)]` to `{Self}`"
)]
pub trait Routable: CommandLogic + Serialize + DeserializeOwned {
    /// Its route.
    const ROUTE: Route;
}

#[diagnostic::do_not_recommend]
impl<C: CommandLogic + Serialize + DeserializeOwned> Routable for C {
    const ROUTE: Route = route::<C>();
}

/// A command that is listed for itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is a command of an aggregate",
    label = "this command comes with its aggregate",
    note = "list the aggregate under `aggregates(..)`, and `{Self}` not at all"
)]
pub trait Independent {}

#[diagnostic::do_not_recommend]
impl<C: Command<Origin = C>> Independent for C {}

/// What is certain of a type, step by step: the compiler says only the first thing that is wrong.
pub trait Certain {
    /// The type, or the next step.
    type Then;
}

/// It is a command.
#[derive(Debug)]
pub struct IsCommand<C>(PhantomData<C>);

impl<C: Command> Certain for IsCommand<C> {
    type Then = IsIndependent<C>;
}

/// It is no command of an aggregate.
#[derive(Debug)]
pub struct IsIndependent<C>(PhantomData<C>);

impl<C: Independent> Certain for IsIndependent<C> {
    type Then = IsDecided<C>;
}

/// It has a `handle`.
#[derive(Debug)]
pub struct IsDecided<C>(PhantomData<C>);

impl<C: CommandLogic> Certain for IsDecided<C> {
    type Then = C;
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
    IsCommand<C>: Certain<Then: Certain<Then: Certain<Then: Routable>>>,
{
    let content = Content::Command(<Listed<C> as Routable>::ROUTE);
    Part { name, content }
}

type Listed<C> = <<<IsCommand<C> as Certain>::Then as Certain>::Then as Certain>::Then;

/// `process_managers(M)`
pub const fn list_process_manager<M: ProcessManager>(name: &'static str) -> Part {
    let content = Content::ProcessManager(M::MANAGER);
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

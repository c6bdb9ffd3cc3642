use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::EventTypes;
use crate::aggregate::Aggregate;
use crate::command::{Command, CommandLogic};
use crate::wire::{CommandHandler, Typed};

/// A command as a service knows it. All of it is constant, so that a service is checked as it is compiled.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    /// The category of the aggregate that the command is for; `None` for a command over streams of its own choice.
    pub category: Option<&'static str>,
    /// The name of the command on the wire.
    pub name: &'static str,
    /// Where the command is defined: it tells apart commands of one name.
    pub origin: &'static str,
    /// Everything that it can emit.
    pub emits: &'static [&'static EventTypes],
    /// Everything that it can read.
    pub reads: &'static [&'static EventTypes],
    /// The categories of its streams; `None` stands for streams whose category is known only when it is executed.
    pub categories: &'static [Option<&'static str>],
    /// What makes commands of payloads.
    pub handler: &'static dyn CommandHandler,
}

/// How it is written: `todo/Create`, or `TransferMoney` for a command over streams of its own choice.
impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_route(f, self.category, self.name)
    }
}

pub(crate) fn write_route(f: &mut fmt::Formatter<'_>, category: Option<&str>, name: &str) -> fmt::Result {
    match category {
        Some(category) => write!(f, "{category}/{name}"),
        None => f.write_str(name),
    }
}

/// The route of a command over streams of its own choice.
pub const fn route<C: CommandLogic + Serialize + DeserializeOwned>() -> Route {
    route_to::<C>(None, const { &Typed::<C>::new() })
}

/// The route of a command of an aggregate.
pub const fn aggregate_route<C>(category: &'static str) -> Route
where
    C: CommandLogic<Origin: Aggregate<Id: Serialize>> + Serialize + DeserializeOwned,
{
    route_to::<C>(Some(category), const { &Typed::<C>::of_aggregate() })
}

const fn route_to<C: Command>(category: Option<&'static str>, handler: &'static dyn CommandHandler) -> Route {
    Route {
        category,
        name: C::NAME,
        origin: C::ORIGIN,
        emits: C::EMITS,
        reads: C::READS,
        categories: C::CATEGORIES,
        handler,
    }
}

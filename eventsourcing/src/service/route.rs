use std::fmt;

use crate::EventTypes;
use crate::command::Command;

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

/// The route of a command.
pub const fn route<C: Command>(category: Option<&'static str>) -> Route {
    Route {
        category,
        name: C::NAME,
        origin: C::ORIGIN,
        emits: C::EMITS,
        reads: C::READS,
    }
}

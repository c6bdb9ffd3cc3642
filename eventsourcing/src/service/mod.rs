//! Services: what finds the handler of a command by the category of its stream and its name.

mod builder;
pub(crate) mod check;
mod definition;
mod describe;
mod fact;
pub(crate) mod listed;
mod mermaid;
mod needs;
mod part;
mod route;
mod runtime;
mod status;
mod table;

pub use builder::{RuntimeBuilder, StartError, Starting};
pub use definition::{Module, Service};
pub use describe::{
    CommandDescription, EventDescription, ExternDescription, ProcessManagerDescription, ServiceDescription,
};
pub use fact::{Fact, count_facts, sorted_facts};
pub use needs::{AskedFor, Complete, Missing};
pub use part::{Content, Part};
pub use route::Route;
#[doc(hidden)]
pub use route::route;
pub(crate) use route::write_route;
pub use runtime::{Runtime, StillBusy};
pub use status::{Health, Phase, Status};
pub use table::Table;

pub use eventsourcing_macros::{module, service};

use super::{Part, Table};

/// What several services can have in common: `#[module(..)]` makes a unit struct one.
///
/// It takes the same keys as [`Service`], but `resources`. What it lists is checked as far as that goes without the rest of
/// a service: names and definitions.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a module",
    label = "this is not a `#[module(..)]`",
    note = "put `#[module(..)]` on `struct {Self};`; a service is not part of another one"
)]
pub trait Module: 'static {
    /// What it consists of.
    const PART: Part;
    /// Its projections, and what else has to be provided before a service starts that consists of it.
    type Projections<Rest>;
}

/// Aggregates, commands, process managers, projections and queries that make a program together: `#[service(..)]` makes a unit struct one.
///
/// | `#[service(..)]` | |
/// |---|---|
/// | `aggregates(Todo, List)` | with all their commands |
/// | `commands(TransferMoney)` | over streams of their own choice; they are `Serialize` and `Deserialize` |
/// | `process_managers(list_every_todo)` | |
/// | `projections(Titles)` | |
/// | `queries(OpenTitles)` | over rows of the projections; they are `Serialize` and `Deserialize`, their results `Serialize` |
/// | `modules(billing::Billing)` | with all that they list |
/// | `extern_events(Paid = "the web shop stores them")` | events that nothing here emits, and process managers or projections wait for |
/// | `extern_commands(Ship = "the warehouse takes them")` | commands that process managers send, and nothing here handles |
/// | `resources(PriceList)` | what has to be [provided](super::RuntimeBuilder::provide) before it starts |
/// | `crate = path` | where this crate is found, if not at `::eventsourcing` |
///
/// It does not compile if two commands have the same name, two definitions the same stored event name, or two process
/// managers or projections the same name; if a process manager or a projection waits for what nothing emits, or a process
/// manager sends what nothing handles; if two projections fill the same table; if two queries have the same name, or one reads a
/// projection that is not listed; or if anything is listed twice.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a service",
    label = "this is not a `#[service(..)]`",
    note = "put `#[service(..)]` on `struct {Self};`"
)]
pub trait Service: 'static {
    /// What it consists of.
    const PART: Part;
    /// Where its commands are routed to.
    const TABLE: Table;
    /// What has to be provided before it starts, and its projections, of which those have to be that have no default.
    type Resources;
}

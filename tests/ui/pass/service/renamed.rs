// The facade may be known under another path.
#[path = "../../lists.rs"]
mod lists;

mod inner {
    pub use eventsourcing as es;
}

#[inner::es::service::module(commands(lists::AddTodo), crate = crate::inner::es)]
struct Lists;

#[inner::es::service::service(
    aggregates(lists::Todo),
    modules(Lists),
    process_managers(lists::list_every_todo),
    extern_events(lists::ListEvent = "elsewhere"),
    resources(String),
    crate = crate::inner::es
)]
struct App;

fn main() {
    let _ = App::describe();
}

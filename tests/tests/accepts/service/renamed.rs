// The facade may be known under another path.
#[path = "../../../ui/lists.rs"]
mod lists;

mod inner {
    pub use eventsourcing as es;
}

#[inner::es::service::module(commands(lists::AddTodo), crate = crate::service::renamed::inner::es)]
struct Lists;

#[inner::es::service::service(
    aggregates(lists::Todo),
    modules(Lists),
    process_managers(lists::list_every_todo),
    extern_events(lists::ListEvent = "elsewhere"),
    resources(String),
    crate = crate::service::renamed::inner::es
)]
struct App;

#[test]
fn it_runs() {
    let _ = App::describe();
}

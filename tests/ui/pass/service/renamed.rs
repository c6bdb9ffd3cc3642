// The facade may be known under another path.
#[path = "../../todo.rs"]
mod todo;

mod inner {
    pub use eventsourcing as es;
}

#[inner::es::service::module(commands(todo::AddTodo), crate = crate::inner::es)]
struct Lists;

#[inner::es::service::service(
    aggregates(todo::Todo),
    modules(Lists),
    process_managers(todo::list_every_todo),
    extern_events(todo::ListEvent = "elsewhere"),
    resources(String),
    crate = crate::inner::es
)]
struct App;

fn main() {
    let _ = App::describe();
}

// A service may be defined in a function, and listed names may come through a macro.
#[path = "../../../ui/lists.rs"]
mod lists;

use eventsourcing::prelude::*;

macro_rules! service_of {
    ($name:ident: $aggregate:ty, $command:path) => {
        #[service(aggregates($aggregate), commands($command))]
        struct $name;
    };
}

#[test]
fn it_runs() {
    use lists::{AddTodo, Todo};

    #[service(aggregates(Todo), commands(AddTodo))]
    struct App;

    service_of!(Other: lists::Todo, lists::AddTodo);

    assert_eq!(App::describe().commands, Other::describe().commands);
}

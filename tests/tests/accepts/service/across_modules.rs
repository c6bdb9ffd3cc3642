// Modules join wherever they are defined, and their process managers may depend on each other.
#[path = "../../../ui/lists.rs"]
mod lists;

use eventsourcing::prelude::*;

mod cleaning {
    use super::lists::{AddTodo, ListEvent, ListId, No, note_cleared};
    use eventsourcing::prelude::*;

    #[derive(Command, Serialize, Deserialize)]
    #[command(emits(ListEvent::Cleared))]
    pub struct Clear {
        #[stream(append)]
        pub list: ListId,
    }

    impl CommandLogic for Clear {
        type Error = No;

        fn handle(&self, _: &ClearState, cx: &mut Decide<Self>) -> Result<(), No> {
            emit!(
                cx,
                ListEvent::Cleared {
                    list: self.list.clone()
                }
            );
            Ok(())
        }
    }

    #[process_manager(on = ListEvent::Added, start = now)]
    pub fn clear_when_full(list: &ListId) -> Option<Clear> {
        (list.0 == "full").then(|| Clear { list: list.clone() })
    }

    // What it sends is handled by another module.
    #[module(commands(Clear), process_managers(note_cleared, clear_when_full))]
    pub struct Cleaning;

    const _: fn(AddTodo) = |_| {};
}

mod outer {
    #[eventsourcing::prelude::module(modules(super::cleaning::Cleaning))]
    pub struct Outer;
}

#[service(
    modules(lists::Todos, outer::Outer),
    process_managers(lists::list_every_todo, self::lists::create_listed)
)]
struct App;

// The same parts may serve in another service.
#[service(
    modules(lists::Todos),
    process_managers(lists::list_every_todo, lists::note_cleared),
    extern_events(lists::ListEvent = "the mobile app clears lists itself")
)]
struct Smaller;

// What is sent may be handled elsewhere.
#[service(
    aggregates(lists::Todo),
    process_managers(lists::list_every_todo),
    extern_commands(lists::AddTodo = "the service of lists handles it")
)]
struct OnlyTodos;

#[test]
fn it_runs() {
    assert_eq!(App::describe().process_managers.len(), 4);
    assert_eq!(Smaller::describe().commands.len(), 2);
    assert_eq!(OnlyTodos::describe().extern_commands.len(), 1);
}

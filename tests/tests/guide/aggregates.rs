use eventsourcing::prelude::*;
use eventsourcing::testing::scenario;

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "todo")]
pub enum TodoEvent {
    Created { title: String, since: Timestamp },
    Completed,
}

#[derive(Debug, PartialEq, thiserror::Error)]
pub enum TodoError {
    #[error("the todo exists already")]
    Exists,
    #[error("there is no such todo")]
    NotFound,
}

#[derive(Clone, Default)]
pub struct Todo {
    title: Option<String>,
    done: bool,
}

#[aggregate(id = TodoId(String), category = "todo", event = TodoEvent, error = TodoError)]
impl Todo {
    /// Notes something to do.
    #[command]
    pub fn create(&self, title: String, cx: &Cx<TodoId>) -> Result<TodoEvent, TodoError> {
        require!(self.title.is_none(), TodoError::Exists);
        Ok(TodoEvent::Created {
            title,
            since: cx.now(),
        })
    }

    /// Notes that it is done; once is enough.
    #[command(type = CompleteTodo)]
    pub fn complete(&self) -> Result<Option<TodoEvent>, TodoError> {
        require!(self.title.is_some(), TodoError::NotFound);
        Ok((!self.done).then_some(TodoEvent::Completed))
    }

    #[apply]
    fn created(&mut self, title: &str) {
        self.title = Some(title.to_owned());
    }

    #[apply]
    fn completed(&mut self) {
        self.done = true;
    }
}

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "door")]
pub enum DoorEvent {
    Locked,
    Unlocked,
}

#[derive(Clone, Default)]
pub struct Door {
    locked: bool,
}

#[aggregate(id = DoorId(u32), category = "door", event = DoorEvent)]
impl Door {
    #[command]
    pub fn lock(&self) -> Result<DoorEvent, Rejection> {
        require!(!self.locked, "the door is locked already");
        Ok(DoorEvent::Locked)
    }

    #[command]
    pub fn unlock(&self, cx: &Cx<DoorId>) -> Result<DoorEvent, Rejection> {
        require!(self.locked, format!("door {} is not locked", cx.id()));
        Ok(DoorEvent::Unlocked)
    }

    #[apply]
    fn turned(&mut self, event: &DoorEvent) {
        self.locked = matches!(event, DoorEvent::Locked);
    }
}

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "list")]
pub enum ListEvent {
    Listed { todo: TodoId },
}

pub struct TodoList;

#[aggregate(id = ListId(String), category = "list", event = ListEvent, stateless)]
impl TodoList {
    #[command(type = ListTodo)]
    pub fn list(&self, todo: TodoId) -> ListEvent {
        ListEvent::Listed { todo }
    }
}

#[tokio::test]
async fn it_is_executed() -> Result<(), Box<dyn std::error::Error>> {
    let executor = Executor::new(eventsourcing::memory::MemoryStore::new());
    let milk = TodoId::from("milk");
    executor
        .execute(Create::new(milk.clone(), "buy milk".into()))
        .await?;
    executor.execute(CompleteTodo { id: milk }).await?;
    Ok(())
}

#[test]
fn a_todo_is_completed_once() {
    let milk = TodoId::from("milk");
    let created = TodoEvent::Created {
        title: "buy milk".into(),
        since: Timestamp::UNIX_EPOCH,
    };
    scenario()
        .given_in(&milk, [created.clone()])
        .when(CompleteTodo::new(milk.clone()))
        .then([TodoEvent::Completed]);
    scenario()
        .given_in(&milk, [created, TodoEvent::Completed])
        .when(CompleteTodo::new(milk))
        .then_nothing();
}

#[test]
fn methods_are_still_methods() {
    let cx = Cx::test("milk".into());
    let created = Todo::default().create("buy milk".into(), &cx);
    assert!(created.is_ok());
}

#[test]
fn what_is_refused_says_why() {
    scenario().when(Lock::new(front_door())).then([DoorEvent::Locked]);
    scenario()
        .when(Unlock::new(front_door()))
        .then_rejected(Rejection::new("door 7 is not locked"));
    scenario()
        .given_in(&front_door(), [DoorEvent::Locked])
        .when(Lock::new(front_door()))
        .then_rejected("the door is locked already".into());
}

fn front_door() -> DoorId {
    DoorId::from(7)
}

#[test]
fn what_needs_no_state_is_added() {
    let todo = TodoId::from("milk");
    scenario()
        .when(ListTodo::new("all".into(), todo.clone()))
        .then([ListEvent::Listed { todo }]);
}

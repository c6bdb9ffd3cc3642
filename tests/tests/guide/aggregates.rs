use eventsourcing::prelude::*;
use eventsourcing::testing::scenario;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "todo")]
pub struct TodoId(String);

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

#[aggregate(id = TodoId, event = TodoEvent, error = TodoError)]
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

#[tokio::test]
async fn it_is_executed() -> Result<(), Box<dyn std::error::Error>> {
    let executor = Executor::new(eventsourcing::memory::MemoryStore::new());
    let milk = TodoId("milk".into());
    executor
        .execute(Create::new(milk.clone(), "buy milk".into()))
        .await?;
    executor.execute(CompleteTodo { id: milk }).await?;
    Ok(())
}

#[test]
fn a_todo_is_completed_once() {
    let milk = TodoId("milk".into());
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
    let cx = Cx::test(TodoId("milk".into()));
    let created = Todo::default().create("buy milk".into(), &cx);
    assert!(created.is_ok());
}

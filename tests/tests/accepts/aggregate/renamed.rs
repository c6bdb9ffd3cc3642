// The facade may be known under another path, and the fold be the user's own.
mod inner {
    pub use eventsourcing as es;
}

use inner::es::aggregate::{Cx, aggregate};
use inner::es::event::{Event, Recorded};
use inner::es::prelude::{Deserialize, Serialize, State};
use inner::es::stream::StreamKey;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "todo", crate = crate::aggregate::renamed::inner::es)]
struct TodoId(String);

#[derive(Event, Clone, Debug)]
#[event(crate = crate::aggregate::renamed::inner::es)]
enum TodoEvent {
    Completed,
}

#[derive(Clone, Default)]
struct Todo;

impl State for Todo {
    type Key = TodoId;
    type Event = TodoEvent;

    fn apply(&mut self, _: &TodoId, _: &Recorded<TodoEvent>) {}
}

#[aggregate(id = TodoId, event = TodoEvent, error = std::convert::Infallible, crate = crate::aggregate::renamed::inner::es)]
impl Todo {
    #[command]
    fn complete(&self, _cx: &Cx<TodoId>) -> Result<TodoEvent, std::convert::Infallible> {
        Ok(TodoEvent::Completed)
    }
}

struct List;

#[aggregate(id = ListId(String), category = "list", event = TodoEvent, stateless, crate = crate::aggregate::renamed::inner::es)]
impl List {
    #[command(type = Check)]
    fn check(&self, #[serde(default)] times: u8) -> Result<Vec<TodoEvent>, inner::es::wire::Rejection> {
        inner::es::require!(times < 3, "that is too often");
        Ok(vec![TodoEvent::Completed; usize::from(times)])
    }
}

#[test]
fn it_runs() {
    let _ = Check::new("all".into(), 2);
}

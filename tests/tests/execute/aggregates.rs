//! Commands that are methods of an aggregate.

use eventsourcing::aggregate::Aggregate;
use eventsourcing::execute::{Bug, ExecuteError};
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::testing::scenario;
use eventsourcing::uuid::Uuid;

use super::spy::Spy;
use super::stage::Stage;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "list")]
pub struct ListId(String);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "list")]
pub enum ListEvent {
    Added {
        item: Uuid,
        title: String,
    },
    Checked {
        item: Uuid,
    },
    Shared {
        #[stream]
        list: ListId,
    },
}

#[derive(Debug, PartialEq, thiserror::Error)]
pub enum ListError {
    #[error("the list is full: it has {items} items")]
    Full { items: usize },
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct List {
    open: Vec<Uuid>,
    shared: bool,
    streams: Vec<StreamId>,
}

#[aggregate(id = ListId, event = ListEvent, error = ListError)]
impl List {
    /// Adds an item, unless there are too many already.
    #[command]
    pub fn add(&self, title: String, cx: &Cx<ListId>, at_most: usize) -> Result<ListEvent, ListError> {
        let items = self.open.len();
        require!(items < at_most, ListError::Full { items });
        Ok(ListEvent::Added {
            item: cx.new_id(),
            title,
        })
    }

    /// Checks every item off.
    #[command(name = "CheckAll")]
    pub fn check(&self) -> Result<Vec<ListEvent>, ListError> {
        Ok(self
            .open
            .iter()
            .map(|&item| ListEvent::Checked { item })
            .collect())
    }

    #[command(type = ShareList)]
    pub fn share(&self, list: ListId) -> Result<Option<ListEvent>, ListError> {
        Ok((!self.shared).then_some(ListEvent::Shared { list }))
    }

    #[apply]
    fn added(&mut self, event: &Recorded<ListEvent>, item: &Uuid) {
        self.open.push(*item);
        self.streams.push(event.stream().clone());
    }

    #[apply]
    fn checked(&mut self, item: &Uuid) {
        self.open.retain(|open| open != item);
    }

    #[apply]
    fn shared(&mut self) {
        self.shared = true;
    }
}

fn home() -> ListId {
    ListId("home".into())
}

fn add(title: &str) -> Add {
    Add::new(home(), title.into(), 2)
}

#[tokio::test]
async fn what_is_decided_is_in_the_stream_of_the_aggregate_and_in_the_next_state() {
    let (executor, spy) = Spy::on(MemoryStore::new());
    executor.execute(add("milk")).await.unwrap();
    executor.execute(add("bread")).await.unwrap();
    let refused = executor.execute(add("wine")).await.unwrap_err();
    assert_eq!(refused.into_rejection(), Some(ListError::Full { items: 2 }));

    let done = executor.execute(Check::new(home())).await.unwrap();
    assert_eq!(done.events().len(), 2);
    executor.execute(add("wine")).await.unwrap();
    assert_eq!(spy.last_checked(), [home().to_stream_id().unwrap()]);
}

#[tokio::test(start_paused = true)]
async fn after_a_conflict_it_decides_again_with_the_same_ids() {
    let stage = Stage::default();
    let theirs = Executor::new(stage.clone());
    let (ours, spy) = Spy::on(stage.clone());
    stage.meanwhile(async move { theirs.execute(add("bread")).await.unwrap() });
    let done = ours.execute(add("milk")).await.unwrap();
    assert_eq!(done.attempts(), 2);
    let sent: Vec<_> = spy
        .appends()
        .iter()
        .map(|append| append.events[0].payload.clone())
        .collect();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0], sent[1], "the payload has an id in it");
}

#[tokio::test]
async fn an_event_that_names_a_stream_names_that_of_the_aggregate() {
    let executor = Executor::new(MemoryStore::new());
    let other = ListId("other".into());
    let error = executor.execute(ShareList::new(home(), other)).await.unwrap_err();
    let ExecuteError::Bug(bug) = error else {
        panic!("{error}")
    };
    assert!(matches!(bug, Bug::UndeclaredStream { .. }), "{bug}");
    executor.execute(ShareList::new(home(), home())).await.unwrap();
}

#[test]
fn scenarios_know_the_stream_of_the_aggregate() {
    let item = Uuid::from_u128(7);
    scenario()
        .given_in(
            &ListId("work".into()),
            [ListEvent::Added {
                item: Uuid::nil(),
                title: "mail".into(),
            }],
        )
        .given_in(
            &home(),
            [ListEvent::Added {
                item,
                title: "milk".into(),
            }],
        )
        .when(Check::new(home()))
        .then([ListEvent::Checked { item }]);
}

#[test]
#[should_panic(expected = "emitted other events than expected")]
fn a_scenario_compares_streams_as_well() {
    scenario()
        .when(ShareList::new(home(), home()))
        .then([ListEvent::Shared {
            list: ListId("work".into()),
        }]);
}

#[test]
fn methods_can_be_called_without_any_of_it() {
    let list = List::default();
    let cx = Cx::test(home());
    let added = list.add("milk".into(), &cx, 1);
    assert_eq!(
        added,
        Ok(ListEvent::Added {
            item: Uuid::from_u128(1),
            title: "milk".into()
        })
    );
}

#[test]
fn the_commands_of_an_aggregate_are_known() {
    let names: Vec<_> = List::ROUTES.iter().map(|route| route.name).collect();
    assert_eq!(names, ["Add", "CheckAll", "ShareList"]);
    assert!(List::ROUTES.iter().all(|route| route.category == Some("list")));
    assert_eq!(List::ROUTES[1].origin, concat!(module_path!(), "::Check"));
    assert!(List::ROUTES[0].emits[0].contains("list.Shared"));
    assert_eq!(List::CATEGORY, "list");
}

#[test]
fn commands_travel() {
    let json = serde_json::json!({ "id": "home", "title": "milk", "at_most": 2 });
    assert_eq!(serde_json::to_value(add("milk")).unwrap(), json);
    assert_eq!(serde_json::from_value::<Add>(json).unwrap(), add("milk"));
}

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "journal")]
pub enum JournalEvent {
    Noted { text: String },
}

pub struct Journal;

#[aggregate(id = Day(String), category = "journal", event = JournalEvent, stateless)]
impl Journal {
    #[command(type = Note)]
    pub fn note(&self, text: String, cx: &Cx<Day>) -> Result<JournalEvent, Rejection> {
        let none = || Rejection::from(format!("there is nothing to note on {}", cx.id())).with_code("empty");
        require!(!text.is_empty(), none());
        Ok(JournalEvent::Noted { text })
    }
}

#[tokio::test]
async fn without_a_state_nothing_is_read_and_nothing_conflicts() {
    let stage = Stage::default();
    let theirs = Executor::new(stage.clone());
    let (ours, spy) = Spy::on(stage.clone());
    let note = |text: &str| Note::new("monday".into(), text.into());
    stage.meanwhile(async move { theirs.execute(note("they were first")).await.unwrap() });
    let done = ours.execute(note("so are we")).await.unwrap();
    assert_eq!(done.attempts(), 1);
    assert!(spy.last_checked().is_empty());
    assert_eq!(Journal::ROUTES[0].emits[0].own[0].name, "journal.Noted");
}

#[test]
fn a_rejection_is_told_as_it_is() {
    let refused = scenario()
        .when(Note::new("monday".into(), String::new()))
        .result()
        .unwrap_err();
    let refused = refused.into_rejection().unwrap();
    assert_eq!(
        refused,
        Rejection::new("there is nothing to note on monday").with_code("empty")
    );
    assert_eq!(<Note as CommandLogic>::rejection(&refused), refused);
}

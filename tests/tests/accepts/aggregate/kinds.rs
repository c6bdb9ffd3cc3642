// A command returns one event, an `Option`, a `Vec`, an array, or nothing; a variant may wrap an event.
use eventsourcing::aggregate::Aggregate;
use eventsourcing::prelude::*;
use eventsourcing::testing::scenario;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "todo")]
pub struct TodoId(String);

#[derive(Event, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[event(name = "money.Paid")]
pub struct MoneyPaid {
    cents: u64,
}

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "todo")]
pub enum TodoEvent {
    Created { title: String, r#type: u8 },
    Paid(MoneyPaid),
    Completed,
    Dropped,
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("no")]
pub struct TodoError;

type Outcome = Result<[TodoEvent; 2], TodoError>;

#[derive(Clone, Default)]
pub struct Todo {
    title: String,
    cents: u64,
    ended: u32,
}

#[aggregate(id = TodoId, event = TodoEvent, error = TodoError)]
impl Todo {
    const LIMIT: u64 = 100;

    #[command]
    pub fn create(&self, cx: &Cx<TodoId>, title: String, r#type: u8) -> Result<TodoEvent, TodoError> {
        let title = format!("{title} {:?} {}", cx.id(), cx.new_id());
        Ok(TodoEvent::Created { title, r#type })
    }

    #[command]
    pub fn pay(&self, mut cents: u64) -> Result<Option<TodoEvent>, TodoError> {
        cents = cents.min(Self::LIMIT);
        Ok((cents > 0).then_some(TodoEvent::Paid(MoneyPaid { cents })))
    }

    #[command]
    fn pay_all(&self, #[serde(default)] cents: Vec<u64>) -> Result<Vec<TodoEvent>, TodoError> {
        Ok(cents
            .into_iter()
            .map(|cents| TodoEvent::Paid(MoneyPaid { cents }))
            .collect())
    }

    #[command(type = EndTodo, name = "End")]
    pub(crate) fn end(&self) -> Outcome {
        Ok([TodoEvent::Completed, TodoEvent::Dropped])
    }

    #[command]
    pub fn r#move(&self) -> Result<(), TodoError> {
        self.helper()
    }

    #[command]
    pub fn drop_it(&self) -> TodoEvent {
        TodoEvent::Dropped
    }

    #[command]
    pub fn drop_once(&self) -> Option<TodoEvent> {
        (self.ended == 0).then_some(TodoEvent::Dropped)
    }

    #[command]
    pub fn drop_often(&self, times: usize) -> Vec<TodoEvent> {
        vec![TodoEvent::Dropped; times]
    }

    #[command]
    pub fn drop_twice(&self) -> [TodoEvent; 2] {
        [TodoEvent::Dropped, TodoEvent::Dropped]
    }

    #[command]
    pub fn drop_never(&self) -> () {}

    fn helper(&self) -> Result<(), TodoError> {
        Ok(())
    }

    #[apply]
    fn created(&mut self, r#type: &u8, title: &str) {
        self.title = format!("{title}{type}", r#type = r#type);
    }

    #[apply(TodoEvent::Paid(payment))]
    fn paid(&mut self, payment: &MoneyPaid, event: &Recorded<TodoEvent>) {
        let _ = event.version();
        self.cents += payment.cents;
    }

    #[apply(TodoEvent::Completed, TodoEvent::Dropped)]
    fn ended(&mut self) {
        self.ended += 1;
    }
}

#[test]
fn it_runs() {
    let milk = TodoId("milk".into());
    scenario()
        .given_in(&milk, [TodoEvent::Completed])
        .when(EndTodo::new(milk.clone()))
        .then([TodoEvent::Completed, TodoEvent::Dropped]);
    scenario().when(Pay::new(milk.clone(), 0)).then_nothing();
    scenario().when(Move::new(milk.clone())).then_nothing();
    scenario()
        .when(Pay {
            id: milk.clone(),
            cents: 700,
        })
        .then([TodoEvent::Paid(MoneyPaid { cents: 100 })]);
    scenario().when(PayAll::new(milk.clone(), vec![1, 2])).then([
        TodoEvent::Paid(MoneyPaid { cents: 1 }),
        TodoEvent::Paid(MoneyPaid { cents: 2 }),
    ]);
    scenario()
        .when(DropIt::new(milk.clone()))
        .then([TodoEvent::Dropped]);
    scenario()
        .given_in(&milk, [TodoEvent::Dropped])
        .when(DropOnce::new(milk.clone()))
        .then_nothing();
    scenario().when(DropOften::new(milk.clone(), 0)).then_nothing();
    scenario()
        .when(DropTwice::new(milk.clone()))
        .then([TodoEvent::Dropped, TodoEvent::Dropped]);
    scenario().when(DropNever::new(milk.clone())).then_nothing();
    assert!(
        scenario()
            .when(Create::new(milk.clone(), "a".into(), 1))
            .result()
            .is_ok()
    );
    assert!(Todo::default().create(&Cx::test(milk), "a".into(), 2).is_ok());
    let routes: Vec<_> = Todo::ROUTES
        .iter()
        .map(|route| (route.category, route.name))
        .collect();
    assert_eq!(routes[3], (Some("todo"), "End"));
    assert_eq!(Todo::CATEGORY, "todo");
    assert!(Todo::ROUTES[3].origin.ends_with("::EndTodo"));
}

// An id that the macro writes wraps whatever displays and parses, and is as visible as the commands.
use std::collections::{BTreeSet, HashSet};

use eventsourcing::prelude::*;
use eventsourcing::uuid::Uuid;
use todos::{Complete, TodoId};

mod todos {
    use eventsourcing::prelude::*;

    #[derive(Event, Clone, Debug)]
    pub enum TodoEvent {
        Completed,
    }

    #[derive(Clone, Default)]
    pub struct Todo {
        done: bool,
    }

    #[aggregate(id = TodoId(String), category = "todo", event = TodoEvent, derive(Eq, Hash))]
    impl Todo {
        #[command]
        pub fn complete(&self) -> Result<TodoEvent, Rejection> {
            require!(!self.done, "it is done already");
            Ok(TodoEvent::Completed)
        }

        #[apply(TodoEvent)]
        fn apply(&mut self, event: &Recorded<TodoEvent>) {
            let TodoEvent::Completed = event.payload();
            self.done = true;
        }
    }
}

#[derive(Event, Clone)]
enum Nothing {
    Happened,
}

struct Parcel;

#[aggregate(id = ParcelId(TodoId), category = "parcel", event = Nothing, stateless)]
impl Parcel {
    #[command(type = SendParcel)]
    fn send(&self) -> Result<(), Rejection> {
        Err("there is none".into())
    }
}

struct Number;

#[aggregate(id = NumberId(u32), category = "number", event = Nothing, stateless, derive(Copy))]
impl Number {
    #[command(type = Count)]
    fn count(&self, cx: &Cx<NumberId>, #[serde(default)] up: u8) -> Result<(), Rejection> {
        Err(format!("{} is not {up}", cx.id()).into())
    }
}

struct Unique;

#[aggregate(id = UniqueId(Uuid), category = "unique", event = Nothing, stateless)]
impl Unique {
    #[command(type = Touch)]
    fn touch(&self) -> Result<Vec<Nothing>, Rejection> {
        Ok(vec![Nothing::Happened])
    }
}

#[test]
fn it_runs() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let milk: TodoId = "milk".into();
    assert_eq!(milk, TodoId::from("milk".to_owned()));
    assert_eq!(milk.to_string(), "milk");
    assert_eq!(format!("{milk:>6}"), "  milk");
    assert_eq!("milk".parse::<TodoId>()?, milk);
    assert_eq!(milk.to_stream_id()?, "todo-milk");
    assert_eq!(serde_json::to_string(&milk)?, r#""milk""#);
    assert_eq!(BTreeSet::from([milk.clone()]).len(), 1);
    assert_eq!(HashSet::from([Complete::new(milk.clone())]).len(), 1);

    let parcel = ParcelId::from(milk);
    assert_eq!(parcel.to_stream_id()?, "parcel-milk");
    assert_eq!("milk".parse::<ParcelId>()?, parcel);

    let count = Count::new(7.into(), 8);
    let copied = count;
    assert_eq!(count, copied);
    assert!("seven".parse::<NumberId>().is_err());
    let id = NumberId::from(7);
    assert_eq!(Number.count(&Cx::test(id), 8), Err(Rejection::new("7 is not 8")));
    assert_eq!(UniqueId::from(Uuid::nil()).to_string(), Uuid::nil().to_string());
    Ok(())
}

//! Layers, and a router of one's own.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::json;
use tower::{Service as _, ServiceExt as _};

use super::app::{Wipe, builder, command, dispatcher, success, wipe, write};
use crate::Actor;
use crate::memory::MemoryStore;
use crate::wire::{CommandHandler, CommandResult, Rejection, Typed, WireCommand, check, deadline, timing};

#[tokio::test]
async fn a_check_may_answer_in_place_of_the_command() {
    let refused = || CommandResult::Rejected(Rejection::new("who are you?"));
    let dispatcher = builder(MemoryStore::new())
        .layer(check(move |command: &mut WireCommand| {
            match command.metadata.actor {
                Some(_) => Ok(()),
                None => Err(refused()),
            }
        }))
        .layer(timing())
        .build();
    assert_eq!(dispatcher.dispatch(write(1, "one")).await, refused());
    let mut known = write(1, "one");
    known.metadata.actor = Some(Actor::new("alice").unwrap());
    success(dispatcher.dispatch(known).await);
}

#[tokio::test]
async fn the_layer_that_is_added_last_is_the_outermost() {
    let order = Arc::new(Mutex::new(Vec::new()));
    let noted = |name: &'static str| {
        let order = Arc::clone(&order);
        check(move |_: &mut WireCommand| {
            order.lock().unwrap().push(name);
            Ok(())
        })
    };
    let dispatcher = builder(MemoryStore::new())
        .layer(noted("inner"))
        .layer(noted("outer"))
        .build();
    success(dispatcher.dispatch(write(1, "one")).await);
    assert_eq!(*order.lock().unwrap(), ["outer", "inner"]);
}

#[tokio::test]
async fn a_deadline_only_makes_the_time_shorter() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let see = {
        let seen = Arc::clone(&seen);
        check(move |command: &mut WireCommand| {
            seen.lock().unwrap().push(command.metadata.deadline);
            Ok(())
        })
    };
    let dispatcher = builder(MemoryStore::new())
        .layer(see)
        .layer(deadline(Duration::from_secs(2)))
        .build();
    for asked in [None, Some(1), Some(3)] {
        let mut command = write(1, "one");
        command.metadata.deadline = asked.map(Duration::from_secs);
        success(dispatcher.dispatch(command).await);
    }
    let expected = [2, 1, 2].map(|seconds| Some(Duration::from_secs(seconds)));
    assert_eq!(*seen.lock().unwrap(), expected);
}

#[tokio::test]
async fn a_router_is_asked_before_the_table() {
    let erase: Arc<dyn CommandHandler> = Arc::new(Typed::<Wipe>::new());
    let dispatcher = builder(MemoryStore::new())
        .router(move |command: &WireCommand| (command.name == "Erase").then(|| Arc::clone(&erase)))
        .build();
    success(dispatcher.dispatch(write(1, "one")).await);
    success(
        dispatcher
            .dispatch(command("Erase", &json!({ "note": 1, "other": 2 })))
            .await,
    );
    success(dispatcher.dispatch(write(1, "two")).await);
    success(dispatcher.dispatch(wipe(1, 2)).await);
}

#[tokio::test]
async fn a_dispatcher_is_a_service() {
    let mut service = dispatcher();
    let Ok(service) = service.ready().await;
    let Ok(result) = service.call(write(1, "one")).await;
    success(result);
}

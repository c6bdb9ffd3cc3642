//! The model says where a store goes wrong, and how.

use std::sync::Arc;

use eventsourcing_memory::MemoryStore;
use eventsourcing_testkit::fault::{AppendFault, FaultPlan, FaultyStore};
use eventsourcing_testkit::model::{self, Command, Event, If, Read, Step, Tenant, Types};

use crate::broken_store::{BrokenStore, Bug};

#[tokio::test]
async fn a_store_that_keeps_the_contract_agrees() {
    let steps = [
        open(),
        open_again(),
        read(Types::All),
        read(Types::Only(vec!["x.Closed"])),
    ];
    assert_eq!(model::check(&MemoryStore::new(), &steps).await, Ok(()));
}

#[tokio::test]
async fn the_step_is_named_at_which_the_answers_differ() {
    let steps = [open(), read(Types::All), read(Types::Only(vec!["x.Closed"]))];
    let disagreement = model::check(&BrokenStore::with(Bug::HeadHidden), &steps)
        .await
        .unwrap_err();
    assert_eq!(disagreement.step, 3);
    assert!(
        disagreement.expected.contains("head: Version(1)"),
        "{disagreement}"
    );
    assert!(disagreement.found.contains("head: Version(0)"), "{disagreement}");
}

#[tokio::test]
async fn a_conflict_that_is_none_is_a_disagreement() {
    let store = FaultyStore::new(Arc::new(MemoryStore::new()), FaultPlan::NONE);
    store.script_appends([Some(AppendFault::Conflict)]);
    let disagreement = model::check(&store, &[open()]).await.unwrap_err();
    assert_eq!(disagreement.step, 1);
    assert!(disagreement.found.contains("Conflict"), "{disagreement}");
}

fn open() -> Step {
    Step::Append {
        tenant: Tenant::Ours,
        events: vec![Event {
            name: "x.Opened",
            home: "a-1",
            links: vec!["b-1"],
        }],
        conditions: vec![If {
            stream: "a-1",
            behind: 0,
            types: Types::All,
        }],
        command: Some(Command { id: 1, payload: 1 }),
        progress: None,
    }
}

fn open_again() -> Step {
    Step::Append {
        tenant: Tenant::Ours,
        events: vec![],
        conditions: vec![],
        command: Some(Command { id: 1, payload: 2 }),
        progress: None,
    }
}

fn read(types: Types) -> Step {
    Step::ReadStreams {
        tenant: Tenant::Ours,
        streams: vec![Read {
            stream: "b-1",
            after: 0,
            up_to: u64::MAX,
            types,
        }],
        command: None,
    }
}

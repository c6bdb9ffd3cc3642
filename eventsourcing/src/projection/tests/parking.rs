//! Batches while something is parked.

use std::sync::Arc;

use super::world::{
    AccountEvent, AccountId, BalanceRow, World, account, batch, closed, garbled, moved, opened, recorded, row,
};
use crate::prelude::*;
use crate::projection::batch::{Batch, SetAside};
use crate::projection::parked::ParkedEvent;
use crate::projection::{Batches as _, Projection as _, ProjectionFacts, ProjectionFailure};

/// The owners of accounts, by account whatever the stream.
#[derive(Default)]
struct Owners;

#[projection(name = "owners", version = 1, row = BalanceRow, parallel_by = account)]
impl Owners {
    #[on([AccountEvent::Opened, AccountEvent::Closed])]
    fn changed(&self, account: &AccountId, rows: &mut Rows<BalanceRow>) {
        rows.entry(account).balance += 1;
    }
}

/// A world in which an event of each of these sequences is parked.
fn parked(sequences: &[&str]) -> World {
    let before = recorded(&[opened("x", "Xi")]).remove(0);
    let events = sequences
        .iter()
        .map(|sequence| ParkedEvent::behind_others(&before, (*sequence).to_owned(), Timestamp::UNIX_EPOCH));
    World {
        parked: events.collect(),
        ..World::default()
    }
}

fn aside(place: usize, sequence: &str) -> SetAside {
    SetAside {
        place,
        sequence: sequence.to_owned(),
    }
}

#[test]
fn events_of_a_parked_sequence_are_set_aside_and_all_others_are_handled() {
    let mut world = parked(&["account-a"]);
    let events = [
        opened("a", "Ada"),
        opened("b", "Bob"),
        moved("b", "a", 30),
        moved("a", "b", 7),
    ];
    let projected = world.write(&mut batch(), &events);
    assert_eq!(projected.events, 4);
    assert_eq!(
        projected.set_aside,
        [aside(0, "account-a"), aside(3, "account-a")]
    );
    assert_eq!(world.rows(), [row("a", "", 30), row("b", "Bob", -30)]);
}

#[test]
fn an_event_that_is_set_aside_by_its_home_need_not_be_readable() {
    let mut events = recorded(&[opened("a", "Ada"), opened("b", "Bob")]);
    events[0] = garbled(&events[0]);
    let projected = parked(&["account-a"]).project(&mut batch(), &events);
    assert_eq!((projected.events, projected.set_aside.len()), (2, 1));
    assert!(projected.failure.is_none());
}

#[test]
fn what_comes_after_an_event_that_fails_is_not_set_aside() {
    let mut world = parked(&["account-a"]);
    let projected = world.write(
        &mut batch(),
        &[opened("a", "Ada"), opened("b", "nobody"), closed("a")],
    );
    assert_eq!(projected.events, 1);
    assert_eq!(projected.set_aside, [aside(0, "account-a")]);
    assert!(projected.failure.is_some());

    let again = world.write(&mut batch(), &[opened("b", "Bob")]);
    assert_eq!(again.set_aside, [], "it is forgotten with the batch");
}

#[test]
fn the_sequence_of_an_event_is_its_home_stream() {
    let event = &recorded(&[moved("b", "a", 30)])[0];
    assert_eq!(batch().sequence(event).unwrap(), "account-b");
    assert_eq!(batch().sequence(&garbled(event)).unwrap(), "account-b");
}

#[test]
fn the_sequence_of_an_event_is_what_its_field_says_if_one_does() {
    assert_eq!(Owners::PROJECTION.parallel_by, Some("account"));
    let event = &recorded(&[opened("a", "Ada")])[0];
    assert_eq!(owners().sequence(event).unwrap(), "a");
    let mut world = parked(&["a", "account-b"]);
    let projected = world.write(&mut owners(), &[opened("a", "Ada"), closed("b")]);
    assert_eq!(projected.set_aside, [aside(0, "a")]);
    assert_eq!(world.rows(), [row("b", "", 1)]);
}

#[test]
fn an_event_that_does_not_tell_its_sequence_fails() {
    let event = garbled(&recorded(&[opened("a", "Ada")])[0]);
    assert!(matches!(
        owners().sequence(&event),
        Err(ProjectionFailure::Decode(_))
    ));
    let projected = parked(&["a"]).project(&mut owners(), &[event]);
    assert!(matches!(projected.failure, Some(ProjectionFailure::Decode(_))));

    let nul = AccountEvent::Opened {
        account: account("a\0"),
        owner: String::new(),
    };
    let unnamed = Arc::new({
        let mut event = (*recorded(&[opened("a", "Ada")])[0]).clone();
        event.payload = nul.encode().unwrap().payload;
        event
    });
    assert!(matches!(
        owners().sequence(&unnamed),
        Err(ProjectionFailure::Sequence(_))
    ));
    let projected = parked(&["b"]).project(&mut owners(), &[Arc::clone(&unnamed)]);
    assert!(matches!(projected.failure, Some(ProjectionFailure::Sequence(_))));
}

#[test]
fn what_tells_sequences_apart_is_part_of_what_a_version_is() {
    let by_field = Owners::PROJECTION;
    let by_home = ProjectionFacts {
        parallel_by: None,
        ..by_field
    };
    assert_ne!(by_field.fingerprint(), by_home.fingerprint());
}

fn owners() -> Batch<Owners> {
    Batch::new(Arc::new(Owners))
}

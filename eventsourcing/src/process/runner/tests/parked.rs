use std::collections::BTreeSet;
use std::time::Duration;

use uuid::Uuid;

use super::super::parked::{ManagerName, Parked, ParkingEvent};
use super::world::as_recorded;
use crate::event::Event as _;
use crate::{CommandId, EventId, EventTypeName, Metadata, NewEvent, Position, StreamId, Timestamp};

const NOON: Timestamp = Timestamp::from_micros(1_000_000_000);

fn manager() -> ManagerName {
    ManagerName("shipping".to_owned())
}

fn event(number: u128) -> EventId {
    EventId::new(Uuid::from_u128(number))
}

fn parked(number: u128, reason: Option<&str>, again_at: Option<Timestamp>) -> ParkingEvent {
    ParkingEvent::Parked {
        manager: manager(),
        instance: "order-1".to_owned(),
        event: event(number),
        position: Position::new(7),
        reason: reason.map(str::to_owned),
        again_at,
        early: false,
    }
}

fn folded(events: &[ParkingEvent]) -> Parked {
    let stream: StreamId = manager().stream().unwrap();
    let mut parked = Parked::default();
    for (version, event) in (1..).zip(events) {
        let encoded = event.encode().unwrap();
        let new = NewEvent {
            id: EventId::new(Uuid::from_u128(1_000)),
            event_type: EventTypeName::from_static(encoded.event_type.name),
            schema_version: encoded.event_type.version,
            content_type: encoded.content_type,
            payload: encoded.payload,
            metadata: Metadata::of_command(CommandId::new(Uuid::nil())).to_bytes(),
            home: stream.clone(),
            links: Vec::new(),
        };
        parked.apply(&stream, &as_recorded(&new, version)).unwrap();
    }
    parked
}

#[test]
fn events_of_an_instance_stay_behind_the_one_that_has_failed() {
    let parked = folded(&[parked(1, Some("no"), None), parked(2, None, None)]);
    let events: Vec<_> = parked
        .of("order-1")
        .map(|entry| (entry.event, entry.attempts))
        .collect();
    assert_eq!(events, [(event(1), 1), (event(2), 0)]);
    assert!(parked.holds("order-1") && !parked.holds("order-2"));
    assert!(
        !parked.is_tried_again(&BTreeSet::new()),
        "people have to look at it"
    );
}

#[test]
fn what_waited_is_due_as_soon_as_it_is_the_first() {
    let released = ParkingEvent::Released {
        manager: manager(),
        event: event(1),
        skipped: true,
    };
    let parked = folded(&[parked(1, Some("no"), None), parked(2, None, None), released]);
    assert_eq!(
        parked.due(NOON, &BTreeSet::new()),
        (vec!["order-1".to_owned()], None)
    );
}

#[test]
fn what_waits_for_an_event_of_another_store_is_not_due_until_that_is_dealt_with() {
    let parked = folded(&[parked(1, None, None)]);
    let held_up = BTreeSet::from(["order-1".to_owned()]);
    assert_eq!(parked.due(NOON, &held_up), (Vec::new(), None));
    assert!(!parked.is_tried_again(&held_up));
    assert!(parked.failed().is_empty(), "it holds up nobody itself");
    assert_eq!(
        parked.due(NOON, &BTreeSet::new()),
        (vec!["order-1".to_owned()], None)
    );
}

#[test]
fn what_has_failed_is_tried_at_its_time_whatever_has_failed_elsewhere() {
    let parked = folded(&[parked(1, Some("busy"), Some(NOON))]);
    let held_up = BTreeSet::from(["order-1".to_owned()]);
    assert_eq!(parked.due(NOON, &held_up), (vec!["order-1".to_owned()], None));
    assert_eq!(parked.failed(), ["order-1"]);
}

#[test]
fn what_came_too_early_holds_up_nothing_of_other_stores() {
    let early = ParkingEvent::ParkedAgain {
        manager: manager(),
        event: event(1),
        reason: "not running".to_owned(),
        again_at: Some(NOON),
        early: true,
    };
    let parked = folded(&[parked(1, Some("busy"), Some(NOON)), early]);
    assert!(parked.failed().is_empty());
    assert!(parked.holds("order-1"), "what is behind it waits");
}

#[test]
fn what_is_to_be_tried_again_is_due_at_its_time() {
    let later = NOON.after(Duration::from_secs(1));
    let parked = folded(&[parked(1, Some("busy"), Some(later))]);
    assert!(parked.is_tried_again(&BTreeSet::new()));
    assert_eq!(parked.due(NOON, &BTreeSet::new()), (Vec::new(), Some(later)));
    assert_eq!(
        parked.due(later, &BTreeSet::new()),
        (vec!["order-1".to_owned()], None)
    );
}

#[test]
fn what_has_failed_again_has_a_new_reason() {
    let again = ParkingEvent::ParkedAgain {
        manager: manager(),
        event: event(1),
        reason: "still busy".to_owned(),
        again_at: None,
        early: false,
    };
    let parked = folded(&[parked(1, Some("busy"), Some(NOON)), again]);
    let entry = parked.of("order-1").next().unwrap();
    assert_eq!((entry.reason.as_deref(), entry.attempts), (Some("still busy"), 2));
}

#[test]
fn an_instance_without_parked_events_is_forgotten() {
    let released = ParkingEvent::Released {
        manager: manager(),
        event: event(1),
        skipped: false,
    };
    let parked = folded(&[parked(1, Some("no"), None), released]);
    assert!(!parked.holds("order-1"));
    assert_eq!(parked.instances().count(), 0);
}

use super::{LONGEST_REASON, Parked, ParkedEvent, key_of, read_row, row_of};
use crate::projection::Projection as _;
use crate::projection::tests::world::{Balances, opened, recorded};
use crate::store::rows::Value;
use crate::{Limits, Position, Timestamp};

/// The so-manieth event, in a sequence.
fn parked(number: usize, sequence: &str) -> ParkedEvent {
    let events = vec![opened("a", "Ada"); number];
    let event = recorded(&events).pop().unwrap();
    ParkedEvent::behind_others(&event, sequence.to_owned(), Timestamp::UNIX_EPOCH)
}

#[test]
fn an_event_is_read_back_from_its_row() {
    let table = Balances::PROJECTION.parked;
    assert_eq!(table.name().as_str(), "balances_parked");
    let waits = parked(3, "account-a");
    let failed = waits.clone().failed(3, "no").failed(1, "still no");
    assert_eq!((failed.attempts, failed.reason.as_deref()), (4, Some("still no")));
    for event in [waits, failed] {
        let row = row_of(&event, table).unwrap();
        Limits::DEFAULT.check_row(table, &row).unwrap();
        assert!(row.starts_with(&key_of(&event, table).unwrap()));
        assert_eq!(read_row(row, table).unwrap(), event);
    }
    assert!(read_row(vec![Value::Null], table).is_err());
}

#[test]
fn a_reason_is_cut_to_what_every_store_can_hold() {
    let event = parked(1, "account-a").failed(1, &format!("\0{}", "ö".repeat(LONGEST_REASON)));
    let reason = event.reason.as_deref().unwrap();
    assert!(reason.starts_with("\u{fffd}ö") && reason.len() <= LONGEST_REASON + 2);
    let table = Balances::PROJECTION.parked;
    Limits::DEFAULT
        .check_row(table, &row_of(&event, table).unwrap())
        .unwrap();
}

#[test]
fn a_sequence_is_parked_until_its_last_event_is_not() {
    let mut set: Parked = [(1, "a"), (3, "a"), (2, "b")]
        .map(|(at, sequence)| parked(at, sequence))
        .into_iter()
        .collect();
    assert_eq!(set.len(), 3);
    assert!(set.holds("a") && set.holds("b") && !set.holds("c"));
    let of_a: Vec<_> = set.of("a").map(|event| event.position.get()).collect();
    assert_eq!(of_a, [1, 3]);
    let sequences: Vec<_> = set
        .sequences()
        .into_iter()
        .map(|one| (one.first.sequence, one.events))
        .collect();
    assert_eq!(sequences, [("a".to_owned(), 2), ("b".to_owned(), 1)]);

    set.put(parked(1, "a").failed(1, "no"));
    assert_eq!(set.len(), 3, "it was there already");
    set.remove(&parked(1, "a"));
    set.remove(&parked(1, "a"));
    assert_eq!((set.len(), set.holds("a")), (2, true));
    set.remove(&parked(3, "a"));
    assert_eq!((set.len(), set.holds("a")), (1, false));
}

#[test]
fn events_are_found_by_their_ids_and_positions() {
    let set: Parked = [(1, "a"), (3, "a"), (2, "b")]
        .map(|(at, sequence)| parked(at, sequence))
        .into_iter()
        .collect();
    assert_eq!(set.find(parked(3, "a").event).unwrap().position, Position::new(3));
    assert!(set.find(parked(4, "a").event).is_none());
    let within = |first, last| set.within(Position::new(first), Position::new(last)).is_some();
    assert!(within(2, 2) && within(3, 9) && within(0, 1));
    assert!(!within(4, 9) && !within(0, 0));
}

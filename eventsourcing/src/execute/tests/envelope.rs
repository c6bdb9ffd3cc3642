//! What a command is executed with: a version that is expected, and a reader to move.

use super::super::ExecuteError;
use super::super::machine::{Input, Setup};
use super::drive::{
    KEY, append, append_failed, appended, finish, load, loaded, mover, paused, setup, try_machine,
};
use super::probe::{over, recorded, slice, stream, writes};
use crate::store::{
    Checkpoint, Conflict, DictionarySize, Overtaken, Progress, StoreEpoch, StoreId, StoreIdentity,
    StreamsRead,
};
use crate::{Position, StreamVersion, TypeFilter, Version};

fn expecting(id: &str, version: u64) -> Setup {
    let expected = StreamVersion {
        stream: stream(id),
        version: Version::new(version),
    };
    Setup {
        expected: Some(expected),
        ..setup()
    }
}

fn moving() -> Setup {
    let store = StoreIdentity {
        id: StoreId::new(uuid::Uuid::nil()),
        epoch: StoreEpoch::new(uuid::Uuid::nil()),
    };
    let to = Checkpoint {
        store,
        position: Position::new(5),
    };
    Setup {
        key: Some(KEY),
        progress: Some(Progress {
            reader: "reader".into(),
            from: None,
            to,
        }),
        ..setup()
    }
}

#[test]
fn the_expected_version_counts_every_event_of_the_stream() {
    let mut machine = try_machine(mover(), expecting("a", 1)).unwrap();
    machine.resume(Input::PlacesTaken);
    let slices = [slice(1, [recorded(1, &[("a", 1)])]), slice(0, [])];
    let append = append(machine.resume(loaded(slices)));
    assert_eq!(append.conditions[0].seen, Version::new(1));
    assert_eq!(append.conditions[0].types, TypeFilter::All);
    assert_ne!(append.conditions[1].types, TypeFilter::All);
}

#[test]
fn the_version_of_a_stream_that_is_not_read_may_be_expected() {
    let mut machine = try_machine(over([writes(0, "a")]), expecting("z", 7)).unwrap();
    assert_eq!(
        load(machine.resume(Input::PlacesTaken)),
        ["a after 0", "z after 0"]
    );
    append(machine.resume(loaded([slice(0, []), slice(7, [])])));
}

#[test]
fn another_version_than_expected_is_the_end() {
    let mut machine = try_machine(mover(), expecting("a", 1)).unwrap();
    machine.resume(Input::PlacesTaken);
    let end = finish(machine.resume(loaded([slice(0, []), slice(0, [])])));
    let Err(ExecuteError::UnexpectedVersion(unexpected)) = end else {
        panic!("the version was another");
    };
    assert_eq!(
        (unexpected.expected, unexpected.found),
        (Version::new(1), Version::ABSENT)
    );
}

#[test]
fn a_conflict_on_the_expected_stream_is_found_out_by_reading_it_again() {
    let mut machine = try_machine(mover(), expecting("a", 0)).unwrap();
    machine.resume(Input::PlacesTaken);
    append(machine.resume(loaded([slice(0, []), slice(0, [])])));
    let conflict = Conflict {
        stream: stream("a"),
        seen: Version::ABSENT,
        head: Version::FIRST,
    };
    assert!(paused(&machine.resume(append_failed(conflict))));
    machine.resume(Input::Paused);
    let end = finish(machine.resume(loaded([slice(1, [recorded(1, &[("a", 1)])]), slice(0, [])])));
    assert!(matches!(end, Err(ExecuteError::UnexpectedVersion(_))));
}

#[test]
fn a_reader_is_moved_by_the_append_of_the_command() {
    let mut machine = try_machine(mover(), moving()).unwrap();
    machine.resume(Input::PlacesTaken);
    let append = append(machine.resume(loaded([slice(0, []), slice(0, [])])));
    assert_eq!(append.progress, moving().progress);
    assert_eq!(append.events.len(), 1);
}

#[test]
fn a_reader_is_moved_even_if_the_command_has_happened_before() {
    let mut machine = try_machine(mover(), moving()).unwrap();
    machine.resume(Input::PlacesTaken);
    let repeated = StreamsRead {
        slices: Vec::new(),
        repeated: Some(appended()),
        dictionary: DictionarySize(0),
    };
    let append = append(machine.resume(Input::Loaded(Ok(repeated))));
    assert_eq!((append.progress, append.command), (moving().progress, Some(KEY)));
    assert!(append.events.is_empty() && append.conditions.is_empty());
}

#[test]
fn a_reader_that_is_elsewhere_is_the_end() {
    let mut machine = try_machine(mover(), moving()).unwrap();
    machine.resume(Input::PlacesTaken);
    append(machine.resume(loaded([slice(0, []), slice(0, [])])));
    let overtaken = Overtaken {
        reader: "reader".into(),
        expected: None,
        saved: None,
    };
    let end = finish(machine.resume(append_failed(overtaken)));
    assert!(matches!(end, Err(ExecuteError::Overtaken(_))));
}

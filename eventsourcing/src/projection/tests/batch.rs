use super::world::{World, account, batch, closed, garbled, inherited, moved, opened, recorded, row};
use crate::projection::tests::world::AccountEvent;
use crate::projection::{Batches as _, ProjectionFailure, RowError};

#[test]
fn the_rows_of_a_batch_are_loaded_together_and_all_handlers_run_again() {
    let mut world = World::default();
    let events = [
        opened("a", "Ada"),
        opened("b", "Bob"),
        moved("a", "b", 30),
        moved("b", "c", 10),
    ];
    let projected = world.write(&mut batch(), &events);
    assert_eq!(world.loads, [3]);
    assert_eq!((projected.events, projected.changes.put.len()), (4, 3));
    assert_eq!(
        world.rows(),
        [row("a", "Ada", -30), row("b", "Bob", 20), row("c", "", 10)]
    );
}

#[test]
fn rows_are_kept_for_the_next_batch_until_they_are_forgotten() {
    let (mut world, mut batch) = (World::default(), batch());
    world.write(&mut batch, &[moved("a", "b", 1)]);
    world.write(&mut batch, &[moved("a", "c", 1)]);
    assert_eq!(world.loads, [2, 1], "only `c` is new");

    batch.forget();
    world.write(&mut batch, &[moved("a", "b", 1)]);
    assert_eq!(world.loads, [2, 1, 2]);
    assert_eq!(world.rows(), [row("a", "", -3), row("b", "", 2), row("c", "", 1)]);
}

#[test]
fn what_was_not_written_is_not_kept() {
    let (mut world, mut batch) = (World::default(), batch());
    world.write(&mut batch, &[moved("a", "b", 1)]);
    let projected = world.project(&mut batch, &recorded(&[moved("a", "b", 5)]));
    assert_eq!(projected.changes.put.len(), 2);

    world.write(&mut batch, &[moved("a", "b", 1)]);
    assert_eq!(world.rows(), [row("a", "", -2), row("b", "", 2)]);
}

#[test]
fn a_row_that_another_row_names_is_loaded_after_that() {
    let (mut world, mut first) = (World::default(), batch());
    world.write(
        &mut first,
        &[opened("old", "heir of young"), moved("bank", "old", 100)],
    );
    world.loads.clear();

    let projected = world.write(&mut batch(), &[inherited("old"), moved("young", "bank", 10)]);
    assert!(projected.failure.is_none());
    assert_eq!(world.loads, [3]);
    assert_eq!(
        world.rows(),
        [
            row("bank", "", -90),
            row("old", "heir of young", 0),
            row("young", "", 90)
        ]
    );

    world.write(&mut first, &[moved("bank", "old", 7)]);
    world.loads.clear();
    world.write(&mut batch(), &[inherited("old")]);
    assert_eq!(world.loads, [1, 1], "whose heir that is, only the row says");
}

#[test]
fn what_is_put_or_removed_is_not_loaded() {
    let mut world = World::default();
    let projected = world.write(&mut batch(), &[closed("a"), closed("b")]);
    assert!(world.loads.is_empty());
    assert_eq!(projected.changes.remove.len(), 2);
}

#[test]
fn a_row_that_comes_and_goes_in_one_batch_is_not_there() {
    let mut world = World::default();
    let projected = world.write(
        &mut batch(),
        &[opened("a", "Ada"), closed("a"), opened("b", "Bob")],
    );
    assert_eq!(world.rows(), [row("b", "Bob", 0)]);
    assert!(projected.changes.remove.is_empty(), "it never was in the store");
}

#[test]
fn what_is_as_it_was_is_not_written() {
    let (mut world, mut batch) = (World::default(), batch());
    world.write(&mut batch, &[opened("a", "Ada")]);
    let projected = world.write(&mut batch, &[moved("a", "a", 5)]);
    assert_eq!(projected.events, 1);
    assert!(projected.changes.put.is_empty());
}

#[test]
fn a_batch_ends_before_an_event_that_fails() {
    let mut world = World::default();
    let events = [
        opened("a", "Ada"),
        moved("a", "b", 1),
        opened("b", "nobody"),
        opened("b", "Bob"),
    ];
    let projected = world.write(&mut batch(), &events);
    assert_eq!(projected.events, 2);
    assert!(
        matches!(projected.failure, Some(ProjectionFailure::Handler(error)) if error.to_string() == "nobody has no accounts")
    );
    assert_eq!(world.rows(), [row("a", "Ada", -1), row("b", "", 1)]);
}

#[test]
fn a_panic_is_a_failure() {
    let projected = World::default().write(&mut batch(), &[opened("a", "chaos")]);
    assert_eq!(projected.events, 0);
    assert!(matches!(projected.failure, Some(ProjectionFailure::Panicked { message }) if message == "chaos"));
}

#[test]
fn a_batch_ends_before_an_event_that_cannot_be_read() {
    let mut events = recorded(&[opened("a", "Ada"), opened("b", "Bob"), opened("c", "Cem")]);
    events[1] = garbled(&events[1]);
    let mut world = World::default();
    let projected = world.project(&mut batch(), &events);
    assert_eq!(projected.events, 1);
    assert!(matches!(projected.failure, Some(ProjectionFailure::Decode(_))));
}

#[test]
fn the_event_that_has_changed_a_key_is_found() {
    let mut world = World::default();
    let events = [opened("a", "Ada"), opened("b", "thief"), opened("c", "Cem")];
    let projected = world.write(&mut batch(), &events);
    assert_eq!(projected.events, 1);
    assert!(matches!(
        projected.failure,
        Some(ProjectionFailure::Row(RowError::KeyChanged { .. }))
    ));
    assert_eq!(world.rows(), [row("a", "Ada", 0)]);
}

#[test]
fn a_row_that_has_to_be_there_and_is_not_is_a_failure_of_the_event() {
    let projected = World::default().write(&mut batch(), &[inherited("a")]);
    let Some(ProjectionFailure::Handler(error)) = projected.failure else {
        panic!("{projected:?}");
    };
    assert_eq!(error.to_string(), "there is no row `a` in `balances`");
}

#[test]
fn a_handler_that_asks_for_other_rows_each_time_fails_alone() {
    let mut world = World::default();
    let puzzled = AccountEvent::Puzzled {
        account: account("a"),
    };
    let first = world.write(
        &mut batch(),
        &[opened("a", "Ada"), puzzled.clone(), opened("b", "Bob")],
    );
    assert_eq!(first.events, 1);
    assert!(first.failure.is_none(), "the batch was cut before it");

    let second = world.write(&mut batch(), &[puzzled, opened("b", "Bob")]);
    assert_eq!(second.events, 0);
    assert!(matches!(second.failure, Some(ProjectionFailure::Unsettled)));
}

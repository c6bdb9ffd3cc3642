use super::world::World;
use crate::fixture::{append, event};

#[test]
#[should_panic(expected = "was written by nobody in the history")]
fn a_report_that_is_not_clean_stops_the_test() {
    let mut world = World::default();
    world.writes(&append([event("a.X", "a-1")]));
    world.check().assert_clean();
}

#[test]
fn of_each_kind_of_violation_a_hundred_are_kept() {
    let mut world = World::default();
    for _ in 0..150 {
        world.writes(&append([event("a.X", "a-1")]));
    }
    let report = world.check();
    assert_eq!((report.violations.len(), report.left_out), (100, 50));
    assert!(report.to_string().starts_with("150 violations"));
}

#[test]
fn everything_is_counted() {
    let mut world = World::default();
    world.appends(&append([event("a.X", "a-1"), event("a.X", "a-2")]));
    world.begins(&append([event("a.X", "a-1")])).unknown();
    world.begins(&append([event("a.X", "a-1")])).failed();
    world.recorder.begin(1).rejected();
    world.reads(&[("a-1", 1), ("a-2", 1)]);
    let counts = world.check().counts;
    assert_eq!(counts.commands(), 4);
    assert_eq!(
        (
            counts.acknowledged,
            counts.rejected,
            counts.failed,
            counts.unknown
        ),
        (1, 1, 1, 1)
    );
    assert_eq!((counts.reads, counts.seen, counts.events), (1, 2, 2));
}

#[test]
fn a_digest_tells_histories_apart() {
    let mut world = World::default();
    let before = world.check().digest;
    world.appends(&append([event("a.X", "a-1")]));
    let after = world.check().digest;
    assert_ne!(before, after);
    assert_eq!(after, world.check().digest);
}

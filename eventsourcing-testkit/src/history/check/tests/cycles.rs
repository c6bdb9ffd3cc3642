use super::assert_found;
use super::world::{World, finds};
use crate::fixture::{AppendExt, append, event};
use crate::history::{Dependency, Violation};

#[test]
fn write_skew_is_a_cycle_of_anti_dependencies() {
    let mut world = World::default();
    let left = append([event("a.X", "a-1")]).if_absent("a-2");
    let right = append([event("a.X", "a-2")]).if_absent("a-1");
    let (lefts, rights) = (world.begins(&left), world.begins(&right));
    lefts.acknowledged(&world.writes(&left));
    rights.acknowledged(&world.writes(&right));

    let report = world.check();
    let cycle = report.violations.iter().find_map(|violation| match violation {
        Violation::Cycle(cycle) => Some(cycle),
        _ => None,
    });
    let cycle = cycle.unwrap();
    let is_anti_dependency = |dependency: &Dependency| matches!(dependency, Dependency::ReadWrite(..));
    assert!(
        cycle
            .steps
            .iter()
            .all(|step| is_anti_dependency(&step.dependency))
    );
    assert_eq!(
        cycle.to_string(),
        "each of these has to come before the next: \
         acknowledged command #0 of client 1 --(rw `a-2` 1)-> \
         acknowledged command #1 of client 1 --(rw `a-1` 1)-> \
         acknowledged command #0 of client 1"
    );
}

#[test]
fn a_lost_update_is_a_cycle() {
    let mut world = World::default();
    let (first, second) = (
        append([event("a.X", "a-1")]).if_absent("a-1"),
        append([event("a.X", "a-1")]).if_absent("a-1"),
    );
    let (firsts, seconds) = (world.begins(&first), world.begins(&second));
    firsts.acknowledged(&world.writes(&first));
    seconds.acknowledged(&world.writes(&second));
    assert_found!(world, Violation::Cycle(_));
}

#[test]
fn time_goes_into_cycles_as_well() {
    let mut world = World::default();
    world.appends(&append([event("a.X", "a-1")]));
    world.appends(&append([event("a.X", "a-9")]));
    world.reads(&[("a-1", 0)]);
    let is_by_time = |violation: &Violation| match violation {
        Violation::Cycle(cycle) => cycle
            .steps
            .iter()
            .any(|step| step.dependency == Dependency::RealTime),
        _ => false,
    };
    assert!(world.check().has(is_by_time));
}

#[test]
fn what_overlaps_is_no_cycle() {
    let mut world = World::default();
    let first = world.recorder.begin_query(1);
    let second = world.recorder.begin_query(2);
    world.appends(&append([event("a.X", "a-1")]));
    world.appends(&append([event("a.X", "a-2")]).if_at("a-1", 1));
    finds(first, &[("a-1", 1), ("a-2", 0)]);
    finds(second, &[("a-1", 0), ("a-2", 0)]);
    world.check().assert_clean();
}

#[test]
fn a_long_history_needs_no_deep_stack() {
    let mut world = World::default();
    for version in 0..20_000 {
        world.appends(&append([event("a.X", "a-1")]).if_at("a-1", version));
    }
    world.check().assert_clean();
}

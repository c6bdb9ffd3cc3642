use eventsourcing_core::Metadata;
use eventsourcing_core::store::{Append, Appended, CommandKey, DictionarySize, StreamsRead};

use super::assert_found;
use super::world::World;
use crate::fixture::{AppendExt, append, event, new_command, read};
use crate::history::Violation;

fn append_under(key: CommandKey) -> Append {
    append([event("a.X", "a-1")]).under(key)
}

#[test]
fn a_command_that_takes_effect_once_is_fine() {
    let mut world = World::default();
    let key = new_command();
    world.begins(&append_under(key)).failed();
    let first = world.appends(&append_under(key));
    world.begins(&append_under(key)).acknowledged(&Appended {
        repeated: true,
        ..first
    });
    world.check().assert_clean();
}

#[test]
fn a_command_that_takes_effect_twice_is_found() {
    let mut world = World::default();
    let key = new_command();
    world.appends(&append_under(key));
    world.appends(&append_under(key));
    assert_found!(world, Violation::CommandTwice { .. });
}

#[test]
fn a_command_without_events_takes_effect_once_as_well() {
    let mut world = World::default();
    let key = new_command();
    world.appends(&append([]).under(key));
    world.appends(&append_under(key));
    assert_found!(world, Violation::CommandTwice { .. });
}

#[test]
fn a_command_of_unknown_outcome_takes_effect_once_as_well() {
    let mut world = World::default();
    let key = new_command();
    let unknown = append_under(key);
    world.begins(&unknown).unknown();
    world.writes(&unknown);
    world.appends(&append_under(key));
    assert_found!(world, Violation::CommandTwice { .. });
}

#[test]
fn a_command_id_that_is_not_found_is_found_here() {
    let mut world = World::default();
    let mut lookup = read([]);
    lookup.command = Some(new_command());
    let nothing = StreamsRead {
        slices: Vec::new(),
        repeated: None,
        dictionary: DictionarySize::default(),
    };
    let early = world.recorder.begin_query(1);
    let append = append_under(lookup.command.unwrap());
    let appended = world.appends(&append);
    early.streams(&lookup, &nothing);
    let first_outcome = StreamsRead {
        repeated: Some(Appended {
            repeated: true,
            ..appended
        }),
        ..nothing.clone()
    };
    world.recorder.begin_query(1).streams(&lookup, &first_outcome);
    world.check().assert_clean();

    world.recorder.begin_query(1).streams(&lookup, &nothing);
    assert_found!(world, Violation::CommandForgotten { .. });
}

#[test]
fn an_unknown_outcome_is_known_by_the_command_id_in_the_metadata() {
    let mut world = World::default();
    let id = new_command().id;
    let mut decided = append([event("a.X", "a-1")]);
    decided.events[0].metadata = Metadata::of_command(id).to_bytes();
    let mut pending = world.recorder.begin(1);
    pending.id(id);
    pending.unknown();
    world.writes(&decided);
    world.check().assert_clean();
}

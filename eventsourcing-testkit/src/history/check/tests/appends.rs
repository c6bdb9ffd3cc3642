use std::sync::Arc;

use eventsourcing_core::EventId;
use eventsourcing_core::store::{Appended, Settled};
use eventsourcing_core::uuid::Uuid;

use super::assert_found;
use super::world::World;
use crate::fixture::{AppendExt, NewEventExt, append, event};
use crate::history::{Comparison, Recorder, Violation};

#[test]
fn what_is_acknowledged_and_there_is_fine() {
    let mut world = World::default();
    world.appends(&append([event("a.X", "a-1"), event("a.Y", "a-2").linked_to("a-1")]).if_absent("a-1"));
    world.appends(&append([event("a.X", "a-1")]).if_at("a-1", 2));
    world.check().assert_clean();
}

#[test]
fn what_is_acknowledged_and_not_there_is_lost() {
    let mut world = World::default();
    world.appends(&append([event("a.X", "a-1"), event("a.X", "a-1")]));
    world.log.clear();
    assert_found!(world, Violation::Lost { events: 2, .. });
}

#[test]
fn half_of_an_acknowledged_append_is_torn() {
    let mut world = World::default();
    world.appends(&append([event("a.X", "a-1"), event("a.X", "a-1")]));
    world.log.pop();
    assert_found!(
        world,
        Violation::Torn {
            events: 2,
            found: 1,
            ..
        }
    );
}

#[test]
fn what_gets_in_between_is_found() {
    let mut world = World::default();
    let whole = append([event("a.X", "a-1"), event("a.X", "a-2")]);
    let other = append([event("a.X", "a-3")]);
    let (pending, others) = (world.begins(&whole), world.begins(&other));
    let mut appended = world.writes(&append([whole.events[0].clone()]));
    others.acknowledged(&world.writes(&other));
    let rest = world.writes(&append([whole.events[1].clone()]));
    appended.events.extend(rest.events);
    appended.position = rest.position;
    pending.acknowledged(&appended);
    assert_found!(world, Violation::Interleaved { .. });
}

#[test]
fn another_payload_is_found() {
    let mut world = World::default();
    world.appends(&append([event("a.X", "a-1")]));
    world.spoils(0, |event| event.payload = "{}".into());
    assert_found!(
        world,
        Violation::Altered {
            what: "payload",
            between: Comparison::SentAndStored,
            ..
        }
    );
}

#[test]
fn another_version_than_was_acknowledged_is_found() {
    let mut world = World::default();
    let append = append([event("a.X", "a-1")]);
    let pending = world.begins(&append);
    pending.acknowledged(&world.writes(&append));
    world.spoils(0, |event| event.home.version = event.home.version.next());
    assert_found!(
        world,
        Violation::Altered {
            between: Comparison::AnsweredAndStored,
            ..
        }
    );
}

#[test]
fn other_events_than_were_sent_are_found() {
    let mut world = World::default();
    let sent = append([event("a.X", "a-1")]);
    let pending = world.begins(&sent);
    pending.acknowledged(&world.writes(&append([event("a.X", "a-1")])));
    assert_found!(
        world,
        Violation::Altered {
            between: Comparison::SentAndAnswered,
            ..
        }
    );
}

#[test]
fn links_may_come_back_in_another_order() {
    let mut world = World::default();
    world.appends(&append([event("a.X", "a-1").linked_to("a-2").linked_to("a-3")]));
    world.spoils(0, |event| event.links.reverse());
    world.check().assert_clean();
}

#[test]
fn what_failed_and_is_there_is_found() {
    let mut world = World::default();
    let append = append([event("a.X", "a-1")]);
    world.begins(&append).failed();
    world.writes(&append);
    assert_found!(world, Violation::FailedVisible { .. });
}

#[test]
fn what_failed_may_be_sent_again() {
    let mut world = World::default();
    let append = append([event("a.X", "a-1")]);
    world.begins(&append).failed();
    world.appends(&append);
    world.check().assert_clean();
}

#[test]
fn what_failed_and_is_there_beside_its_repetition_is_found() {
    let mut world = World::default();
    let append = append([event("a.X", "a-1")]);
    world.begins(&append).failed();
    world.writes(&append);
    world.appends(&append);
    assert_found!(world, Violation::FailedVisible { .. });
    assert_found!(world, Violation::EventTwice { .. });
}

#[test]
fn an_unknown_outcome_is_all_or_nothing() {
    let mut world = World::default();
    let absent = append([event("a.X", "a-1"), event("a.X", "a-1")]);
    let present = append([event("a.X", "a-1"), event("a.X", "a-1")]);
    world.begins(&absent).unknown();
    drop(world.begins(&present));
    world.writes(&present);
    world.check().assert_clean();

    world.log.pop();
    assert_found!(
        world,
        Violation::Torn {
            events: 2,
            found: 1,
            ..
        }
    );
}

#[test]
fn an_unknown_outcome_may_come_true_late() {
    let mut world = World::default();
    let late = append([event("a.X", "a-1")]).if_at("a-1", 1);
    world.appends(&append([event("a.X", "a-1")]));
    world.begins(&late).unknown();
    world.reads(&[("a-1", 1)]);
    world.writes(&late);
    world.reads(&[("a-1", 2)]);
    world.check().assert_clean();
}

#[test]
fn what_is_settled_as_absent_stays_absent() {
    let mut world = World::default();
    let append = append([event("a.X", "a-1")]);
    world.begins(&append).unknown();
    world.recorder.begin_query(1).settled(&append, &Settled::Absent);
    world.check().assert_clean();

    world.writes(&append);
    assert_found!(world, Violation::FailedVisible { .. });
}

#[test]
fn what_is_settled_as_absent_is_not_acknowledged_later() {
    let mut world = World::default();
    let append = append([event("a.X", "a-1")]);
    let on_its_way = world.begins(&append);
    world.recorder.begin_query(2).settled(&append, &Settled::Absent);
    on_its_way.acknowledged(&world.writes(&append));
    assert_found!(world, Violation::FailedVisible { .. });
}

#[test]
fn what_is_settled_as_absent_may_be_sent_again() {
    let mut world = World::default();
    let append = append([event("a.X", "a-1")]);
    world.begins(&append).unknown();
    world.recorder.begin_query(1).settled(&append, &Settled::Absent);
    world.appends(&append);
    world.check().assert_clean();
}

#[test]
fn what_is_settled_as_present_is_there() {
    let mut world = World::default();
    let append = append([event("a.X", "a-1")]);
    world.begins(&append).unknown();
    let settled = Settled::Present(world.writes(&append));
    world.recorder.begin_query(1).settled(&append, &settled);
    world.check().assert_clean();

    world.log.clear();
    assert_found!(world, Violation::Lost { .. });
}

#[test]
fn of_several_attempts_of_unknown_outcome_the_fitting_one_counts() {
    let mut world = World::default();
    let created = event("a.X", "a-2");
    let stale = append([created.clone()]).if_absent("a-1");
    let fresh = append([created]).if_at("a-1", 1);
    world.begins(&stale).unknown();
    world.appends(&append([event("a.X", "a-1")]));
    world.begins(&fresh).unknown();
    world.writes(&fresh);
    world.check().assert_clean();
}

#[test]
fn two_acknowledgements_of_one_event_are_found() {
    let mut world = World::default();
    let append = append([event("a.X", "a-1")]);
    let appended = world.appends(&append);
    world.begins(&append).acknowledged(&appended);
    assert_found!(world, Violation::AcknowledgedTwice { .. });
}

#[test]
fn an_event_of_nobody_is_found() {
    let mut world = World::default();
    world.writes(&append([event("a.X", "a-1")]));
    assert_found!(world, Violation::Stranger { .. });
}

#[test]
fn events_of_others_are_fine_if_there_are_others() {
    let mut world = World::default();
    world.recorder = Recorder::partial();
    world.writes(&append([event("a.X", "a-1")]));
    world.appends(&append([event("a.X", "a-1")]).if_at("a-1", 1));
    world.check().assert_clean();
}

#[test]
fn who_records_by_hand_need_not_know_what_was_sent() {
    let mut world = World::default();
    let pending = world.recorder.begin(1);
    let appended = world.writes(&append([event("a.X", "a-1"), event("a.X", "a-2")]));
    pending.acknowledged(&appended);
    world.check().assert_clean();

    world.log.pop();
    assert_found!(world, Violation::Torn { .. });
}

#[test]
fn a_repeated_outcome_is_that_of_the_log() {
    let mut world = World::default();
    let appended = world.appends(&append([event("a.X", "a-1")]));
    let repeated = |appended: Appended| Appended {
        repeated: true,
        ..appended
    };
    world
        .begins(&append([event("a.X", "a-1")]))
        .acknowledged(&repeated(appended.clone()));
    world.check().assert_clean();

    let mut wrong = appended;
    let mut event = (*wrong.events[0]).clone();
    event.id = EventId::new(Uuid::nil());
    wrong.events[0] = Arc::new(event);
    world.begins(&append([])).acknowledged(&repeated(wrong));
    assert_found!(world, Violation::Lost { .. });
}

use eventsourcing::prelude::*;
use eventsourcing::testing::scenario;
use eventsourcing::wire::Rejection;

use super::{Cancel, Fulfilment, OrderId, Ship, TakePayment, cancelled, noted, paid, placed};

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "parcel")]
struct ParcelId(u32);

/// An event of an aggregate, which is in its stream without a field for it.
#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "parcel")]
enum ParcelEvent {
    Lost,
}

#[test]
fn a_state_is_what_its_handlers_make_of_the_events() {
    scenario()
        .given((placed(17), noted(17)))
        .given([noted(17)])
        .process::<Fulfilment>()
        .when([paid(17)])
        .then_sends([Ship::of(17, "gift and gift for 5")]);
}

#[test]
fn instances_know_nothing_of_each_other() {
    scenario()
        .given((placed(17), placed(18), noted(18)))
        .process::<Fulfilment>()
        .when([paid(17), paid(18)])
        .then_sends([Ship::of(17, " for 5"), Ship::of(18, "gift for 5")]);
}

#[test]
fn what_is_for_a_running_instance_is_passed_over_if_there_is_none() {
    scenario()
        .given((noted(17), placed(17)))
        .process::<Fulfilment>()
        .when([paid(17)])
        .then_sends([Ship::of(17, " for 5")]);
}

#[test]
fn strict_makes_that_a_failure() {
    let failure = scenario().process::<Fulfilment>().when([paid(17)]).then_parked();
    assert_eq!(
        failure.to_string(),
        "`fulfilment-17` is not running, and `OrderEvent::Paid` is for one that is"
    );
}

#[test]
fn what_has_stopped_may_start_again_from_nothing() {
    scenario()
        .given((placed(17), noted(17), cancelled(17)))
        .process::<Fulfilment>()
        .when([placed(17)])
        .then_sends([TakePayment::of(17, "")])
        .when([paid(17)])
        .then_sends([Ship::of(17, " for 5")]);
}

#[test]
fn a_second_start_of_a_running_instance_goes_on() {
    scenario()
        .given((placed(17), noted(17), placed(17)))
        .process::<Fulfilment>()
        .when([paid(17)])
        .then_sends([Ship::of(17, "gift for 5")]);
}

#[test]
fn a_rejection_is_reacted_to_and_remembered() {
    scenario()
        .given([placed(17)])
        .process::<Fulfilment>()
        .when_rejected(TakePayment::of(17, ""), Rejection::new("no money"))
        .then_sends([Cancel::of(17, "no money")])
        .when([cancelled(17)])
        .then_sends_nothing();
}

#[derive(Default)]
struct Search;

#[process_manager(key = ParcelId, category = "search", start = now, sends(Ship))]
impl Search {
    #[start(ParcelEvent::Lost, key = event.stream(), strict)]
    fn lost(&mut self, event: &Recorded<ParcelEvent>) -> Option<Ship> {
        let parcel = ParcelId::from_stream_id(event.stream()).ok()?;
        Some(Ship::of(parcel.0, "again"))
    }
}

#[test]
fn the_name_of_the_home_stream_may_be_the_key() {
    let search = scenario()
        .process::<Search>()
        .when_in(&ParcelId(3), [ParcelEvent::Lost])
        .then_sends([Ship::of(3, "again")]);
    let failure = search.when_in(&ParcelId(3), [ParcelEvent::Lost]).then_parked();
    assert_eq!(
        failure.to_string(),
        "`search-3` is running, and `ParcelEvent::Lost` is to start it"
    );
    let failure = scenario()
        .process::<Search>()
        .when_in(&OrderId(3), [ParcelEvent::Lost])
        .then_parked();
    assert_eq!(
        failure.to_string(),
        "no instance is named by the key of a `ParcelEvent::Lost`"
    );
}

use eventsourcing::prelude::*;
use eventsourcing::process::{Behaviour, Failure, Manager, ProcessManager, Start};
use eventsourcing::testing::scenario;

use super::{
    Cancel, Noted, OrderEvent, OrderId, Ship, TakePayment, cancelled, noted, paid, placed, recorded,
};

#[process_manager(on = OrderEvent::Placed, start = beginning)]
fn ask_for_payment(order: &OrderId, r#type: &str, event: &Recorded<OrderEvent>) -> TakePayment {
    assert_eq!(event.stream().as_str(), format!("order-{}", order.0));
    TakePayment {
        order: order.clone(),
        why: r#type.to_owned(),
    }
}

#[test]
fn fields_and_the_event_are_handed_over() {
    scenario()
        .process::<ask_for_payment>()
        .when([placed(17)])
        .then_sends([TakePayment::of(17, "book")]);
}

#[test]
fn other_events_are_none_of_its_concern() {
    scenario()
        .process::<ask_for_payment>()
        .when([paid(17), cancelled(17)])
        .then_sends_nothing();
}

#[test]
fn facts_are_constants() {
    const MANAGER: Manager = ask_for_payment::MANAGER;
    assert_eq!(MANAGER.name, "ask_for_payment");
    assert!(MANAGER.origin.ends_with("functions::ask_for_payment"));
    assert_eq!(MANAGER.start, Start::Beginning);
    assert_eq!(MANAGER.on[0].shown, "OrderEvent::Placed");
    assert!(MANAGER.on[0].types.contains("order.Placed") && !MANAGER.on[0].types.contains("order.Paid"));
    assert_eq!(
        (MANAGER.sends[0].name, MANAGER.sends[0].category),
        ("TakePayment", None)
    );
    assert_eq!(MANAGER.sends[0].origin, <TakePayment as Command>::ORIGIN);
}

#[process_manager(on = [OrderEvent::Paid, Noted], start = now, name = "payments")]
fn ship_what_is_paid(order: &OrderId) -> Option<Ship> {
    (order.0 != 13).then(|| Ship::of(order.0, ""))
}

#[test]
fn events_of_several_types_share_the_fields_that_all_have() {
    assert_eq!(
        (ship_what_is_paid::MANAGER.name, ship_what_is_paid::MANAGER.start),
        ("payments", Start::Now)
    );
    scenario()
        .process::<ship_what_is_paid>()
        .when((paid(17), noted(18), paid(13)))
        .then_sends([Ship::of(17, ""), Ship::of(18, "")]);
}

#[process_manager(on = OrderEvent, start = now, sends(Cancel, Ship))]
fn two_of_each(event: &Recorded<OrderEvent>, cx: &mut Sends<two_of_each>) -> Vec<Ship> {
    for order in [1, 2] {
        let id = cx.new_id();
        cx.send(Cancel::of(order, &id.to_string()));
    }
    assert_eq!((cx.now(), cx.cause().id), (event.recorded_at(), event.id()));
    vec![Ship::of(3, "")]
}

#[test]
fn several_commands_have_several_ids_and_the_same_ones_next_time() {
    let sent = || {
        let Behaviour::Stateless(manager) = two_of_each::MANAGER.behaviour else {
            panic!("it has no state");
        };
        manager.react(&recorded(&cancelled(1))).unwrap()
    };
    let (first, again) = (sent(), sent());
    assert_eq!(first, again);
    assert_eq!(
        first.iter().map(|sent| &*sent.name).collect::<Vec<_>>(),
        ["Cancel", "Cancel", "Ship"]
    );
    assert!(first[0].id != first[1].id && first[0].payload != first[1].payload);
}

#[process_manager(on = Noted, start = now)]
fn panics_on_gifts(text: &str) -> Option<Ship> {
    assert_ne!(text, "gift", "no gifts");
    None
}

#[test]
fn a_panic_is_a_failure_like_any_other() {
    let failure = scenario()
        .process::<panics_on_gifts>()
        .when([noted(1)])
        .then_parked();
    let Failure::Panicked { message } = failure else {
        panic!("{failure}")
    };
    assert!(message.contains("no gifts"), "{message}");
}

#[test]
fn they_are_still_functions() {
    assert_eq!(ship_what_is_paid(&OrderId(13)), None);
}

/// A parcel, which is an aggregate: its commands go to its stream.
#[derive(Clone, Default)]
struct Parcel(bool);

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "parcel")]
struct ParcelId(u32);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "parcel")]
enum ParcelEvent {
    Sent,
}

#[derive(Debug, thiserror::Error)]
#[error("it was sent already")]
struct AlreadySent;

#[aggregate(id = ParcelId, event = ParcelEvent, error = AlreadySent)]
impl Parcel {
    #[command(type = SendParcel)]
    fn send(&self) -> Result<Option<ParcelEvent>, AlreadySent> {
        require!(!self.0, AlreadySent);
        Ok(Some(ParcelEvent::Sent))
    }

    #[apply]
    fn sent(&mut self) {
        self.0 = true;
    }
}

#[process_manager(on = OrderEvent::Paid, start = beginning)]
fn send_what_is_paid(order: &OrderId) -> SendParcel {
    SendParcel::new(ParcelId(order.0))
}

#[test]
fn the_command_of_an_aggregate_goes_to_its_stream() {
    assert_eq!(send_what_is_paid::MANAGER.sends[0].category, Some("parcel"));
    let Behaviour::Stateless(manager) = send_what_is_paid::MANAGER.behaviour else {
        panic!("it has no state");
    };
    let sent = manager.react(&recorded(&paid(17))).unwrap().remove(0);
    assert_eq!(sent.target.as_ref().map(StreamId::as_str), Some("parcel-17"));
    assert_eq!((sent.category(), &*sent.name), (Some("parcel"), "SendParcel"));
}

use std::sync::Arc;

use eventsourcing::event::Event;
use eventsourcing::prelude::*;
use eventsourcing::process::{
    Behaviour, Failure, Instance, Outgoing, ProcessEvent, ProcessManager, Reaction,
};
use eventsourcing::uuid::Uuid;
use eventsourcing::wire::Rejection;
use eventsourcing::{CommandId, EventTypeName, Metadata, NewEvent, RecordedEvent};

use super::{Cancel, Fulfilment, OrderEvent, OrderId, TakePayment, placed, recorded, stored};

/// The process manager after somebody has changed its code.
#[derive(Default)]
struct Changed {
    placed: bool,
}

#[process_manager(key = OrderId, category = "fulfilment", start = beginning, sends(TakePayment, Cancel))]
impl Changed {
    #[start(OrderEvent::Placed, key = order)]
    fn placed(&mut self, order: &OrderId) -> Cancel {
        self.placed = true;
        Cancel::of(order.0, "we have closed")
    }

    #[on_rejected(TakePayment)]
    fn not_paid(&mut self, command: &TakePayment) -> Option<Cancel> {
        self.placed.then(|| Cancel::of(command.order.0, "not paid"))
    }
}

type History = [Arc<RecordedEvent>];

#[expect(clippy::panic, reason = "this is how tests fail")]
fn replayed<M: ProcessManager>(history: &History) -> Result<Box<dyn Instance>, Failure> {
    let Behaviour::Stateful(manager) = M::MANAGER.behaviour else {
        panic!("it has a state");
    };
    manager.replay(&StreamId::new("fulfilment-17").unwrap(), history)
}

#[expect(clippy::panic, reason = "this is how tests fail")]
fn new(reaction: Reaction) -> (NewEvent, Vec<Outgoing>) {
    match reaction {
        Reaction::New { record, commands, .. } => (record, commands),
        other => panic!("{other:?}"),
    }
}

/// What an instance of `Fulfilment` makes of the order 17.
fn placed_17() -> (NewEvent, Vec<Outgoing>) {
    let cause = recorded(&placed(17));
    new(replayed::<Fulfilment>(&[]).unwrap().react(&cause).unwrap())
}

#[test]
fn what_was_sent_stays_as_it_was_even_if_the_code_changes() {
    let (record, sent) = placed_17();
    assert_eq!(record.home, "fulfilment-17");
    let history = [stored(record)];

    let mut changed = replayed::<Changed>(&history).unwrap();
    let again = changed.react(&recorded(&placed(17))).unwrap();
    assert_eq!(again, Reaction::Repeated { commands: sent });
}

#[test]
fn a_reaction_to_a_rejection_is_recorded_too() {
    let (record, sent) = placed_17();
    let reacted = stored(record);
    let rejection = Rejection::new("no money");
    let mut instance = replayed::<Changed>(std::slice::from_ref(&reacted)).unwrap();
    let (refused, commands) = new(instance.refused(sent[0].id, &rejection).unwrap());

    let mut again = replayed::<Changed>(&[reacted, stored(refused)]).unwrap();
    assert_eq!(
        again.refused(sent[0].id, &rejection).unwrap(),
        Reaction::Repeated { commands }
    );
}

#[test]
fn a_record_has_the_metadata_of_its_cause() {
    let (record, _) = placed_17();
    let cause = recorded(&placed(17));
    let metadata = Metadata::from_bytes(&record.metadata).unwrap();
    assert_eq!(metadata.causation_id, cause.id.into());
    assert_eq!(metadata.correlation_id, cause.metadata().unwrap().correlation_id);
}

#[test]
fn what_has_lost_its_handler_is_not_forgotten() {
    let (record, _) = placed_17();
    let event = ProcessEvent::decode((&*stored(record.clone())).into()).unwrap();
    let ProcessEvent::Reacted(mut reacted) = event else {
        panic!("{event:?}")
    };
    reacted.cause.event_type = EventTypeName::from_static("order.Gone");
    let payload = reacted.encode().unwrap().payload;
    let failure = replayed::<Fulfilment>(&[stored(NewEvent { payload, ..record })])
        .map(|_| ())
        .unwrap_err();
    assert_eq!(
        failure.to_string(),
        "`fulfilment-17` has reacted to a `order.Gone`, for which there is no handler; keep one, it may be empty"
    );
}

#[test]
fn a_command_that_was_not_sent_is_not_refused() {
    let id = CommandId::new(Uuid::nil());
    let failure = replayed::<Fulfilment>(&[])
        .unwrap()
        .refused(id, &Rejection::new(""))
        .unwrap_err();
    assert!(matches!(failure, Failure::UnknownCommand { .. }));
}

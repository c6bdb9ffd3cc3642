//! Ids and lanes that are the same each time they are worked out: what is done again after a crash is recognized.

use std::fmt::Display;
use std::num::NonZeroU32;

use uuid::Uuid;

use crate::{CommandId, EventId, StreamId};

/// The id of a command that a process manager sends: `UUIDv5`, in a name space of its own, of
/// `<manager>/<cause>/command/<ordinal>`.
///
/// The cause is the id of the event that it reacts to, or of the command that was refused. The ordinal counts what is sent in
/// one reaction, from 0.
pub fn command_id(manager: &str, cause: Uuid, ordinal: usize) -> CommandId {
    derived(manager, cause, format_args!("command/{ordinal}")).into()
}

/// The id of the command that the record of a reaction is said to come from: of `<manager>/<cause>/record`.
pub(super) fn record_id(manager: &str, cause: Uuid) -> CommandId {
    derived(manager, cause, "record").into()
}

/// The id of the event that records the reaction to a cause: of `<manager>/<cause>/event`.
pub(super) fn record_event_id(manager: &str, cause: Uuid) -> EventId {
    derived(manager, cause, "event").into()
}

/// The id of the event that withdraws a command: of `<manager>/<command>/withdrawn`.
pub(super) fn withdrawn_event_id(manager: &str, command: Uuid) -> EventId {
    derived(manager, command, "withdrawn").into()
}

/// An id that a handler asks for: of `<manager>/<cause>/id/<ordinal>`.
pub(super) fn new_id(manager: &str, cause: Uuid, ordinal: usize) -> Uuid {
    derived(manager, cause, format_args!("id/{ordinal}"))
}

/// The names of managers hold no `/`, so two texts are never alike.
fn derived(manager: &str, cause: Uuid, purpose: impl Display) -> Uuid {
    const PROCESSES: Uuid = Uuid::from_u128(0x9aaa_c0a7_d27f_4289_95ef_cbec_ede4_5d16);
    Uuid::new_v5(&PROCESSES, format!("{manager}/{cause}/{purpose}").as_bytes())
}

/// The lane of an instance, from 0 to `lanes` - 1: the last 64 bits of the `UUIDv5` of its stream id, in a name space of its
/// own, modulo `lanes`. It never changes, since each lane has a checkpoint of its own.
pub fn lane(instance: &StreamId, lanes: NonZeroU32) -> u32 {
    const LANES: Uuid = Uuid::from_u128(0xd42e_b643_5b8f_40ff_ba11_aa49_a302_15f5);
    let (_, hash) = Uuid::new_v5(&LANES, instance.as_str().as_bytes()).as_u64_pair();
    let lane = hash % u64::from(lanes.get());
    u32::try_from(lane).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAUSE: Uuid = Uuid::from_u128(7);

    #[test]
    fn the_same_send_has_the_same_id_for_ever() {
        assert_eq!(
            command_id("fulfilment", CAUSE, 0).to_string(),
            "37398488-5f70-549a-bb45-16bdddc41ad6"
        );
        assert_eq!(
            record_id("fulfilment", CAUSE).to_string(),
            "06d53ad2-196c-5cb3-8b6f-da3542bd62f1"
        );
    }

    #[test]
    fn what_differs_has_another_id() {
        let ids = [
            command_id("fulfilment", CAUSE, 0).get(),
            command_id("fulfilment", CAUSE, 1).get(),
            command_id("other", CAUSE, 0).get(),
            command_id("fulfilment", Uuid::from_u128(8), 0).get(),
            record_id("fulfilment", CAUSE).get(),
            record_event_id("fulfilment", CAUSE).get(),
            withdrawn_event_id("fulfilment", CAUSE).get(),
            new_id("fulfilment", CAUSE, 0),
        ];
        let distinct: std::collections::HashSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len());
    }

    #[test]
    fn an_instance_stays_in_its_lane_and_every_lane_is_used() {
        let lanes = NonZeroU32::new(8).unwrap();
        let of = |number: u32| lane(&StreamId::new(&format!("order-{number}")).unwrap(), lanes);
        assert_eq!([of(1), of(2), of(3)], [1, 1, 5]);
        let used: std::collections::HashSet<_> = (0..100).map(of).collect();
        assert_eq!(used.len(), 8);
    }
}

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use serde::de::{DeserializeOwned, IgnoredAny};
use serde::{Deserialize, Deserializer, Serialize};

use super::{CommandHandler, InvalidPayload, OpenCommand, Preparing, Received, Rejection, json};
use crate::aggregate::Aggregate;
use crate::command::{
    Command, CommandKind, CommandLogic, Decide, Decider, Deciding, Folded, InvalidStreamField, Plan, Prepare,
    Slot, Undecided,
};
use crate::event::DecodeError;
use crate::execute::fingerprint;
use crate::store::Fingerprint;
use crate::stream::StreamKey;
use crate::told::chain;
use crate::{NewEvent, RecordedEvent, StreamId, Version};

/// The handler of the commands of a Rust type. It can be made in a constant.
pub struct Typed<C> {
    /// Writes the field `id` of the command for a target.
    id: Option<WriteId>,
    of: PhantomData<fn(C)>,
}

type WriteId = fn(&StreamId) -> Result<Vec<u8>, InvalidPayload>;

impl<C> Typed<C> {
    /// The handler of a command over streams of its own choice.
    pub const fn new() -> Self {
        Self {
            id: None,
            of: PhantomData,
        }
    }
}

impl<C: Command<Origin: Aggregate<Id: Serialize>>> Typed<C> {
    /// The handler of a command of an aggregate: its field `id` is taken from the target, and need not be sent.
    pub const fn of_aggregate() -> Self {
        Self {
            id: Some(write_id::<<C::Origin as Aggregate>::Id>),
            of: PhantomData,
        }
    }
}

fn write_id<K: StreamKey + Serialize>(target: &StreamId) -> Result<Vec<u8>, InvalidPayload> {
    let invalid = |error: &dyn std::error::Error| InvalidPayload::new("/id", chain(error));
    let key = K::from_stream_id(target).map_err(|error| invalid(&error))?;
    serde_json::to_vec(&key).map_err(|error| invalid(&error))
}

impl<C> Typed<C> {
    /// The payload with the field `id`, if it lacks that.
    fn complete<'a>(&self, received: &Received<'a>) -> Result<Cow<'a, [u8]>, InvalidPayload> {
        let payload = received.payload;
        let (Some(write_id), Some(target)) = (self.id, received.target) else {
            return Ok(payload.into());
        };
        if has_id(payload) {
            return Ok(payload.into());
        }
        Ok(with_id(payload, &write_id(target)?))
    }
}

/// Whether a JSON object has a member `id`.
fn has_id(payload: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Id {
        #[serde(default, deserialize_with = "any")]
        id: Option<IgnoredAny>,
    }

    fn any<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<IgnoredAny>, D::Error> {
        IgnoredAny::deserialize(deserializer).map(Some)
    }

    const MEMBER: &[u8] = br#""id""#;
    payload.windows(MEMBER.len()).any(|part| part == MEMBER)
        && serde_json::from_slice::<Id>(payload).is_ok_and(|payload| payload.id.is_some())
}

/// Adds a member to a JSON object, behind the others, so that mistakes keep their places. What is no object stays as it is.
fn with_id<'a>(payload: &'a [u8], id: &[u8]) -> Cow<'a, [u8]> {
    let inner = payload.trim_ascii_end();
    let Some((b'}', inner)) = inner.split_last() else {
        return payload.into();
    };
    let is_empty = inner.trim_ascii() == b"{";
    let member: &[u8] = if is_empty { br#""id":"# } else { br#","id":"# };
    [inner, member, id, b"}"].concat().into()
}

impl<C: CommandLogic + Serialize + DeserializeOwned> CommandHandler for Typed<C> {
    fn name(&self) -> &str {
        C::NAME
    }

    fn open(&self, received: Received<'_>) -> Result<Box<dyn OpenCommand>, InvalidPayload> {
        let command: C = json::parse_checked(&self.complete(&received)?)?;
        if let Some(target) = received.target {
            check_target(&command, target)?;
        }
        let cx = Decide::new(received.decision, received.metadata, received.ids);
        Ok(Box::new(Opened(Deciding::new(command, cx))))
    }

    /// That of the command. The field `id` of a command of an aggregate may be missing.
    #[cfg(feature = "schema")]
    fn schema(&self, generator: &mut crate::schema::SchemaGenerator) -> Option<crate::schema::Schema> {
        let mut schema = C::schema(generator)?;
        if self.id.is_some() {
            may_be_missing("id", &mut schema);
        }
        Some(schema)
    }
}

/// Allows objects without a member.
#[cfg(feature = "schema")]
fn may_be_missing(member: &str, schema: &mut crate::schema::Schema) {
    let required = schema.get_mut("required").and_then(|names| names.as_array_mut());
    if let Some(required) = required {
        required.retain(|name| name != member);
        if required.is_empty() {
            schema.remove("required");
        }
    }
}

fn check_target<C: Command>(command: &C, target: &StreamId) -> Result<(), InvalidPayload> {
    match command.target() {
        Ok(Some(own)) if own == *target => Ok(()),
        Ok(Some(own)) => {
            let message = format!("the command is for `{own}`, and was sent to `{target}`");
            Err(InvalidPayload::new("/id", message))
        }
        Ok(None) => Err(InvalidPayload::new(
            "",
            "the command names its streams itself, and was sent to a target",
        )),
        Err(error) => Err(InvalidPayload::new("/id", chain(&error))),
    }
}

impl<C> Default for Typed<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C> fmt::Debug for Typed<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Typed<{}>", std::any::type_name::<C>())
    }
}

/// A command of a Rust type whose rejections are told over the wire.
struct Opened<C: CommandLogic>(Deciding<C>);

impl<C: CommandLogic + Serialize> OpenCommand for Opened<C> {
    fn fingerprint(&self) -> Result<Fingerprint, serde_json::Error> {
        fingerprint(self.0.command())
    }

    fn prepare<'a>(&'a mut self, prepare: &'a Prepare) -> Preparing<'a> {
        Box::pin(async move {
            self.0
                .prepare(prepare)
                .await
                .map_err(|error| C::rejection(&error))
        })
    }
}

impl<C: CommandLogic> Decider for Opened<C> {
    type Rejection = Rejection;

    fn kind(&self) -> CommandKind {
        self.0.kind()
    }

    fn knows(&self, event_type: &str) -> bool {
        self.0.knows(event_type)
    }

    fn commit_order(&self) -> bool {
        self.0.commit_order()
    }

    fn plan(&self, plan: &mut Plan) -> Result<(), InvalidStreamField> {
        self.0.plan(plan)
    }

    fn reset(&mut self) {
        self.0.reset();
    }

    fn fold(
        &mut self,
        slot: Slot,
        stream: &StreamId,
        events: &[Arc<RecordedEvent>],
    ) -> Result<(), DecodeError> {
        self.0.fold(slot, stream, events)
    }

    fn folded(&mut self, slot: Slot) -> Option<&mut dyn Folded> {
        self.0.folded(slot)
    }

    fn seen(&mut self, slot: Slot, head: Version) {
        self.0.seen(slot, head);
    }

    fn discover(&mut self, plan: &mut Plan) -> Result<(), InvalidStreamField> {
        self.0.discover(plan)
    }

    fn decide(&mut self, writable: Vec<StreamId>) -> Result<Vec<NewEvent>, Undecided<Rejection>> {
        self.0.decide(writable).map_err(|undecided| match undecided {
            Undecided::Rejected(error) => Undecided::Rejected(C::rejection(&error)),
            Undecided::Bug(bug) => Undecided::Bug(bug),
        })
    }
}

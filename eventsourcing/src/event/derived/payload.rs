use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::event::{Codec, DecodeFailure, EncodeError, Encoded, Event, Stored, Upcast};
use crate::{EventType, SchemaVersion};

/// How the payloads of an event are written and read. The derive implements it.
///
/// The payload of a variant is what serde makes of its fields, as if it were a struct.
pub trait Payload: Event {
    /// What payloads are written and read with.
    type Codec: Codec;

    /// Writes the payload.
    ///
    /// # Errors
    /// If serde refuses a field.
    fn write<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// Reads the payload of a variant, which is given by its place in [`Event::VARIANTS`].
    ///
    /// # Errors
    /// If serde refuses what is there.
    fn read<'de, D: Deserializer<'de>>(variant: usize, deserializer: D) -> Result<Self, D::Error>;
}

struct Written<'a, E>(&'a E);

impl<E: Payload> Serialize for Written<'_, E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.write(serializer)
    }
}

struct Read<E, const VARIANT: usize>(E);

impl<'de, E: Payload, const VARIANT: usize> Deserialize<'de> for Read<E, VARIANT> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        E::read(VARIANT, deserializer).map(Self)
    }
}

/// Writes an event of a type.
///
/// # Errors
/// If the codec cannot write the payload.
pub fn encode_payload<E: Payload>(event: &E, event_type: EventType) -> Result<Encoded, EncodeError> {
    Encoded::by::<E::Codec>(event_type, &Written(event))
}

/// Reads an event whose payload is of the newest version.
///
/// # Errors
/// If it is of a newer version than that, or its payload cannot be read.
pub fn decode_payload<E: Payload, const VARIANT: usize>(
    stored: Stored<'_>,
    newest: SchemaVersion,
) -> Result<E, DecodeFailure> {
    match stored.schema_version {
        0 => Err(DecodeFailure::VersionZero),
        newer if newer > newest => Err(DecodeFailure::NewerVersion { known: newest }),
        _ => stored
            .payload_by::<E::Codec, Read<E, VARIANT>>()
            .map(|read| read.0),
    }
}

/// What the first upcast of a version takes.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read as an older payload",
    label = "this upcast takes a `{Self}`",
    note = "add `#[derive(Deserialize)]` to `{Self}`, or take a `serde_json::Value`"
)]
pub trait OldPayload: DeserializeOwned {}

#[diagnostic::do_not_recommend]
impl<T: DeserializeOwned> OldPayload for T {}

/// Reads an event whose payload is of an older version.
///
/// # Errors
/// If the payload cannot be read, or what the upcast makes of it.
pub fn decode_older<E: Payload, const VARIANT: usize, Old: OldPayload, New: Upcast<E>>(
    stored: Stored<'_>,
    upcast: impl FnOnce(Old) -> New,
) -> Result<E, DecodeFailure> {
    upcast(stored.payload_by::<E::Codec, Old>()?).finish(|value| E::read(VARIANT, value))
}

/// Stands in for what serde derives on a copy of an enum, should it refuse an attribute: its error is to be the only one.
pub trait RefusedBySerde: Sized {
    /// Never called.
    ///
    /// # Errors
    /// Never.
    fn serialize<E, S: Serializer>(_: &E, _: S) -> Result<S::Ok, S::Error> {
        unreachable!("the program does not compile")
    }

    /// Never called.
    ///
    /// # Errors
    /// Never.
    fn deserialize<'de, E, D: Deserializer<'de>>(_: D) -> Result<E, D::Error> {
        unreachable!("the program does not compile")
    }
}

impl<T> RefusedBySerde for T {}

use syn::{Attribute, Data, LitInt, LitStr, Path};

use super::upcast::Upcast;
use crate::attr::{Entry, Keys, Slot};
use crate::diag::Diagnostics;
use crate::name;

/// Where an `#[event(..)]` stands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Enum,
    Struct,
    Variant,
    /// A variant that wraps another event.
    Wrapper,
}

const NAME: (&str, &str) = ("name", "name = \"account.Opened\"");
const VERSION: (&str, &str) = ("version", "version = 2");
const ALIAS: (&str, &str) = ("alias", "alias = \"account.Created\"");
const UPCAST: (&str, &str) = ("upcast", "upcast(1 -> 2 = path::to::function)");
const PREFIX: (&str, &str) = ("prefix", "prefix = \"account\"");
const RETIRED: (&str, &str) = ("retired", "retired(\"account.Audited\")");
const CODEC: (&str, &str) = ("codec", "codec = path::to::Codec");
const CRATE: (&str, &str) = ("crate", "crate = path::to::eventsourcing");

static ENUM: Keys = Keys {
    attribute: "event",
    known: &[PREFIX, RETIRED, CODEC, CRATE],
};
static STRUCT: Keys = Keys {
    attribute: "event",
    known: &[NAME, PREFIX, VERSION, ALIAS, UPCAST, RETIRED, CODEC, CRATE],
};
static VARIANT: Keys = Keys {
    attribute: "event",
    known: &[NAME, VERSION, ALIAS, UPCAST],
};

impl Place {
    pub(super) fn of(data: &Data) -> Self {
        match data {
            Data::Struct(_) => Self::Struct,
            Data::Enum(_) | Data::Union(_) => Self::Enum,
        }
    }

    fn keys(self) -> &'static Keys {
        match self {
            Self::Enum => &ENUM,
            Self::Struct => &STRUCT,
            Self::Variant | Self::Wrapper => &VARIANT,
        }
    }

    /// Refuses keys that are known, but belong elsewhere.
    fn admit(self, entry: &Entry<'_>) -> syn::Result<()> {
        let key = entry.name();
        let of_a_type = VARIANT.knows(key);
        let message = match self {
            Self::Enum if of_a_type => format!("`{key}` belongs to one event type; put it on a variant"),
            Self::Variant if ENUM.knows(key) => {
                format!("`{key}` is for all variants alike; put it on the enum")
            }
            Self::Wrapper if of_a_type || ENUM.knows(key) => {
                format!("`{key}` belongs to the event that this variant wraps; put it there")
            }
            _ => return Ok(()),
        };
        Err(syn::Error::new(entry.key().span(), message))
    }
}

/// `#[event(..)]`, wherever it stands.
#[derive(Default)]
pub(super) struct EventAttribute {
    pub(super) name: Slot<LitStr>,
    pub(super) version: Slot<u32>,
    pub(super) aliases: Vec<LitStr>,
    pub(super) upcasts: Slot<Vec<Upcast>>,
    pub(super) prefix: Slot<LitStr>,
    pub(super) retired: Vec<LitStr>,
    pub(super) codec: Slot<Path>,
    pub(super) facade: Slot<Path>,
}

impl EventAttribute {
    pub(super) fn parse(attributes: &[Attribute], place: Place, diagnostics: &Diagnostics) -> Self {
        let mut slots = Self::default();
        place.keys().read(attributes, diagnostics, |entry| {
            place.admit(entry)?;
            match entry.name() {
                "name" => slots.name.set(entry, entry.value().and_then(stored_name)),
                "version" => slots
                    .version
                    .set(entry, entry.value().and_then(|number| version(&number))),
                "alias" => {
                    slots.aliases.extend(stored_names(entry, diagnostics)?);
                    Ok(())
                }
                "upcast" => slots.upcasts.set(entry, entry.list()),
                "prefix" => slots.prefix.set(entry, entry.value().and_then(prefix)),
                "retired" => {
                    slots.retired.extend(stored_names(entry, diagnostics)?);
                    Ok(())
                }
                "codec" => slots.codec.set(entry, entry.value()),
                "crate" => slots.facade.set(entry, entry.value()),
                _ => Err(entry.unknown()),
            }
        });
        slots
    }
}

fn stored_name(literal: LitStr) -> syn::Result<LitStr> {
    match name::check(&literal.value()) {
        Ok(()) => Ok(literal),
        Err(rule) => Err(syn::Error::new(literal.span(), rule)),
    }
}

/// One name or several; each that is not one is told so.
fn stored_names<'a>(
    entry: &Entry<'_>,
    diagnostics: &'a Diagnostics,
) -> syn::Result<impl Iterator<Item = LitStr> + use<'a>> {
    let found = entry.value_or_list()?.into_iter();
    Ok(found.filter_map(|literal| diagnostics.ok(stored_name(literal))))
}

fn prefix(literal: LitStr) -> syn::Result<LitStr> {
    if literal.value().ends_with('.') {
        let message = "the `.` between prefix and name is added; leave it out here";
        return Err(syn::Error::new(literal.span(), message));
    }
    stored_name(literal)
}

/// A version of a payload.
pub(super) fn version(number: &LitInt) -> syn::Result<u32> {
    match number.base10_parse() {
        Ok(0) => Err(syn::Error::new(number.span(), "versions start at 1")),
        Ok(version) => Ok(version),
        Err(_) => Err(syn::Error::new(
            number.span(),
            "a version is a whole number, from 1 to 4294967295",
        )),
    }
}

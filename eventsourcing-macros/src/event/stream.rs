//! `#[stream]` on the fields of an event: the first is its home, the others are links.

use syn::{Field, Ident, Meta, Type};

use crate::diag::Diagnostics;
use crate::stream_type::{self, Container};

/// A field that names streams.
pub(super) struct Stream<'a> {
    pub(super) ident: &'a Ident,
    pub(super) container: Container,
    pub(super) key: &'a Type,
}

/// The fields with `#[stream]`, in order.
pub(super) fn of_fields<'a>(
    fields: impl IntoIterator<Item = &'a Field>,
    diagnostics: &Diagnostics,
) -> Vec<Stream<'a>> {
    let streams: Vec<_> = fields
        .into_iter()
        .filter_map(|field| of_field(field, diagnostics))
        .collect();
    if let Some(home) = streams.first()
        && home.container != Container::One
    {
        let message = "the first `#[stream]` field is the home of the event, which has exactly one; \
                       put a field with a single key before this one";
        diagnostics.error(home.ident, message);
    }
    streams
}

fn of_field<'a>(field: &'a Field, diagnostics: &Diagnostics) -> Option<Stream<'a>> {
    let mut attributes = field
        .attrs
        .iter()
        .filter(|attribute| attribute.path().is_ident("stream"));
    let first = attributes.next()?;
    if !matches!(first.meta, Meta::Path(_)) {
        let message =
            "`#[stream]` takes no arguments in an event; `read`, `append` and `state` are for commands";
        diagnostics.error(first, message);
    }
    for again in attributes {
        diagnostics.error(again, "this field is a `#[stream]` already; keep one");
    }
    let (container, key) = stream_type::split(&field.ty);
    if container != Container::One && stream_type::split(key).0 != Container::One {
        let message = "a `#[stream]` field is a key `K`, an `Option<K>` or a `Vec<K>`, not one in the other";
        diagnostics.error(&field.ty, message);
    }
    Some(Stream {
        ident: field.ident.as_ref()?,
        container,
        key,
    })
}

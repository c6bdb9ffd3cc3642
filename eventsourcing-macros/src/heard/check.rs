//! The rules between the events of handlers.

use std::collections::HashSet;

use syn::Path;

use super::event_path::{EventPath, shown};
use super::parameter::{Parameter, Takes};
use crate::diag::Diagnostics;

/// Who takes the event itself, takes events of one type.
pub(crate) fn event_is_of_one_type(
    parameters: &[Parameter<'_>],
    on: &[EventPath],
    diagnostics: &Diagnostics,
) {
    let event = parameters
        .iter()
        .find(|parameter| matches!(parameter.takes, Takes::Event));
    let (Some(event), Some((first, others))) = (event, on.split_first()) else {
        return;
    };
    if let Some(other) = others
        .iter()
        .find(|other| other.event_shown() != first.event_shown())
    {
        let message = format!(
            "this is of one type, and the events are of `{}` and `{}`; take fields that all of them have, or write one \
             handler for each",
            first.event_shown(),
            other.event_shown()
        );
        diagnostics.error(event.ty, message);
    }
}

/// No event has two handlers, as far as names tell.
#[expect(single_use_lifetimes, reason = "an anonymous one is unstable here")]
pub(crate) fn events_are_taken_once<'a>(
    events: impl IntoIterator<Item = &'a EventPath>,
    diagnostics: &Diagnostics,
) {
    let events: Vec<_> = events.into_iter().collect();
    let whole: HashSet<_> = events
        .iter()
        .filter(|event| event.variant.is_none())
        .map(|event| event.event_shown())
        .collect();
    let mut seen = HashSet::new();
    for event in events {
        if !seen.insert(event.shown()) {
            diagnostics.error(&event.path, "this event is taken already; keep one of them");
        } else if event.variant.is_some() && whole.contains(&event.event_shown()) {
            let message = "the whole event is taken, and with it this variant; keep one of them";
            diagnostics.error(&event.path, message);
        }
    }
}

/// Nothing is named twice.
#[expect(single_use_lifetimes, reason = "an anonymous one is unstable here")]
pub(crate) fn each_once<'a>(paths: impl Iterator<Item = &'a Path>, message: &str, diagnostics: &Diagnostics) {
    let mut seen = HashSet::new();
    for path in paths {
        if !seen.insert(shown(path)) {
            diagnostics.error(path, message);
        }
    }
}

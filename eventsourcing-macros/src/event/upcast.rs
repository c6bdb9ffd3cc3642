//! `upcast(1 -> 2 = path)`: the way from each older version of a payload to the newest.

use syn::parse::{Parse, ParseStream};
use syn::{ExprPath, Ident, LitInt, Token};

use super::parse::{self, EventAttribute};
use crate::diag::Diagnostics;

/// One step of the way.
#[derive(Clone)]
pub(super) struct Upcast {
    pub(super) from: u32,
    pub(super) to: u32,
    /// The function that takes it.
    pub(super) function: ExprPath,
    from_literal: LitInt,
    to_literal: LitInt,
}

impl Parse for Upcast {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let start = input.span();
        let usage = |_| syn::Error::new(start, "an upcast is written `1 -> 2 = path::to::function`");
        let from_literal: LitInt = input.parse().map_err(usage)?;
        input.parse::<Token![->]>().map_err(usage)?;
        let to_literal: LitInt = input.parse().map_err(usage)?;
        input.parse::<Token![=]>().map_err(usage)?;
        let function = input.parse().map_err(usage)?;
        let (from, to) = (parse::version(&from_literal)?, parse::version(&to_literal)?);
        Ok(Self {
            from,
            to,
            function,
            from_literal,
            to_literal,
        })
    }
}

/// Checks that there is exactly one way from each older version to the newest.
pub(super) fn check(attribute: &EventAttribute, diagnostics: &Diagnostics) {
    if attribute.version.is_broken() || attribute.upcasts.is_broken() {
        return;
    }
    let version = attribute.version.value().copied().unwrap_or(1);
    let upcasts = attribute.upcasts.value().map_or(&[][..], Vec::as_slice);
    let mut usable = true;
    for (at, upcast) in upcasts.iter().enumerate() {
        if let Err(error) = check_step(upcast, &upcasts[..at], version) {
            diagnostics.note(error);
            usable = false;
        }
    }
    if let (true, Some(key)) = (usable, attribute.version.key()) {
        check_gaps(key, version, upcasts, diagnostics);
    }
}

fn check_step(upcast: &Upcast, earlier: &[Upcast], version: u32) -> syn::Result<()> {
    let Upcast { from, to, .. } = upcast;
    let refuse = |at: &LitInt, message: String| Err(syn::Error::new(at.span(), message));
    if to <= from {
        return refuse(
            &upcast.to_literal,
            format!("an upcast leads to a later version, not from {from} to {to}"),
        );
    }
    if *to > version {
        let message =
            format!("this upcast leads to version {to}, the event is at {version}; write `version = {to}`");
        return refuse(&upcast.to_literal, message);
    }
    if earlier.iter().any(|earlier| earlier.from == *from) {
        return refuse(
            &upcast.from_literal,
            format!("there is an upcast from version {from} already; keep one"),
        );
    }
    Ok(())
}

fn check_gaps(key: &Ident, version: u32, upcasts: &[Upcast], diagnostics: &Diagnostics) {
    // A single missing step is common, a thousand are not: only the first gap is named.
    if let Some(from) = (1..version).find(|from| upcasts.iter().all(|upcast| upcast.from != *from)) {
        let to = from + 1;
        let message = format!(
            "version {version} needs an upcast from version {from}; add `upcast({from} -> {to} = path)`"
        );
        diagnostics.error(key, message);
    }
}

/// The functions that lead from a version to the newest, the first one first.
pub(super) fn way(upcasts: &[Upcast], from: u32) -> impl Iterator<Item = &ExprPath> {
    let step_from = move |version: u32| upcasts.iter().find(|upcast| upcast.from == version);
    std::iter::successors(step_from(from), move |step| step_from(step.to)).map(|step| &step.function)
}

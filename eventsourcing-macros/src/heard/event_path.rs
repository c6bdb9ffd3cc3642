use proc_macro2::Span;
use quote::ToTokens as _;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::token::Bracket;
use syn::{Ident, Path, Token, Type};

use crate::{ident, stream_type};

/// An event that is waited for: a variant of an enum, or a whole event.
pub(crate) struct EventPath {
    /// As it is written.
    pub(crate) path: Path,
    /// The event, without the variant.
    pub(crate) event: Path,
    pub(crate) variant: Option<Ident>,
}

/// `Event::Variant`, or several in `[..]`.
pub(crate) struct EventPaths(pub(crate) Vec<EventPath>);

impl EventPath {
    /// `Enum::Variant` is told apart from `module::Event` by the case of what comes before the last name.
    fn new(path: Path) -> Self {
        let mut segments: Vec<_> = path.segments.iter().collect();
        let last = segments.pop();
        let is_type = |name: &Ident| ident::text(name).starts_with(char::is_uppercase);
        match (segments.last(), last) {
            (Some(before), Some(last)) if is_type(&before.ident) && last.arguments.is_none() => Self {
                event: Path {
                    leading_colon: path.leading_colon,
                    segments: segments.iter().copied().cloned().collect(),
                },
                variant: Some(last.ident.clone()),
                path,
            },
            _ => Self {
                event: path.clone(),
                variant: None,
                path,
            },
        }
    }

    /// As it is written, as text.
    pub(crate) fn shown(&self) -> String {
        shown(&self.path)
    }

    /// The event, as text.
    pub(crate) fn event_shown(&self) -> String {
        shown(&self.event)
    }
}

/// A path, which may have come through a fragment of a `macro_rules!`.
pub(crate) fn path(input: ParseStream<'_>) -> Option<Path> {
    let ty = input.parse().ok()?;
    match stream_type::ungrouped(&ty) {
        Type::Path(ty) if ty.qself.is_none() => Some(ty.path.clone()),
        _ => None,
    }
}

/// A path as text, as people write it.
pub(crate) fn shown(path: &Path) -> String {
    path.to_token_stream().to_string().replace(' ', "")
}

impl Parse for EventPath {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let span = input.span();
        path(input).map(Self::new).ok_or_else(|| misused(span))
    }
}

impl Parse for EventPaths {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if !input.peek(Bracket) {
            return Ok(Self(vec![input.parse()?]));
        }
        let content;
        let bracket = syn::bracketed!(content in input);
        let paths = Punctuated::<EventPath, Token![,]>::parse_terminated(&content)?;
        if paths.is_empty() {
            return Err(misused(bracket.span.join()));
        }
        Ok(Self(paths.into_iter().collect()))
    }
}

fn misused(at: Span) -> syn::Error {
    let message = "an event is named by its path: `Event::Variant`, or `[Event::A, Event::B]`";
    syn::Error::new(at, message)
}

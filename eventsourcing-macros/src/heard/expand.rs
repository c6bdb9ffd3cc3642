//! What is written for each event that is taken.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Ident, Type};

use super::event_path::EventPath;
use crate::ident;
use crate::paths::Paths;

/// The event types of an entry. The only call that asks anything of the event.
pub(crate) fn heard(number: usize, event: &EventPath, paths: &Paths) -> TokenStream {
    let alias = event_ident(number, event);
    let shown = event.shown();
    let private = paths.private_at(event.event.span());
    let Some(variant) = &event.variant else {
        return quote_spanned!(event.event.span()=> #private::hear_event::<#alias>(#shown));
    };
    let name = ident::text(variant);
    quote_spanned!(event.event.span()=> #private::hear_variant::<#alias>(#name, #shown))
}

/// Compares the stored names of events, which only the compiler knows. `on` is the constant that lists them.
#[expect(single_use_lifetimes, reason = "an anonymous one is unstable here")]
pub(crate) fn heard_once<'e>(
    events: impl Iterator<Item = &'e EventPath>,
    on: &TokenStream,
    paths: &Paths,
) -> TokenStream {
    let checks = events.enumerate().skip(1).map(|(entry, event)| {
        let span = event.path.span();
        let private = paths.private_at(span);
        quote_spanned! {span=>
            const _: () = #private::assert_heard_once(#on, #entry);
        }
    });
    checks.collect()
}

/// An event that is waited for, under one name: one that does not exist is one mistake.
pub(crate) fn event_alias(number: usize, event: &EventPath) -> TokenStream {
    let (alias, event) = (event_ident(number, event), &event.event);
    quote!(type #alias = #event;)
}

/// The alias of an event.
pub(crate) fn event_ident(number: usize, event: &EventPath) -> Ident {
    format_ident!(
        "__Event{number}",
        span = Span::call_site().located_at(event.event.span())
    )
}

/// The pattern of an event that binds fields.
#[expect(single_use_lifetimes, reason = "an anonymous one is unstable here")]
pub(crate) fn pattern<'f>(
    number: usize,
    event: &EventPath,
    fields: impl Iterator<Item = &'f Ident>,
) -> TokenStream {
    let alias = event_ident(number, event);
    let fields: Vec<_> = fields
        .map(|field| {
            let binding = binding(field);
            quote!(#field: #binding,)
        })
        .collect();
    match &event.variant {
        Some(variant) => quote!(#alias::#variant { #(#fields)* .. }),
        // Of an enum, which has no fields, all variants.
        None if fields.is_empty() => quote!(_),
        None => quote!(#alias { #(#fields)* .. }),
    }
}

/// The variable that holds a reference to a field.
pub(crate) fn binding(field: &Ident) -> Ident {
    ident::derived("__field_", field)
}

/// Where the compiler shows what is wrong with a type.
pub(crate) fn at(ty: &Type) -> Span {
    Span::mixed_site().located_at(ty.span())
}

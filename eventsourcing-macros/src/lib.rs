//! The macros of `eventsourcing`, which re-exports and documents them.
//!
//! Each goes through the same stages: `parse` reads attributes into typed slots, `model` is the item as the macro sees
//! it, `check` holds the rules across attributes, `expand` writes code and cannot fail.

mod attr;
mod command;
mod diag;
mod emit;
mod event;
mod ident;
mod name;
mod paths;
mod stream_key;
mod stream_type;
#[cfg(test)]
mod testing;

use proc_macro::TokenStream;

/// Makes a struct a command.
///
/// The trait `Command` in the facade documents it.
#[proc_macro_derive(Command, attributes(command, stream))]
pub fn command(input: TokenStream) -> TokenStream {
    command::derive(input.into()).into()
}

/// What the macro `emit!` of the facade, which documents it, expands to.
#[proc_macro]
pub fn emit(input: TokenStream) -> TokenStream {
    emit::emit(input.into()).into()
}

/// Makes an enum or a struct an event.
#[proc_macro_derive(Event, attributes(event, stream, serde))]
pub fn event(input: TokenStream) -> TokenStream {
    event::derive(input.into()).into()
}

/// Makes a newtype the key of the streams of a category.
#[proc_macro_derive(StreamKey, attributes(stream_key))]
pub fn stream_key(input: TokenStream) -> TokenStream {
    stream_key::derive(input.into()).into()
}

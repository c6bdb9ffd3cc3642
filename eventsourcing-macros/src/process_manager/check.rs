//! The rules between attributes, and between them and signatures.

use quote::ToTokens;

use super::model::{Block, Function, Sent};
use super::parse::{BlockAttribute, FunctionAttribute, Role};
use super::reply::Reply;
use crate::attr::Slot;
use crate::diag::Diagnostics;
use crate::heard::check::{each_once, event_is_of_one_type, events_are_taken_once};
use crate::name;

pub(super) fn function(model: &Function<'_>, attribute: &FunctionAttribute, diagnostics: &Diagnostics) {
    if model.is_method() {
        let message = "a method handles one event of many; write `#[process_manager(key = Key, ..)]` on the `impl` block, \
                       and `#[on(Event::Variant, key = field)]` here";
        diagnostics.error(&model.item.sig.ident, message);
        return;
    }
    it_waits_for_something(model, attribute, diagnostics);
    it_says_where_it_starts(&attribute.start, &model.item.sig.ident, diagnostics);
    it_says_what_it_sends(model, attribute, diagnostics);
    its_default_name_is_a_name(model, attribute, diagnostics);
    the_event_is_of_one_type(model, diagnostics);
    events_are_taken_once(model.on, diagnostics);
    commands_are_listed_once(&model.sends, diagnostics);
}

pub(super) fn block(model: &Block<'_>, attribute: &BlockAttribute, diagnostics: &Diagnostics) {
    it_is_a_state_of_its_own(model, diagnostics);
    let ty = &*model.item.self_ty;
    missing(
        &attribute.key,
        ty,
        "a process manager with state has an instance for each key; add `key = Key`",
        diagnostics,
    );
    missing(
        &attribute.category,
        ty,
        "a process manager names the category of the streams of its instances; add `category = \"name\"`",
        diagnostics,
    );
    it_says_where_it_starts(&attribute.start, ty, diagnostics);
    missing(
        &attribute.sends,
        ty,
        "a process manager says what it sends; add `sends(Command, OtherCommand)`",
        diagnostics,
    );
    something_starts_it(model, diagnostics);
    events_are_taken_once(
        model.handlers.iter().flat_map(|handler| &handler.events),
        diagnostics,
    );
    for handler in &model.handlers {
        event_is_of_one_type(&handler.call.parameters, &handler.events, diagnostics);
    }
    commands_are_listed_once(&model.sends, diagnostics);
    refusals_are_handled_once(model, diagnostics);
}

/// After another mistake in the attribute, that may be the key, misspelled.
fn missing<T>(slot: &Slot<T>, at: impl ToTokens, message: &str, diagnostics: &Diagnostics) {
    if slot.key().is_none() {
        diagnostics.error(at, message);
    }
}

fn it_waits_for_something(model: &Function<'_>, attribute: &FunctionAttribute, diagnostics: &Diagnostics) {
    missing(
        &attribute.on,
        &model.item.sig.ident,
        "a process manager says what it waits for; add `on = Event::Variant`",
        diagnostics,
    );
}

fn it_says_where_it_starts<T>(start: &Slot<T>, at: impl ToTokens, diagnostics: &Diagnostics) {
    missing(
        start,
        at,
        "say which events it takes when it runs for the first time; add `start = beginning`, for all that are stored \
         already, or `start = now`, for those to come",
        diagnostics,
    );
}

fn it_says_what_it_sends(model: &Function<'_>, attribute: &FunctionAttribute, diagnostics: &Diagnostics) {
    if attribute.sends.key().is_some() {
        if matches!(model.call.reply, Reply::Nothing)
            && model.call.sends().is_none()
            && diagnostics.is_empty()
        {
            let name = &model.item.sig.ident;
            let message = format!(
                "nothing is sent; return a command, or take `cx: &mut Sends<{name}>` and call `cx.send(..)`"
            );
            diagnostics.error(name, message);
        }
        return;
    }
    if let Some(cx) = model.call.sends() {
        let message =
            "a process manager that sends through `Sends` says what; add `sends(Command, OtherCommand)`";
        diagnostics.error(cx.ty, message);
    } else if matches!(model.call.reply, Reply::Nothing) && diagnostics.is_empty() {
        let message = "a process manager sends commands; return one, or an `Option` or a `Vec` of them";
        diagnostics.error(&model.item.sig.ident, message);
    }
}

/// The names of functions may hold letters that stored names may not.
fn its_default_name_is_a_name(
    model: &Function<'_>,
    attribute: &FunctionAttribute,
    diagnostics: &Diagnostics,
) {
    if attribute.name.key().is_none()
        && let Err(rule) = name::check(&model.name)
    {
        let message = format!("{rule}; give the process manager another: `name = \"name\"`");
        diagnostics.error(&model.item.sig.ident, message);
    }
}

fn the_event_is_of_one_type(model: &Function<'_>, diagnostics: &Diagnostics) {
    event_is_of_one_type(&model.call.parameters, model.on, diagnostics);
}

fn commands_are_listed_once(sends: &[Sent<'_>], diagnostics: &Diagnostics) {
    let listed = sends.iter().filter_map(|sent| match sent {
        Sent::Listed(path) => Some(*path),
        Sent::Returned(_) => None,
    });
    each_once(listed, "this is listed twice; keep one of them", diagnostics);
}

fn refusals_are_handled_once(model: &Block<'_>, diagnostics: &Diagnostics) {
    let commands = model.refusals.iter().map(|refusal| &refusal.command);
    let message = "another method handles the rejection of this command; keep one of them";
    each_once(commands, message, diagnostics);
}

fn it_is_a_state_of_its_own(model: &Block<'_>, diagnostics: &Diagnostics) {
    if let Some((of, _)) = &model.item.trait_ {
        let message = "the handlers of a process manager are methods of its own, not of a trait; write `impl State { .. }`";
        diagnostics.error(of, message);
    }
    if !model.item.generics.params.is_empty() {
        let message = "a process manager has no parameters, since its state is stored under one name";
        diagnostics.error(&model.item.generics.params, message);
    }
}

fn something_starts_it(model: &Block<'_>, diagnostics: &Diagnostics) {
    let starts = |role| matches!(role, Role::Start);
    // After another mistake, that may be the attribute that would have started it.
    if diagnostics.is_empty() && !model.handlers.iter().any(|handler| starts(handler.role)) {
        let message =
            "nothing starts an instance; mark a method with `#[start(Event::Variant, key = field)]`";
        diagnostics.error(&model.item.self_ty, message);
    }
}

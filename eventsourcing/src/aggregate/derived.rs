//! What the code that `#[aggregate]` writes calls.

use std::sync::Arc;

use super::events::{Decided, IntoEvents as _};
use super::{Aggregate, Cx};
use crate::command::{Command, Decide};
use crate::const_text::{ConstText, same};
use crate::event::Event;
use crate::stream::StreamKey;

/// Makes what a method asks for by `cx: &Cx<Id>`. [`take_back`] ends it.
pub fn lend<C, K: Clone>(cx: &mut Decide<C>, id: &K) -> Cx<K> {
    let decision = Arc::clone(cx.decision());
    Cx::new(id.clone(), decision, cx.new_ids().lend())
}

/// Keeps the ids that a method was given, for the next attempt.
pub fn take_back<C, K>(cx: &mut Decide<C>, lent: Cx<K>) {
    *cx.new_ids() = lent.into_ids();
}

/// Emits what a method has decided.
///
/// # Errors
/// If it has refused the command.
pub fn conclude<C, R>(cx: &mut Decide<C>, decided: R) -> Result<(), <C::Origin as Aggregate>::Error>
where
    C: Command<Origin: Aggregate>,
    R: Decided<<C::Origin as Aggregate>::Event, <C::Origin as Aggregate>::Error>,
{
    for event in decided.into_result()?.into_events() {
        cx.push_of_aggregate(&event);
    }
    Ok(())
}

/// The category of an aggregate.
///
/// # Panics
/// If its streams can be of any category. The macro calls it in a constant, where this is a compile error.
#[track_caller]
#[expect(clippy::panic, reason = "documented; a compile error in constants")]
pub const fn category<A: Aggregate>() -> &'static str {
    let category = const { &A::Id::CATEGORY };
    let Some(category) = category else {
        panic!(
            "an aggregate is one kind of stream, so its id has a category: `#[stream_key(category = \"..\")]`"
        )
    };
    match category.as_static() {
        Some(text) => text,
        None => panic!("the category of an id is written in the program: `Category::from_static(\"..\")`"),
    }
}

/// Checks that every variant of the event of an aggregate is applied to the state.
///
/// # Panics
/// If one is not. The macro calls it in a constant, where this is a compile error.
#[track_caller]
#[expect(clippy::panic, reason = "documented; a compile error in constants")]
pub const fn assert_all_applied<A: Aggregate>(applied: &[&str]) {
    let variants = A::Event::VARIANTS;
    let mut missing = ConstText::of(&[]);
    let mut first = None;
    let mut at = 0;
    while at < variants.len() {
        let variant = variants[at].name;
        if !contains(applied, variant) {
            let before = if first.is_none() { "`" } else { "`, `" };
            missing = missing.with(before).with(variant);
            if first.is_none() {
                first = Some(variant);
            }
        }
        at += 1;
    }
    if let Some(first) = first {
        let message = ConstText::of(&[
            "no method applies ",
            missing.as_str(),
            "` to the state; write one: `#[apply] fn ",
        ])
        .with_snake_case(first)
        .with("(&mut self) { .. }`, with references to the fields that matter as further parameters");
        panic!("{}", message.as_str())
    }
}

const fn contains(texts: &[&str], text: &str) -> bool {
    let mut at = 0;
    while at < texts.len() {
        if same(texts[at], text) {
            return true;
        }
        at += 1;
    }
    false
}

//! What must hold between the parts of a service. The macros call these functions in constants, once for each part that is
//! listed and at its place in the program, where what fails is a compile error.

use super::fact::{Fact, Key};
use super::{Content, Part};
use crate::const_text::{ConstText, same};
use crate::process::{Listened, Manager, Sent};
use crate::projection::ProjectionFacts;
use crate::query::QueryFacts;

/// Checks that nothing of a part is listed a second time, or has a name that something listed earlier has.
///
/// # Panics
/// If it does.
#[track_caller]
pub const fn assert_nothing_taken(parts: &[Part], facts: &[Fact], place: usize) {
    // From the end, where modules are: whatever else is twice because a module is, is not worth a word.
    let mut at = facts.len();
    while at > 1 {
        at -= 1;
        let fact = &facts[at];
        if fact.place == place
            && let Some(earlier) = earlier(facts, at)
        {
            refuse_if_taken(fact, earlier, parts);
        }
    }
}

/// The first fact of the same key that a part gave that is listed earlier.
const fn earlier(facts: &[Fact], at: usize) -> Option<&Fact> {
    let mut first = at;
    while first > 0 && facts[first - 1].meets(&facts[at]) {
        first -= 1;
    }
    if facts[first].place < facts[at].place {
        Some(&facts[first])
    } else {
        None
    }
}

#[track_caller]
#[expect(clippy::panic, reason = "documented; a compile error in constants")]
const fn refuse_if_taken(fact: &Fact, earlier: &Fact, parts: &[Part]) {
    let is_same = same(fact.origin, earlier.origin);
    let message = match fact.key {
        Key::Route(..) | Key::Manager(_) | Key::Projection(_) | Key::Query(_) | Key::Module(_) if is_same => {
            listed_twice(fact, earlier, &parts[fact.place], &parts[earlier.place])
        }
        Key::Route(None, name) => both(fact, earlier, &["are commands named `", name]),
        Key::Route(Some(category), name) => both(fact, earlier, &["have a command `", category, "/", name]),
        Key::Manager(name) => both(fact, earlier, &["store their progress under the name `", name]),
        Key::Projection(name) => both(fact, earlier, &["are projections named `", name]),
        Key::Query(name) => both(fact, earlier, &["are queries named `", name]),
        // What is listed twice has been told by its name.
        Key::Table(_) if is_same => return,
        Key::Table(name) => both(fact, earlier, &["fill the table `", name]),
        Key::Emitted(_) | Key::Read(_) | Key::Handled(_) | Key::Module(_) | Key::Unknown => return,
    };
    panic!("{}", message.as_str())
}

const fn both(fact: &Fact, earlier: &Fact, share: &[&str]) -> ConstText {
    let message = ConstText::of(&["both `", earlier.part, "` and `", fact.part, "` "])
        .with(ConstText::of(share).as_str())
        .with("`; give one of them another: ");
    match fact.key {
        Key::Manager(_) => message.with("`#[process_manager(name = \"..\")]`"),
        Key::Projection(_) => message.with("`#[projection(name = \"..\")]`"),
        Key::Query(_) => message.with("`#[query(name = \"..\")]`"),
        Key::Table(_) => message.with("a row of its own, `#[row(table = \"..\")]`"),
        _ => message.with("`#[command(name = \"..\")]`"),
    }
}

/// `here` and `there` are what the service lists; what is listed twice is one of them, or listed by it.
const fn listed_twice(fact: &Fact, earlier: &Fact, here: &Part, there: &Part) -> ConstText {
    let message = ConstText::of(&["`", fact.part, "` is listed twice: "]);
    match (is_within(fact, here), is_within(earlier, there)) {
        (false, false) => message
            .with("it is the same as `")
            .with(earlier.part)
            .with("`; keep one of them"),
        (true, true) => message
            .with("by `")
            .with(there.name)
            .with("` and by `")
            .with(here.name)
            .with("`; leave it out of one of them"),
        (within_here, _) => message
            .with("by itself, and by `")
            .with(if within_here { here.name } else { there.name })
            .with("`; leave it out of one of them"),
    }
}

/// Whether a fact is one of what a module lists, and not of the part itself.
const fn is_within(fact: &Fact, part: &Part) -> bool {
    matches!(part.content, Content::Module { .. }) && !same(fact.part, part.name)
}

/// Checks that the events of a part are defined in one place: a stored name with two definitions could be read as either.
///
/// # Panics
/// If they are not.
#[track_caller]
#[expect(clippy::panic, reason = "documented; a compile error in constants")]
pub const fn assert_defined_once(parts: &[Part], facts: &[Fact], place: usize) {
    // What is within a module was told where that is defined.
    let is_module = matches!(parts[place].content, Content::Module { .. });
    let mut at = 1;
    while at < facts.len() {
        if let Key::Emitted(name) | Key::Read(name) = facts[at].key
            && facts[at].place == place
            && let Some(other) = other_definition(facts, at)
            && !(is_module && other.place == place)
        {
            let message = ConstText::of(&[
                "the stored event name `",
                name,
                "` has two definitions, `",
                facts[at].origin,
                "` and `",
                other.origin,
                "`, and a stored event could be read as either; give one of them another name: `#[event(prefix = \"..\")]`",
            ]);
            panic!("{}", message.as_str())
        }
        at += 1;
    }
}

/// The first definition of the same name elsewhere, which was listed earlier or is in the same part.
const fn other_definition(facts: &[Fact], at: usize) -> Option<&Fact> {
    let mut other = at;
    while other > 0 && facts[other - 1].meets(&facts[at]) {
        other -= 1;
    }
    while other < at {
        if !same(facts[other].origin, facts[at].origin) {
            return Some(&facts[other]);
        }
        other += 1;
    }
    None
}

/// Checks that what the process managers and projections of a part wait for can happen.
///
/// # Panics
/// If one of them waits for what nothing emits.
#[track_caller]
pub const fn assert_all_heard(part: &Part, facts: &[Fact]) {
    match part.content {
        Content::ProcessManager(manager) => {
            let mut at = 0;
            while at < manager.on.len() {
                refuse_if_unheard("process manager", manager.name, &manager.on[at], facts);
                at += 1;
            }
        }
        Content::Projection(projection) => {
            let mut at = 0;
            while at < projection.on.len() {
                refuse_if_unheard("projection", projection.name, &projection.on[at], facts);
                at += 1;
            }
        }
        Content::Module { parts, .. } => {
            let mut at = 0;
            while at < parts.len() {
                assert_all_heard(&parts[at], facts);
                at += 1;
            }
        }
        _ => {}
    }
}

#[track_caller]
#[expect(clippy::panic, reason = "documented; a compile error in constants")]
const fn refuse_if_unheard(kind: &str, name: &str, listened: &Listened, facts: &[Fact]) {
    if !is_any_emitted(listened.types, facts) && !holds(facts, Key::Unknown) {
        let message = ConstText::of(&[
            "the ",
            kind,
            " `",
            name,
            "` waits for `",
            listened.shown,
            "`, which nothing in this service emits; list what emits it, or say who else does: \
             `extern_events(Event = \"who emits it\")`",
        ]);
        panic!("{}", message.as_str())
    }
}

const fn is_any_emitted(events: &crate::EventTypes, facts: &[Fact]) -> bool {
    let mut at = 0;
    while at < events.own.len() {
        if holds(facts, Key::Emitted(events.own[at].name)) {
            return true;
        }
        at += 1;
    }
    at = 0;
    while at < events.nested.len() {
        if is_any_emitted(events.nested[at], facts) {
            return true;
        }
        at += 1;
    }
    false
}

/// Checks that what the process managers of a part send is handled.
///
/// # Panics
/// If one of them sends a command that nothing handles.
#[track_caller]
pub const fn assert_all_handled(part: &Part, facts: &[Fact]) {
    match part.content {
        Content::ProcessManager(manager) => {
            let mut at = 0;
            while at < manager.sends.len() {
                refuse_if_unhandled(&manager, &manager.sends[at], facts);
                at += 1;
            }
        }
        Content::Module { parts, .. } => {
            let mut at = 0;
            while at < parts.len() {
                assert_all_handled(&parts[at], facts);
                at += 1;
            }
        }
        _ => {}
    }
}

#[track_caller]
#[expect(clippy::panic, reason = "documented; a compile error in constants")]
const fn refuse_if_unhandled(manager: &Manager, sent: &Sent, facts: &[Fact]) {
    // A command with a mistake is defined nowhere.
    if sent.origin.is_empty() || holds(facts, Key::Handled(sent.origin)) || holds(facts, Key::Unknown) {
        return;
    }
    let message = ConstText::of(&[
        "the process manager `",
        manager.name,
        "` sends `",
        sent.shown,
        "`, which this service cannot route; list ",
    ]);
    let message = match sent.category {
        Some(category) => message
            .with("the aggregate of the category `")
            .with(category)
            .with("` under `aggregates(..)`"),
        None => message.with("it under `commands(..)`"),
    };
    let message = message
        .with(", or say who else handles it: `extern_commands(")
        .with(sent.shown)
        .with(" = \"who handles it\")`");
    panic!("{}", message.as_str())
}

/// Checks that the projections that the queries of a part read are listed.
///
/// # Panics
/// If one of them is not.
#[track_caller]
pub const fn assert_all_read(part: &Part, facts: &[Fact]) {
    match part.content {
        Content::Query(query) => {
            let mut at = 0;
            while at < query.of.len() {
                refuse_if_not_projected(&query, &query.of[at], facts);
                at += 1;
            }
        }
        Content::Module { parts, .. } => {
            let mut at = 0;
            while at < parts.len() {
                assert_all_read(&parts[at], facts);
                at += 1;
            }
        }
        _ => {}
    }
}

#[track_caller]
#[expect(clippy::panic, reason = "documented; a compile error in constants")]
const fn refuse_if_not_projected(query: &QueryFacts, projection: &ProjectionFacts, facts: &[Fact]) {
    // A projection with a mistake has no name.
    if projection.name.is_empty() || holds(facts, Key::Unknown) || is_projected(projection, facts) {
        return;
    }
    let message = ConstText::of(&[
        "the query `",
        query.name,
        "` reads the projection `",
        projection.name,
        "`, which this service does not list; list it under `projections(..)`, also if other programs run it: they share its rows",
    ]);
    panic!("{}", message.as_str())
}

/// Whether this very projection is listed, and not only one of its name.
const fn is_projected(projection: &ProjectionFacts, facts: &[Fact]) -> bool {
    let mut at = 0;
    while at < facts.len() {
        if let Key::Projection(_) = facts[at].key
            && same(facts[at].origin, projection.origin)
        {
            return true;
        }
        at += 1;
    }
    false
}

/// Whether there is such a fact: a binary search.
const fn holds(facts: &[Fact], key: Key<'_>) -> bool {
    let (mut from, mut to) = (0, facts.len());
    while from < to {
        let middle = from + (to - from) / 2;
        match facts[middle].key.order(&key) {
            std::cmp::Ordering::Less => from = middle + 1,
            std::cmp::Ordering::Greater => to = middle,
            std::cmp::Ordering::Equal => return is_emitted_around(facts, middle, key),
        }
    }
    false
}

/// A name that is both read and emitted has facts of both kinds, side by side.
const fn is_emitted_around(facts: &[Fact], found: usize, key: Key<'_>) -> bool {
    if !matches!(key, Key::Emitted(_)) {
        return true;
    }
    let mut at = found;
    while at > 0 && facts[at - 1].meets(&facts[found]) {
        at -= 1;
    }
    while at < facts.len() && facts[at].meets(&facts[found]) {
        if matches!(facts[at].key, Key::Emitted(_)) {
            return true;
        }
        at += 1;
    }
    false
}

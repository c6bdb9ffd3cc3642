use std::cmp::Ordering;

use super::{Content, Part, Route};
use crate::EventTypes;
use crate::process::{Listened, Manager};
use crate::projection::ProjectionFacts;
use crate::query::QueryFacts;

/// One thing that a part of a service is known by. Facts are sorted, so that two of the same key lie side by side.
#[derive(Clone, Copy, Debug)]
pub struct Fact {
    pub(super) key: Key<'static>,
    /// Where the Rust type is defined.
    pub(super) origin: &'static str,
    /// Which of the parts that the service itself lists it belongs to.
    pub(super) place: usize,
    /// The part that it is a fact of, as the user wrote it.
    pub(super) part: &'static str,
    /// The route, if it is a fact of one.
    pub(super) route: Option<&'static Route>,
}

/// What is to be unique, or to be found.
#[derive(Clone, Copy, Debug)]
pub(super) enum Key<'a> {
    /// The name of a command, within the category of its aggregate or within all.
    Route(Option<&'a str>, &'a str),
    /// Where a command is defined that somebody handles.
    Handled(&'a str),
    /// A stored name, or an alias, of events that somebody emits.
    Emitted(&'a str),
    /// A stored name, or an alias, of events that are only read.
    Read(&'a str),
    /// The name of a process manager.
    Manager(&'a str),
    /// The name of a projection.
    Projection(&'a str),
    /// The name of a table that a projection fills.
    Table(&'a str),
    /// The name of a query.
    Query(&'a str),
    /// Where a module is defined.
    Module(&'a str),
    /// That there are facts which nobody knows.
    Unknown,
}

impl<'a> Key<'a> {
    /// Routes come first, then everything else; under which names does not matter.
    const fn rank(&self) -> u8 {
        match self {
            Self::Route(None, _) => 0,
            Self::Route(Some(_), _) => 1,
            Self::Handled(_) => 2,
            // Two definitions of one name are to meet, emitted or not.
            Self::Emitted(_) | Self::Read(_) => 3,
            Self::Manager(_) => 4,
            Self::Projection(_) => 5,
            Self::Table(_) => 6,
            Self::Query(_) => 7,
            Self::Module(_) => 8,
            Self::Unknown => 9,
        }
    }

    const fn texts(&self) -> (&'a str, &'a str) {
        match *self {
            Self::Route(None, name) => ("", name),
            Self::Route(Some(category), name) => (category, name),
            Self::Handled(text)
            | Self::Emitted(text)
            | Self::Read(text)
            | Self::Manager(text)
            | Self::Projection(text)
            | Self::Table(text)
            | Self::Query(text)
            | Self::Module(text) => (text, ""),
            Self::Unknown => ("", ""),
        }
    }

    /// Some order: equal if and only if they are to meet.
    pub(super) const fn order(&self, other: &Key<'_>) -> Ordering {
        let (a, b) = (self.texts(), other.texts());
        match number(self.rank(), other.rank()) {
            Ordering::Equal => match text(a.1, b.1) {
                Ordering::Equal => text(a.0, b.0),
                order => order,
            },
            order => order,
        }
    }
}

const fn number(a: u8, b: u8) -> Ordering {
    if a < b {
        Ordering::Less
    } else if a > b {
        Ordering::Greater
    } else {
        Ordering::Equal
    }
}

/// The shorter one first: most texts are told apart by that alone, and the compiler counts every step.
const fn text(a: &str, b: &str) -> Ordering {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return if a.len() < b.len() {
            Ordering::Less
        } else {
            Ordering::Greater
        };
    }
    // Names of one crate or of one event begin alike, and end in different ways.
    let mut at = a.len();
    while at > 0 {
        at -= 1;
        if a[at] != b[at] {
            return number(a[at], b[at]);
        }
    }
    Ordering::Equal
}

/// How many facts there are about parts.
pub const fn count_facts(parts: &'static [Part]) -> usize {
    let mut gathered = Gathered {
        facts: &mut [],
        len: 0,
    };
    gathered.all(parts);
    gathered.len
}

/// All facts about parts, sorted.
pub const fn sorted_facts<const N: usize>(parts: &'static [Part]) -> [Fact; N] {
    let mut facts = [Fact::NOTHING; N];
    let mut gathered = Gathered {
        facts: &mut facts,
        len: 0,
    };
    gathered.all(parts);
    sort(&mut facts);
    facts
}

impl Fact {
    const NOTHING: Self = Self {
        key: Key::Module(""),
        origin: "",
        place: 0,
        part: "",
        route: None,
    };

    /// Whether it is of the same key as another.
    pub(super) const fn meets(&self, other: &Self) -> bool {
        matches!(self.key.order(&other.key), Ordering::Equal)
    }
}

/// Takes as many facts as there is room for, and counts all of them.
struct Gathered<'a> {
    facts: &'a mut [Fact],
    len: usize,
}

impl Gathered<'_> {
    const fn all(&mut self, parts: &'static [Part]) {
        let mut place = 0;
        while place < parts.len() {
            self.part(&parts[place], place);
            place += 1;
        }
    }

    const fn part(&mut self, part: &'static Part, place: usize) {
        let fact = Fact {
            place,
            part: part.name,
            ..Fact::NOTHING
        };
        match &part.content {
            Content::Aggregate { events, routes } => {
                self.events(fact, events, true);
                let mut at = 0;
                while at < routes.len() {
                    self.route(fact, &routes[at]);
                    at += 1;
                }
            }
            Content::Command(route) => {
                self.route(fact, route);
                self.lists(fact, route.emits, true);
                self.lists(fact, route.reads, false);
            }
            Content::ProcessManager(manager) => self.manager(fact, manager),
            Content::Projection(projection) => self.projection(fact, projection),
            Content::Query(query) => self.query(fact, query),
            Content::Module { origin, parts } => {
                self.add(fact, Key::Module(origin), origin);
                let mut at = 0;
                while at < parts.len() {
                    self.part(&parts[at], place);
                    at += 1;
                }
            }
            Content::ExternEvents { events, .. } => self.events(fact, events, true),
            Content::ExternCommand { origin, .. } => self.add(fact, Key::Handled(origin), origin),
            Content::Unknown => self.add(fact, Key::Unknown, ""),
        }
    }

    const fn route(&mut self, fact: Fact, route: &'static Route) {
        self.add(fact, Key::Handled(route.origin), route.origin);
        let fact = Fact {
            route: Some(route),
            ..fact
        };
        self.add(fact, Key::Route(route.category, route.name), route.origin);
    }

    const fn manager(&mut self, fact: Fact, manager: &'static Manager) {
        self.add(fact, Key::Manager(manager.name), manager.origin);
        self.listened(fact, manager.on);
    }

    const fn projection(&mut self, fact: Fact, projection: &'static ProjectionFacts) {
        // One with a mistake has no name.
        if projection.name.is_empty() {
            return;
        }
        self.add(fact, Key::Projection(projection.name), projection.origin);
        self.add(fact, Key::Table(projection.kept.table_name()), projection.origin);
        self.listened(fact, projection.on);
    }

    const fn query(&mut self, fact: Fact, query: &'static QueryFacts) {
        // One with a mistake has no name.
        if !query.name.is_empty() {
            self.add(fact, Key::Query(query.name), query.origin);
        }
    }

    const fn listened(&mut self, fact: Fact, on: &'static [Listened]) {
        let mut at = 0;
        while at < on.len() {
            self.events(fact, on[at].types, false);
            at += 1;
        }
    }

    const fn lists(&mut self, fact: Fact, lists: &'static [&'static EventTypes], emitted: bool) {
        let mut at = 0;
        while at < lists.len() {
            self.events(fact, lists[at], emitted);
            at += 1;
        }
    }

    const fn events(&mut self, fact: Fact, events: &'static EventTypes, emitted: bool) {
        let mut at = 0;
        while at < events.own.len() {
            let own = &events.own[at];
            self.event(fact, own.name, events.origin, emitted);
            let mut alias = 0;
            while alias < own.aliases.len() {
                self.event(fact, own.aliases[alias], events.origin, emitted);
                alias += 1;
            }
            at += 1;
        }
        self.lists(fact, events.nested, emitted);
    }

    const fn event(&mut self, fact: Fact, name: &'static str, origin: &'static str, emitted: bool) {
        let key = if emitted {
            Key::Emitted(name)
        } else {
            Key::Read(name)
        };
        self.add(fact, key, origin);
    }

    const fn add(&mut self, fact: Fact, key: Key<'static>, origin: &'static str) {
        if self.len < self.facts.len() {
            self.facts[self.len] = Fact { key, origin, ..fact };
        }
        self.len += 1;
    }
}

/// Heapsort: it needs no room, and few enough steps for the compiler to take.
const fn sort(facts: &mut [Fact]) {
    let mut root = facts.len() / 2;
    while root > 0 {
        root -= 1;
        sift_down(facts, root, facts.len());
    }
    let mut end = facts.len();
    while end > 1 {
        end -= 1;
        facts.swap(0, end);
        sift_down(facts, 0, end);
    }
}

const fn sift_down(facts: &mut [Fact], mut root: usize, end: usize) {
    loop {
        let mut greatest = 2 * root + 1;
        if greatest >= end {
            return;
        }
        if greatest + 1 < end && is_before(&facts[greatest], &facts[greatest + 1]) {
            greatest += 1;
        }
        if !is_before(&facts[root], &facts[greatest]) {
            return;
        }
        facts.swap(root, greatest);
        root = greatest;
    }
}

/// By key; what was listed earlier comes first.
const fn is_before(a: &Fact, b: &Fact) -> bool {
    match a.key.order(&b.key) {
        Ordering::Less => true,
        Ordering::Equal => a.place < b.place,
        Ordering::Greater => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn fact(name: &'static str, place: usize) -> Fact {
        Fact {
            key: Key::Route(None, name),
            place,
            ..Fact::NOTHING
        }
    }

    #[test]
    fn facts_of_one_key_lie_side_by_side_in_the_order_of_their_places() {
        let names = ["b", "a", "ab", "ba", "a", "c", "b", "a"];
        let mut facts: Vec<_> = names
            .iter()
            .enumerate()
            .map(|(place, name)| fact(name, place))
            .collect();
        sort(&mut facts);
        let sorted: Vec<_> = facts
            .iter()
            .map(|fact| (fact.key.texts().1, fact.place))
            .collect();
        assert_eq!(
            sorted,
            [
                ("a", 1),
                ("a", 4),
                ("a", 7),
                ("b", 0),
                ("b", 6),
                ("c", 5),
                ("ba", 3),
                ("ab", 2)
            ]
        );
    }

    #[test]
    fn a_name_within_a_category_is_another_than_the_name_alone() {
        let alone = Key::Route(None, "Close");
        assert!(alone.order(&Key::Route(Some("todo"), "Close")).is_ne());
        assert!(alone.order(&Key::Handled("Close")).is_ne());
        assert!(Key::Emitted("a").order(&Key::Read("a")).is_eq());
    }
}

use std::fmt;
use std::sync::Arc;

#[cfg(feature = "schema")]
use schemars::{Schema, SchemaGenerator};

use super::{EventTypeName, SchemaVersion};
#[cfg(feature = "schema")]
use crate::schema::PayloadSchema;

/// One event type as the program knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventType {
    /// The name under which new events are stored.
    pub name: &'static str,
    /// The version of the payload that new events have; the first is 1.
    pub version: SchemaVersion,
    /// Names under which events of this type were stored earlier.
    pub aliases: &'static [&'static str],
    #[cfg(feature = "schema")]
    schema: PayloadSchema,
}

impl EventType {
    /// The event type with this name, the version of its newest payloads, and the names that it had earlier.
    pub const fn new(name: &'static str, version: SchemaVersion, aliases: &'static [&'static str]) -> Self {
        Self {
            name,
            version,
            aliases,
            #[cfg(feature = "schema")]
            schema: PayloadSchema::UNKNOWN,
        }
    }

    /// The same, with what describes its newest payloads. Feature `schema`.
    #[cfg(feature = "schema")]
    #[must_use]
    pub const fn with_schema(self, describe: fn(&mut SchemaGenerator) -> Option<Schema>) -> Self {
        Self {
            schema: PayloadSchema(describe),
            ..self
        }
    }

    /// The JSON Schema of its newest payloads, if the program knows one. Feature `schema`.
    #[cfg(feature = "schema")]
    pub fn schema(&self, generator: &mut SchemaGenerator) -> Option<Schema> {
        (self.schema.0)(generator)
    }

    /// Whether events of this type are, or once were, stored under this name.
    pub const fn is_named(&self, name: &str) -> bool {
        same(self.name, name) || any_same(self.aliases, name)
    }
}

/// All event types of a Rust type, as a tree, so that an enum can delegate to others without knowing how many they are.
///
/// The derive macro writes these as constants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EventTypes {
    /// Where they are defined: the path of the module, and the name of the Rust type. So one definition that is reached
    /// by two ways is told from two definitions.
    pub origin: &'static str,
    /// The types that are defined here.
    pub own: &'static [EventType],
    /// The types that are delegated to.
    pub nested: &'static [&'static Self],
    /// Stored names that are known, and whose events are passed over.
    pub retired: &'static [&'static str],
}

impl EventTypes {
    /// No event type at all.
    pub const NONE: Self = Self {
        origin: "",
        own: &[],
        nested: &[],
        retired: &[],
    };

    /// Whether events stored under this name, or alias, are of one of these types.
    pub const fn contains(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The type with this name or alias.
    pub const fn find(&self, name: &str) -> Option<&'static EventType> {
        let mut at = 0;
        while at < self.own.len() {
            if self.own[at].is_named(name) {
                return Some(&self.own[at]);
            }
            at += 1;
        }
        at = 0;
        while at < self.nested.len() {
            if let Some(found) = self.nested[at].find(name) {
                return Some(found);
            }
            at += 1;
        }
        None
    }

    /// Whether the program knows what to do with events stored under this name: it reads them, or has retired them.
    pub const fn knows(&self, name: &str) -> bool {
        if self.contains(name) || any_same(self.retired, name) {
            return true;
        }
        let mut at = 0;
        while at < self.nested.len() {
            if self.nested[at].knows(name) {
                return true;
            }
            at += 1;
        }
        false
    }

    /// Calls `visit` with each type.
    pub fn for_each(&self, visit: &mut dyn FnMut(&'static EventType)) {
        self.own.iter().for_each(&mut *visit);
        self.nested.iter().for_each(|nested| nested.for_each(visit));
    }

    /// Calls `visit` with each stored name that is read: names and aliases.
    pub fn for_each_name(&self, visit: &mut dyn FnMut(&'static str)) {
        self.for_each(&mut |event_type| {
            visit(event_type.name);
            event_type.aliases.iter().copied().for_each(&mut *visit);
        });
    }
}

const fn any_same(names: &[&str], name: &str) -> bool {
    let mut at = 0;
    while at < names.len() {
        if same(names[at], name) {
            return true;
        }
        at += 1;
    }
    false
}

/// `==` on texts, which is not `const` yet.
const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

/// A set of stored event type names. Cloning is cheap; those of the program take no memory.
#[derive(Clone)]
pub struct TypeSet(Names);

#[derive(Clone)]
enum Names {
    Program(&'static EventTypes),
    Listed(Arc<[EventTypeName]>),
}

impl TypeSet {
    /// No name at all.
    pub const EMPTY: Self = Self::of(&EventTypes::NONE);

    /// The names and aliases of event types of the program.
    pub const fn of(types: &'static EventTypes) -> Self {
        Self(Names::Program(types))
    }

    /// Whether the name is in the set.
    pub fn contains(&self, name: &str) -> bool {
        match &self.0 {
            Names::Program(types) => types.contains(name),
            Names::Listed(names) => names.binary_search_by(|listed| listed.as_str().cmp(name)).is_ok(),
        }
    }

    /// Whether there is no name in the set.
    pub fn is_empty(&self) -> bool {
        let mut empty = true;
        self.for_each(&mut |_| empty = false);
        empty
    }

    /// Calls `visit` with each name; one may come up more than once.
    pub fn for_each(&self, visit: &mut dyn FnMut(&str)) {
        match &self.0 {
            Names::Program(types) => types.for_each_name(&mut |name| visit(name)),
            Names::Listed(names) => names.iter().for_each(|name| visit(name.as_str())),
        }
    }

    /// The names of either set.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (Names::Program(a), Names::Program(b)) if std::ptr::eq(*a, *b) => self.clone(),
            _ if other.is_empty() => self.clone(),
            _ if self.is_empty() => other.clone(),
            _ => self.names().into_iter().chain(other.names()).collect(),
        }
    }

    /// The names in alphabetical order, each once.
    pub fn names(&self) -> Vec<EventTypeName> {
        let mut names = Vec::new();
        match &self.0 {
            Names::Program(types) => {
                types.for_each_name(&mut |name| names.push(EventTypeName::from_static(name)));
            }
            Names::Listed(listed) => names.extend_from_slice(listed),
        }
        names.sort_unstable();
        names.dedup();
        names
    }
}

impl FromIterator<EventTypeName> for TypeSet {
    fn from_iter<I: IntoIterator<Item = EventTypeName>>(names: I) -> Self {
        let mut names: Vec<_> = names.into_iter().collect();
        names.sort_unstable();
        names.dedup();
        Self(Names::Listed(names.into()))
    }
}

impl PartialEq for TypeSet {
    fn eq(&self, other: &Self) -> bool {
        self.names() == other.names()
    }
}

impl Eq for TypeSet {}

impl fmt::Debug for TypeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.names()).finish()
    }
}

/// Which event types count: for a read, those that are returned; for a condition, those that can conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeFilter {
    /// Every event type, those that the program does not know included.
    All,
    /// The event types of this set; of an empty set, none.
    Only(TypeSet),
}

impl TypeFilter {
    /// No event at all.
    pub const NONE: Self = Self::Only(TypeSet::EMPTY);

    /// Whether events stored under this name count.
    pub fn matches(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Only(types) => types.contains(name),
        }
    }

    /// What either filter lets through.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Only(a), Self::Only(b)) => Self::Only(a.union(b)),
            _ => Self::All,
        }
    }
}

impl From<&'static EventTypes> for TypeFilter {
    fn from(types: &'static EventTypes) -> Self {
        Self::Only(TypeSet::of(types))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAF: EventTypes = EventTypes {
        origin: "tests::Leaf",
        own: &[EventType::new("leaf.Grown", 2, &["leaf.Sprouted"])],
        nested: &[],
        retired: &["leaf.Fallen"],
    };
    const TREE: EventTypes = EventTypes {
        origin: "tests::Tree",
        own: &[EventType::new("tree.Planted", 1, &[])],
        nested: &[&LEAF],
        retired: &[],
    };

    #[test]
    fn a_tree_knows_what_its_leaves_know() {
        assert!(
            TREE.contains("tree.Planted") && TREE.contains("leaf.Grown") && TREE.contains("leaf.Sprouted")
        );
        assert_eq!(TREE.find("leaf.Sprouted").unwrap().name, "leaf.Grown");
        assert!(!TREE.contains("leaf.Fallen") && TREE.knows("leaf.Fallen"));
        assert!(!TREE.knows("leaf.Unheard"));
    }

    #[test]
    fn unions_keep_what_either_has() {
        let listed: TypeSet = [EventTypeName::from_static("other.Thing")].into_iter().collect();
        let both = TypeSet::of(&LEAF).union(&listed);
        assert!(
            both.contains("leaf.Grown") && both.contains("leaf.Sprouted") && both.contains("other.Thing")
        );
        assert!(!both.contains("tree.Planted"));
        assert_eq!(TypeSet::EMPTY.union(&listed), listed);
        assert_eq!(TypeFilter::All.union(&TypeFilter::NONE), TypeFilter::All);
    }
}

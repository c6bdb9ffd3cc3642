use super::Route;
use super::fact::{Fact, Key};

/// Where commands are routed to: every command of a service, by its category and name. Made by the compiler.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Those of routes, sorted.
    facts: &'static [Fact],
}

impl Table {
    /// The routes among sorted facts.
    pub const fn of(facts: &'static [Fact]) -> Self {
        let mut routes = 0;
        while routes < facts.len() && facts[routes].route.is_some() {
            routes += 1;
        }
        Self {
            facts: facts.split_at(routes).0,
        }
    }

    /// The route of a command of an aggregate, by its category, or of a command over streams of its own choice.
    pub fn find(&self, category: Option<&str>, name: &str) -> Option<&'static Route> {
        let wanted = Key::Route(category, name);
        let found = self.facts.binary_search_by(|fact| fact.key.order(&wanted)).ok()?;
        self.facts[found].route
    }

    /// All routes, in no particular order.
    pub fn routes(&self) -> impl Iterator<Item = &'static Route> {
        self.facts.iter().filter_map(|fact| fact.route)
    }
}

use super::Route;
use crate::EventTypes;
use crate::process::Manager;
use crate::projection::ProjectionFacts;
use crate::query::QueryFacts;

/// What a service or a module consists of: itself, one thing that it lists, and so on. All of it is constant.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// As the user wrote it: `Todo`, `billing::Billing`.
    pub name: &'static str,
    /// What it is.
    pub content: Content,
}

/// What a part of a service is.
#[derive(Clone, Copy, Debug)]
pub enum Content {
    /// `aggregates(..)`
    Aggregate {
        /// Its events.
        events: &'static EventTypes,
        /// Its commands.
        routes: &'static [Route],
    },
    /// `commands(..)`
    Command(Route),
    /// `process_managers(..)`
    ProcessManager(Manager),
    /// `projections(..)`
    Projection(ProjectionFacts),
    /// `queries(..)`
    Query(QueryFacts),
    /// `modules(..)`, or a service as a whole.
    Module {
        /// Where it is defined.
        origin: &'static str,
        /// What it lists.
        parts: &'static [Part],
    },
    /// `extern_events(..)`: what nothing in the service emits, and is in the store all the same.
    ExternEvents {
        /// The events.
        events: &'static EventTypes,
        /// Who emits them.
        reason: &'static str,
    },
    /// `extern_commands(..)`: what process managers send, and something else handles.
    ExternCommand {
        /// Its name on the wire.
        name: &'static str,
        /// Where it is defined.
        origin: &'static str,
        /// Who handles it.
        reason: &'static str,
    },
    /// A module with a mistake. It is reported where it is defined, and is to be the only one.
    Unknown,
}

impl Part {
    /// What it lists, if it is a module or a service.
    pub const fn parts(&self) -> &'static [Self] {
        match self.content {
            Content::Module { parts, .. } => parts,
            _ => &[],
        }
    }

    /// All process managers, in the order in which they are listed.
    pub fn managers(&'static self) -> Vec<Manager> {
        let mut managers = Vec::new();
        self.for_each(&mut |part| {
            if let Content::ProcessManager(manager) = part.content {
                managers.push(manager);
            }
        });
        managers
    }

    /// All projections, in the order in which they are listed.
    pub fn projections(&'static self) -> Vec<ProjectionFacts> {
        let mut projections = Vec::new();
        self.for_each(&mut |part| {
            if let Content::Projection(projection) = part.content {
                projections.push(projection);
            }
        });
        projections
    }

    /// All queries, in the order in which they are listed.
    pub fn queries(&'static self) -> Vec<QueryFacts> {
        let mut queries = Vec::new();
        self.for_each(&mut |part| {
            if let Content::Query(query) = part.content {
                queries.push(query);
            }
        });
        queries
    }

    /// Calls `visit` with each part that lists no others, in the order in which they are listed.
    pub fn for_each(&'static self, visit: &mut dyn FnMut(&'static Self)) {
        match self.content {
            Content::Module { parts, .. } => parts.iter().for_each(|part| part.for_each(visit)),
            _ => visit(self),
        }
    }
}

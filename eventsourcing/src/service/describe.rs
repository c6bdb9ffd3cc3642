use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::schemas::Schemas;
use super::{Content, Part, Route, Service};
use crate::process::{Manager, Sent, Start};
use crate::projection::ProjectionFacts;
use crate::query::QueryFacts;
use crate::{EventType, EventTypes, SchemaVersion};

/// What a service handles, what happens then, and what follows from that: as data, for people and tools.
///
/// Everything is sorted by name, so that two descriptions can be compared. With the feature `schema`, commands, events and queries
/// have JSON Schemas of draft 2020-12; what they refer to is in `definitions`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ServiceDescription {
    /// The name of the service in Rust.
    pub name: String,
    /// What it handles.
    pub commands: Vec<CommandDescription>,
    /// What happens, and what is read.
    pub events: Vec<EventDescription>,
    /// What follows from it.
    pub process_managers: Vec<ProcessManagerDescription>,
    /// What is kept of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub projections: Vec<ProjectionDescription>,
    /// What can be asked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub queries: Vec<QueryDescription>,
    /// What is sent, and handled elsewhere.
    pub extern_commands: Vec<ExternDescription>,
    /// What schemas refer to as `#/$defs/Name`: a schema for each name.
    #[serde(rename = "$defs", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub definitions: BTreeMap<String, Value>,
}

/// A command that a service handles.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CommandDescription {
    /// How it is routed to: `category/Name`, or `Name` for a command over streams of its own choice.
    pub name: String,
    /// The stored names of the events that it can emit.
    pub emits: Vec<String>,
    /// The stored names of the events that its decision depends on.
    pub reads: Vec<String>,
    /// The JSON Schema of its payload; any JSON if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
}

/// An event type that a service knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EventDescription {
    /// The name under which it is stored.
    pub name: String,
    /// The version of its payload.
    pub version: SchemaVersion,
    /// The names under which such events were stored earlier.
    pub aliases: Vec<String>,
    /// The commands that can emit it.
    pub emitted_by: Vec<String>,
    /// The process managers that wait for it.
    pub handled_by: Vec<String>,
    /// The projections that keep something of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub projected_by: Vec<String>,
    /// Who else emits it, if the service says so: `extern_events(..)`.
    pub emitted_elsewhere: Option<String>,
    /// The JSON Schema of its payload, in this version; any JSON if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
}

/// A process manager of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProcessManagerDescription {
    /// Its name.
    pub name: String,
    /// The stored names of the events that it waits for.
    pub on: Vec<String>,
    /// The commands that it can send.
    pub sends: Vec<String>,
    /// Whether it takes events that were stored before it ran for the first time.
    pub from_beginning: bool,
}

/// A projection of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProjectionDescription {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: u32,
    /// The stored names of the events that it handles.
    pub on: Vec<String>,
    /// The table that it fills.
    pub table: String,
}

/// A query of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct QueryDescription {
    /// Its name.
    pub name: String,
    /// The names of the projections that it reads.
    pub of: Vec<String>,
    /// The JSON Schema of what is asked for; any JSON if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<Value>,
    /// The JSON Schema of what comes of it; any JSON if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
}

/// Something that is elsewhere, and why that is right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ExternDescription {
    /// Its name.
    pub name: String,
    /// Who does instead.
    pub reason: String,
}

impl ServiceDescription {
    /// Describes a service.
    pub fn of<S: Service>() -> Self {
        let mut described = Described::default();
        const { &S::PART }.for_each(&mut |part| described.add(part));
        described.finish(S::PART.name)
    }
}

/// What is known so far, by name.
#[derive(Default)]
struct Described {
    service: ServiceDescription,
    routes: Vec<(String, &'static Route)>,
    queries: Vec<&'static QueryFacts>,
    events: BTreeMap<&'static str, (&'static EventType, EventDescription)>,
}

impl Described {
    fn add(&mut self, part: &'static Part) {
        match &part.content {
            Content::Aggregate { routes, .. } => routes.iter().for_each(|route| self.route(route)),
            Content::Command(route) => self.route(route),
            Content::ProcessManager(manager) => self.manager(manager),
            Content::Projection(projection) => self.projection(projection),
            Content::Query(query) => self.queries.push(query),
            Content::ExternEvents { events, reason } => {
                self.each(events, |event| {
                    event.emitted_elsewhere = Some((*reason).to_owned());
                });
            }
            Content::ExternCommand { name, reason, .. } => {
                self.service.extern_commands.push(ExternDescription {
                    name: (*name).to_owned(),
                    reason: (*reason).to_owned(),
                });
            }
            Content::Module { .. } | Content::Unknown => {}
        }
    }

    fn route(&mut self, route: &'static Route) {
        let name = route.to_string();
        for types in route.emits {
            self.each(types, |event| event.emitted_by.push(name.clone()));
        }
        for types in route.reads {
            self.each(types, |_| {});
        }
        self.routes.push((name, route));
    }

    fn manager(&mut self, manager: &Manager) {
        for listened in manager.on {
            self.each(listened.types, |event| {
                event.handled_by.push(manager.name.to_owned());
            });
        }
        self.service.process_managers.push(ProcessManagerDescription {
            name: manager.name.to_owned(),
            on: names(manager.on.iter().map(|listened| listened.types)),
            sends: sorted(manager.sends.iter().map(Sent::to_string)),
            from_beginning: manager.start == Start::Beginning,
        });
    }

    fn projection(&mut self, projection: &ProjectionFacts) {
        for listened in projection.on {
            self.each(listened.types, |event| {
                event.projected_by.push(projection.name.to_owned());
            });
        }
        self.service.projections.push(ProjectionDescription {
            name: projection.name.to_owned(),
            version: projection.version.get(),
            on: names(projection.on.iter().map(|listened| listened.types)),
            table: projection.kept.table_name().to_owned(),
        });
    }

    fn each(&mut self, types: &'static EventTypes, mut add: impl FnMut(&mut EventDescription)) {
        types.for_each(&mut |event_type| {
            let event = self.events.entry(event_type.name);
            let (_, event) = event.or_insert_with(|| (event_type, EventDescription::new(event_type)));
            add(event);
        });
    }

    /// Schemas are made in the order of the names, so that definitions whose names meet are told apart in the same way each time.
    fn finish(self, name: &str) -> ServiceDescription {
        let Self {
            mut service,
            mut routes,
            mut queries,
            events,
        } = self;
        let mut schemas = Schemas::default();
        name.clone_into(&mut service.name);
        routes.sort_by(|(a, _), (b, _)| a.cmp(b));
        service.commands = routes
            .into_iter()
            .map(|(name, route)| CommandDescription::new(name, route, &mut schemas))
            .collect();
        service.events = events
            .into_values()
            .map(|(event_type, event)| event.finish(event_type, &mut schemas))
            .collect();
        queries.sort_by_key(|query| query.name);
        service.queries = queries
            .into_iter()
            .map(|query| QueryDescription::new(query, &mut schemas))
            .collect();
        service.process_managers.sort_by(|a, b| a.name.cmp(&b.name));
        service.projections.sort_by(|a, b| a.name.cmp(&b.name));
        service.extern_commands.sort_by(|a, b| a.name.cmp(&b.name));
        service.definitions = schemas.into_definitions();
        service
    }
}

impl CommandDescription {
    fn new(name: String, route: &Route, schemas: &mut Schemas) -> Self {
        Self {
            name,
            emits: names(route.emits.iter().copied()),
            reads: names(route.reads.iter().copied()),
            schema: schemas.of_command(route),
        }
    }
}

impl QueryDescription {
    fn new(query: &QueryFacts, schemas: &mut Schemas) -> Self {
        Self {
            name: query.name.to_owned(),
            of: sorted(query.of.iter().map(|projection| projection.name.to_owned())),
            schema: schemas.of_query(query),
            result: schemas.of_result(query),
        }
    }
}

impl EventDescription {
    fn new(event_type: &EventType) -> Self {
        Self {
            name: event_type.name.to_owned(),
            version: event_type.version,
            aliases: event_type.aliases.iter().map(|&alias| alias.to_owned()).collect(),
            emitted_by: Vec::new(),
            handled_by: Vec::new(),
            projected_by: Vec::new(),
            emitted_elsewhere: None,
            schema: None,
        }
    }

    fn finish(mut self, event_type: &EventType, schemas: &mut Schemas) -> Self {
        self.emitted_by = sorted(self.emitted_by);
        self.handled_by = sorted(self.handled_by);
        self.schema = schemas.of_event(event_type);
        self.projected_by = sorted(self.projected_by);
        self
    }
}

fn names(types: impl Iterator<Item = &'static EventTypes>) -> Vec<String> {
    let mut names = Vec::new();
    for types in types {
        types.for_each(&mut |event_type| names.push(event_type.name.to_owned()));
    }
    sorted(names)
}

fn sorted(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let mut names: Vec<_> = names.into_iter().collect();
    names.sort_unstable();
    names.dedup();
    names
}

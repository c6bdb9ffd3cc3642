use std::collections::BTreeMap;

use serde_json::Value;

use super::Route;
use crate::EventType;
use crate::query::QueryFacts;

/// Makes the schemas of one description, which share their definitions. Without the feature `schema`, there are none.
#[derive(Default)]
pub(super) struct Schemas {
    #[cfg(feature = "schema")]
    generator: crate::schema::SchemaGenerator,
}

#[cfg(feature = "schema")]
impl Schemas {
    pub(super) fn of_command(&mut self, route: &Route) -> Option<Value> {
        route.handler.schema(&mut self.generator).map(sorted)
    }

    pub(super) fn of_event(&mut self, event_type: &EventType) -> Option<Value> {
        event_type.schema(&mut self.generator).map(sorted)
    }

    pub(super) fn of_query(&mut self, query: &QueryFacts) -> Option<Value> {
        query.handler.schema(&mut self.generator).map(sorted)
    }

    pub(super) fn of_result(&mut self, query: &QueryFacts) -> Option<Value> {
        query.handler.result_schema(&mut self.generator).map(sorted)
    }

    pub(super) fn into_definitions(mut self) -> BTreeMap<String, Value> {
        let definitions = self.generator.take_definitions(true).into_iter();
        definitions.map(|(name, schema)| (name, sorted(schema))).collect()
    }
}

#[cfg(not(feature = "schema"))]
#[expect(clippy::unused_self, reason = "as with the feature")]
impl Schemas {
    pub(super) fn of_command(&mut self, _: &Route) -> Option<Value> {
        None
    }

    pub(super) fn of_event(&mut self, _: &EventType) -> Option<Value> {
        None
    }

    pub(super) fn of_query(&mut self, _: &QueryFacts) -> Option<Value> {
        None
    }

    pub(super) fn of_result(&mut self, _: &QueryFacts) -> Option<Value> {
        None
    }

    pub(super) fn into_definitions(self) -> BTreeMap<String, Value> {
        BTreeMap::new()
    }
}

/// In the same order whichever map `serde_json` is built with.
#[cfg(feature = "schema")]
fn sorted(schema: impl Into<Value>) -> Value {
    let mut schema = schema.into();
    schema.sort_all_objects();
    schema
}

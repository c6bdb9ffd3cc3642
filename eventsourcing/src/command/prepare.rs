use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use super::Decision;

/// What [`CommandLogic::prepare`](super::CommandLogic::prepare) may use: everything that `handle` is told, and the
/// resources of the executor.
#[derive(Clone, Debug)]
pub struct Prepare {
    decision: Arc<Decision>,
    resources: Resources,
}

impl Prepare {
    pub(crate) fn new(decision: Arc<Decision>, resources: Resources) -> Self {
        Self { decision, resources }
    }

    /// What `handle` will be told.
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// A resource that the executor was built with: an HTTP client, a price list.
    pub fn resource<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.resources.get()
    }
}

/// What commands may use to prepare themselves, one of each type.
#[derive(Clone, Default)]
pub struct Resources {
    by_type: Arc<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl Resources {
    /// The resource of a type.
    pub fn get<T: Send + Sync + 'static>(&self) -> Option<&T> {
        self.by_type.get(&TypeId::of::<T>())?.downcast_ref()
    }

    /// Adds a resource; replaces one of the same type.
    pub fn insert<T: Send + Sync + 'static>(&mut self, resource: T) {
        Arc::make_mut(&mut self.by_type).insert(TypeId::of::<T>(), Arc::new(resource));
    }
}

impl fmt::Debug for Resources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Resources({})", self.by_type.len())
    }
}

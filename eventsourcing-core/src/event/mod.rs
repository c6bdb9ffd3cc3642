//! Events as stores see them: a name, a version, bytes.

mod content;
mod new;
mod recorded;
mod type_name;
mod types;

pub use content::{ContentType, InvalidContentType};
pub use new::NewEvent;
pub use recorded::{RecordedEvent, StreamVersion};
pub use type_name::{EventTypeName, InvalidEventTypeName};
pub use types::{EventType, EventTypes, TypeFilter, TypeSet};

/// The version of an event type's payload: the first is 1.
pub type SchemaVersion = u32;

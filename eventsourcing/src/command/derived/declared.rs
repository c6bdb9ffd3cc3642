use super::fold::{self, FoldedFrom};
use crate::command::{Access, InvalidStreamField, Plan, Planned, Reads, Slot};
use crate::stream::{StreamKey, category_of};
use crate::{EventTypes, InvalidStreamId, StreamId, TypeSet};

/// What a command says of the streams of a field, or of those that are discovered under one name.
pub(super) struct Declared<K> {
    pub(super) name: &'static str,
    pub(super) field: u16,
    access: Access,
    reads: StaticReads,
    category: Option<&'static str>,
    stream_of: fn(&K) -> Result<StreamId, InvalidStreamId>,
}

/// As [`Reads`], of event types of the program.
#[derive(Clone, Copy)]
enum StaticReads {
    Events(&'static EventTypes),
    Head,
    Nothing,
}

impl<K> Declared<K> {
    /// They are folded into a state.
    pub(super) const fn folded<S: FoldedFrom<K, M>, M>(
        name: &'static str,
        field: u16,
        access: Access,
    ) -> Self {
        let reads = StaticReads::Events(fold::types_of::<S>());
        Self {
            name,
            field,
            access,
            reads,
            category: S::CATEGORY,
            stream_of: S::stream_of,
        }
    }

    /// The event types that are read of them.
    pub(super) const fn types(&self) -> &'static EventTypes {
        match self.reads {
            StaticReads::Events(types) => types,
            StaticReads::Head | StaticReads::Nothing => &EventTypes::NONE,
        }
    }

    /// The category of the streams; `None` if they can be of any.
    pub(super) const fn category(&self) -> Option<&'static str> {
        self.category
    }

    /// The stream of a key.
    pub(super) fn stream_of(&self, key: &K) -> Result<StreamId, InvalidStreamField> {
        (self.stream_of)(key).map_err(|source| InvalidStreamField {
            field: self.name,
            source,
        })
    }

    /// Adds a stream to the plan.
    pub(super) fn plan(&self, stream: StreamId, index: u32, plan: &mut Plan) {
        let slot = Slot {
            field: self.field,
            index,
        };
        plan.add(Planned {
            stream,
            access: self.access,
            reads: self.reads.into(),
            slot,
        });
    }
}

impl<K: StreamKey> Declared<K> {
    /// The state has their versions.
    pub(super) const fn versions(name: &'static str, field: u16, access: Access) -> Self {
        Self {
            name,
            field,
            access,
            reads: StaticReads::Head,
            category: category_of::<K>(),
            stream_of: K::to_stream_id,
        }
    }

    /// They are only appended to.
    pub(super) const fn appended(name: &'static str, field: u16) -> Self {
        Self {
            name,
            field,
            access: Access::Append,
            reads: StaticReads::Nothing,
            category: category_of::<K>(),
            stream_of: K::to_stream_id,
        }
    }
}

impl From<StaticReads> for Reads {
    fn from(reads: StaticReads) -> Self {
        match reads {
            StaticReads::Events(types) => Self::Events(TypeSet::of(types)),
            StaticReads::Head => Self::Head,
            StaticReads::Nothing => Self::Nothing,
        }
    }
}

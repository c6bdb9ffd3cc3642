use serde::{Deserialize, Serialize};

use crate::uuid_newtype::uuid_newtype;

/// Which store, and which of its lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StoreIdentity {
    /// The store, from its creation on.
    pub id: StoreId,
    /// Changes when the store is restored from a backup, since its log may then be shorter than readers remember.
    pub epoch: StoreEpoch,
}

uuid_newtype! {
    /// Identifies a store from its creation on.
    StoreId
}

uuid_newtype! {
    /// Identifies one life of a store, between two restores.
    StoreEpoch
}

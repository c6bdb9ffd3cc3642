use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Which store, and which of its lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct StoreIdentity {
    /// The store, from its creation on.
    pub id: StoreId,
    /// Changes when the store is restored from a backup, since its log may then be shorter than readers remember.
    pub epoch: StoreEpoch,
}

macro_rules! identity_newtype {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes a UUID of any version.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID.
            pub const fn get(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

identity_newtype! {
    /// Identifies a store from its creation on.
    StoreId
}

identity_newtype! {
    /// Identifies one life of a store, between two restores.
    StoreEpoch
}

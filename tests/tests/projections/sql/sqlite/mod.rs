//! On SQLite.

/// The type of a column that counts.
macro_rules! serial {
    () => {
        "integer primary key"
    };
}

#[path = "../audit.rs"]
mod audit;
mod beside;
mod database;
#[path = "../failing.rs"]
mod failing;
#[path = "../following.rs"]
mod following;
#[path = "../killed.rs"]
mod killed;
#[path = "../refusing.rs"]
mod refusing;
#[path = "../versions.rs"]
mod versions;

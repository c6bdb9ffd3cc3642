//! On PostgreSQL.

/// The type of a column that counts.
macro_rules! serial {
    () => {
        "bigserial primary key"
    };
}

#[path = "../audit.rs"]
mod audit;
mod database;
#[path = "../failing.rs"]
mod failing;
#[path = "../following.rs"]
mod following;
mod inline;
mod inline_order;
#[path = "../killed.rs"]
mod killed;
mod pool;
#[path = "../refusing.rs"]
mod refusing;
#[path = "../versions.rs"]
mod versions;

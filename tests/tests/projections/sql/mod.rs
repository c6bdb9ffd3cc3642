//! Projections in SQL of their own, on PostgreSQL.

mod audit;
mod failing;
mod following;
mod inline;
mod killed;
mod refusing;
mod versions;

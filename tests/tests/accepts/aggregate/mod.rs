pub mod kinds;
pub mod lints;
pub mod no_implicit_prelude;
pub mod renamed;
pub mod written_ids;

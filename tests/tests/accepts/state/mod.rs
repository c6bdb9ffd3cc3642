pub mod generic;
pub mod no_implicit_prelude;
pub mod renamed;

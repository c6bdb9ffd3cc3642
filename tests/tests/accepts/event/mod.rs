pub mod deny_lints;
pub mod generics;
pub mod names;
pub mod no_implicit_prelude;
pub mod renamed;

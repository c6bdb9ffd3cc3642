pub mod across_modules;
pub mod in_a_function;
pub mod lints;
pub mod no_implicit_prelude;
pub mod renamed;

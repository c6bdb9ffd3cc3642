pub mod in_a_function;
pub mod in_sql;
pub mod no_implicit_prelude;
pub mod renamed;

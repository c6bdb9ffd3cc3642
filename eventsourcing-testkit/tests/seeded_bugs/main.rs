//! The history checker, checked: it finds every bug that is put into a store, and nothing in a store without one.

mod bug;
mod clean;
mod found;
mod reads;
mod state;
mod store;

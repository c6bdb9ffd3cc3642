//! A site with a guest book. See the README beside it.

pub mod guestbook;
mod sessions;
mod site;

pub use site::site;

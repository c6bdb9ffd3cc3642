//! A small service, spoken to in commands by name alone.

mod app;
mod foreign;
mod hostile;
mod layers;
mod results;
mod serving;
mod targets;

mod builder;
mod connection;
mod error;
mod files;
mod router;
mod run;
mod serve;

pub use builder::Server;
pub use error::ServeError;
pub use run::RunError;
pub use serve::Serving;

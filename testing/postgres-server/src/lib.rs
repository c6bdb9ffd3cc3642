//! A private PostgreSQL server for tests, from the programs that the system has installed.
//!
//! ```no_run
//! let server = postgres_server::Server::start()?;
//! println!("connect to {}", server.url());
//! # Ok::<(), postgres_server::Error>(())
//! ```
//!
//! The cluster lies in a temporary folder and listens on a free port of the loopback interface. It is as durable as one in
//! production: `fsync` is on. When the [`Server`] is dropped, the cluster is stopped and removed; when the process dies
//! without that, the kernel stops it.
//!
//! The program `postgres-server COMMAND ...` runs a command with `DATABASE_URL` set to such a server.

mod cluster;
mod error;
mod pgbouncer;
mod programs;
mod server;

pub use error::Error;
pub use pgbouncer::PgBouncer;
pub use server::Server;

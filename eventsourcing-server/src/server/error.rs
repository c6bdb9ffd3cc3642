use std::io;
use std::net::SocketAddr;

use eventsourcing::service::StillBusy;

/// Why a server did not start, or did not end well.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// Nobody can listen there.
    #[error("cannot listen on `{address}`")]
    Listen {
        /// The address, as it was given.
        address: String,
        /// Why not.
        source: io::Error,
    },
    /// Others than this machine could reach the server, and nothing would tell who they are.
    #[error(
        "`{address}` can be reached from other machines, and there is no authentication; give the server a layer by `auth`, \
         or bind it to a loopback address"
    )]
    Unprotected {
        /// The address.
        address: SocketAddr,
    },
    /// The signals that end the program cannot be heard.
    #[error("cannot listen for signals")]
    Signals(#[source] io::Error),
    /// Some commands or process managers did not come to their end in time.
    #[error("the service was still busy when the time to shut down was over")]
    StillBusy(#[from] StillBusy),
    /// The server has panicked.
    #[error("the server has ended by a panic")]
    Panicked,
}

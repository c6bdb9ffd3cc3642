use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream, lookup_host};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout_at};

use super::connection::{Connection, serve_connection};
use super::{ServeError, Server};
use crate::shared::Shared;

impl Server {
    /// Serves until Ctrl-C, `SIGTERM`, or somebody shuts down the service; then [shuts down](Serving::shutdown).
    ///
    /// # Errors
    /// If it cannot listen, or may not, or the service is still busy when the time to shut down is over.
    pub async fn serve(self) -> Result<(), ServeError> {
        let signal = signal().map_err(ServeError::Signals)?;
        let serving = self.start().await?;
        tokio::select! {
            () = signal => tracing::info!("shutting down"),
            () = serving.shared.closing() => {}
        }
        serving.shutdown().await
    }

    /// Begins to serve.
    ///
    /// # Errors
    /// If it cannot listen, or may not: see [`ServeError::Unprotected`].
    pub async fn start(self) -> Result<Serving, ServeError> {
        let is_protected = self.authenticate.is_some();
        let listener = listen(&self.address, is_protected).await?;
        let address = listener.local_addr().map_err(|source| ServeError::Listen {
            address: self.address.clone(),
            source,
        })?;
        let (router, shared) = self.assemble(address.ip().is_loopback());
        tracing::info!("listening on http://{address}");
        let mut task = JoinSet::new();
        task.spawn(serve(listener, router, shared.clone()));
        Ok(Serving {
            address,
            shared,
            task,
        })
    }
}

/// A server at work. Dropped, it ends at once, and requests that are under way are not answered.
#[derive(Debug)]
#[must_use = "dropped, it ends at once"]
pub struct Serving {
    address: SocketAddr,
    shared: Shared,
    task: JoinSet<Result<(), ServeError>>,
}

impl Serving {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends in an orderly way: says at `/readyz` that it will, takes no more connections after the
    /// [time for that](crate::ServerLimits::drain), tells those who wait for events to connect elsewhere, answers the
    /// requests that are under way, and shuts down the service.
    ///
    /// # Errors
    /// If the service is still busy when the [time](crate::ServerLimits::shutdown_timeout) is over.
    pub async fn shutdown(self) -> Result<(), ServeError> {
        self.shared.drain();
        tokio::select! {
            () = sleep(self.shared.limits().drain) => {}
            () = self.shared.closing() => {}
        }
        self.shared.close();
        self.ended().await
    }

    /// Waits until somebody shuts down the service, and the server has ended because of that.
    ///
    /// # Errors
    /// As [`shutdown`](Self::shutdown).
    pub async fn ended(mut self) -> Result<(), ServeError> {
        match self.task.join_next().await {
            Some(Ok(result)) => result,
            Some(Err(_)) | None => Err(ServeError::Panicked),
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        // Its tasks end with `task`; those of a WebSocket are on their own.
        self.shared.close();
    }
}

/// Listens at the first address that works. None that others can reach is tried without protection.
async fn listen(address: &str, is_protected: bool) -> Result<TcpListener, ServeError> {
    let refused = |source| ServeError::Listen {
        address: address.to_owned(),
        source,
    };
    let addresses: Vec<_> = lookup_host(address).await.map_err(refused)?.collect();
    match addresses.iter().find(|address| !address.ip().is_loopback()) {
        Some(&address) if !is_protected => Err(ServeError::Unprotected { address }),
        _ => TcpListener::bind(addresses.as_slice()).await.map_err(refused),
    }
}

async fn serve(listener: TcpListener, router: Router, shared: Shared) -> Result<(), ServeError> {
    let mut connections = JoinSet::new();
    accept(listener, router, &shared, &mut connections).await;
    // The service may have been shut down by somebody else.
    shared.close();
    let deadline = Instant::now() + shared.limits().shutdown_timeout;
    let at_rest = async {
        while connections.join_next().await.is_some() {}
        shared.ended().await;
    };
    if timeout_at(deadline, at_rest).await.is_err() {
        tracing::warn!(open = connections.len(), "some connections did not end in time");
    }
    let rest = deadline.saturating_duration_since(Instant::now());
    Ok(shared.runtime().shutdown(rest).await?)
}

/// Takes connections, until the server is about to end.
async fn accept(listener: TcpListener, router: Router, shared: &Shared, connections: &mut JoinSet<()>) {
    let permits = Arc::new(Semaphore::new(
        shared.limits().connections.min(Semaphore::MAX_PERMITS),
    ));
    loop {
        tokio::select! {
            biased;
            () = shared.closing() => break,
            Some(_) = connections.join_next() => {}
            (socket, permit) = next_connection(&listener, &permits) => {
                let connection = Connection::new(socket, permit, shared.limits());
                connections.spawn(serve_connection(connection, router.clone(), shared.clone()));
            }
        }
    }
}

/// The next connection, as soon as there may be one more.
async fn next_connection(
    listener: &TcpListener,
    permits: &Arc<Semaphore>,
) -> (TcpStream, Option<OwnedSemaphorePermit>) {
    // Nobody closes the semaphore.
    let permit = Arc::clone(permits).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((socket, _)) => return (socket, permit),
            // Of a connection that was gone before it was taken.
            Err(error) if is_of_connection(&error) => {}
            Err(error) => {
                const PAUSE: Duration = Duration::from_secs(1);
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "cannot take connections now"
                );
                sleep(PAUSE).await;
            }
        }
    }
}

fn is_of_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}

/// Ready when somebody wants the program to end.
#[cfg(unix)]
fn signal() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Ready when somebody wants the program to end.
#[cfg(not(unix))]
fn signal() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without signals, only the service can end it.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    })
}

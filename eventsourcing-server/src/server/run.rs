use std::env;
use std::fmt;
use std::io;

use eventsourcing::observe::chain;
use eventsourcing::service::{Complete, RuntimeBuilder, Service, StartError};
use eventsourcing::{InvalidStoreAddress, OpenStoreError, StoreAddress};

use super::{ServeError, Server};

impl Server {
    /// A whole program: opens a store, starts a service on it, and serves it until it is told to end.
    ///
    /// ```no_run
    /// # use eventsourcing::prelude::*;
    /// # #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
    /// # #[stream_key(category = "todo")]
    /// # pub struct TodoId(String);
    /// # #[derive(Event)]
    /// # #[event(prefix = "todo")]
    /// # pub enum TodoEvent { Created { #[stream] todo: TodoId } }
    /// # #[derive(Command, Serialize, Deserialize)]
    /// # #[command(emits(TodoEvent))]
    /// # pub struct Create { #[stream] todo: TodoId }
    /// # impl CommandLogic for Create {
    /// #     type Error = std::convert::Infallible;
    /// #     fn handle(&self, _: &CreateState, cx: &mut Decide<Self>) -> Result<(), Self::Error> {
    /// #         emit!(cx, TodoEvent::Created { todo: self.todo.clone() });
    /// #         Ok(())
    /// #     }
    /// # }
    /// # #[service(commands(Create))]
    /// # pub struct TodoApp;
    /// use eventsourcing_server::{RunError, Server};
    ///
    /// fn main() -> Result<(), RunError> {
    ///     Server::run::<TodoApp>(|server| server.static_files("page"))
    /// }
    /// ```
    ///
    /// | environment | by default | |
    /// |---|---|---|
    /// | `STORE` | `sqlite:TodoApp.db`, after the service | the [store](StoreAddress) |
    /// | `LISTEN` | what `configure` says, or `127.0.0.1:8080` | where to [listen](Self::bind) |
    ///
    /// What happens is written to the standard output, unless the program has another subscriber of [`tracing`] already. Programs that
    /// want more say themselves what this says: see [`serve`](Self::serve).
    ///
    /// # Errors
    /// If the store cannot be opened, the service does not start, or the server does not.
    pub fn run<S>(configure: impl FnOnce(Self) -> Self) -> Result<(), RunError>
    where
        S: Service<Resources: Complete>,
    {
        // If there is one already, that is the one.
        let _ = tracing_subscriber::fmt().try_init();
        tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .map_err(RunError::Threads)?
            .block_on(run::<S>(configure))
    }
}

async fn run<S>(configure: impl FnOnce(Server) -> Server) -> Result<(), RunError>
where
    S: Service<Resources: Complete>,
{
    let address = match env::var("STORE") {
        Ok(address) => address.parse()?,
        Err(_) => StoreAddress::Sqlite(format!("{}.db", S::PART.name).into()),
    };
    let store = address.open().await?;
    tracing::info!("events are in {address}");
    let runtime = RuntimeBuilder::<S, S::Resources>::new(store).start().await?;
    let mut server = configure(Server::new(runtime));
    if let Ok(listen) = env::var("LISTEN") {
        server = server.bind(listen);
    }
    Ok(server.serve().await?)
}

/// Why a program did not run, or did not end well.
///
/// Its `Debug` form is for people: a `main` that returns it says what is wrong in one line.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// `STORE` does not name a store.
    #[error("the environment variable `STORE` does not name a store")]
    Address(#[from] InvalidStoreAddress),
    /// The store cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenStoreError),
    /// The service did not start.
    #[error("the service did not start")]
    Start(#[from] StartError),
    /// The server did not start, or did not end well.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// There are no threads to run on.
    #[error("cannot start the threads to run on")]
    Threads(#[source] io::Error),
}

impl fmt::Debug for RunError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&chain(self))
    }
}

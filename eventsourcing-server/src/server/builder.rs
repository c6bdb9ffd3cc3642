use std::convert::Infallible;
use std::fmt;
use std::path::PathBuf;

use axum::Router;
use axum::extract::Request;
use axum::response::IntoResponse;
use axum::routing::Route;
use eventsourcing::service::Runtime;
use tower::{Layer, Service};

use crate::settings::ServerLimits;

/// Serves a service over HTTP, server-sent events and WebSocket.
///
/// See the [front page](crate) for what it serves.
#[must_use = "call `serve`, `start` or `router`"]
pub struct Server {
    pub(super) runtime: Runtime,
    pub(super) address: String,
    pub(super) limits: ServerLimits,
    pub(super) hosts: Vec<String>,
    pub(super) origins: Vec<String>,
    pub(super) files: Option<Files>,
    pub(super) public_probes: bool,
    pub(super) authenticate: Option<Authenticate>,
}

/// Puts the layer that authenticates around routes.
type Authenticate = Box<dyn FnOnce(Router) -> Router + Send>;

/// A folder of static files.
pub(super) struct Files {
    pub(super) folder: PathBuf,
    pub(super) public: bool,
}

impl Server {
    /// A server of a service that runs, on `127.0.0.1:8080`.
    pub fn new(runtime: Runtime) -> Self {
        Self {
            runtime,
            address: "127.0.0.1:8080".to_owned(),
            limits: ServerLimits::default(),
            hosts: Vec::new(),
            origins: Vec::new(),
            files: None,
            public_probes: false,
            authenticate: None,
        }
    }

    /// Where to listen: `127.0.0.1:8080`, `localhost:0`. Others than those of this machine need [authentication](Self::auth).
    pub fn bind(mut self, address: impl Into<String>) -> Self {
        self.address = address.into();
        self
    }

    /// What it takes, how long it waits, and how much it keeps in memory for others.
    pub fn limits(mut self, limits: ServerLimits) -> Self {
        self.limits = limits;
        self
    }

    /// Serves the files of a folder at all addresses that nothing else is at. With authentication, only to those who are let in.
    ///
    /// A relative path starts in the current directory; but in the folder of the package if `cargo run` runs the program and there is such a
    /// folder.
    ///
    /// Pages may load scripts, styles and all else from this server alone, and nothing inline. Files and folders whose names begin
    /// with a `.` are not served.
    pub fn static_files(mut self, folder: impl Into<PathBuf>) -> Self {
        self.files = Some(Files {
            folder: folder.into(),
            public: false,
        });
        self
    }

    /// As [`static_files`](Self::static_files), to everybody.
    pub fn public_files(mut self, folder: impl Into<PathBuf>) -> Self {
        self.files = Some(Files {
            folder: folder.into(),
            public: true,
        });
        self
    }

    /// Answers `/livez` and `/readyz` to everybody.
    pub fn public_probes(mut self) -> Self {
        self.public_probes = true;
        self
    }

    /// Answers only requests for these hosts, which are names without ports; by default, for any. A server on a loopback address
    /// answers for `localhost` and such in any case, and by default for nothing else.
    pub fn hosts(mut self, hosts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.hosts
            .extend(hosts.into_iter().map(|host| host.into().to_ascii_lowercase()));
        self
    }

    /// Lets pages of other sites use the server: `https://app.example.org`. By default, those of its own site alone do.
    pub fn allow_origins(mut self, origins: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.origins.extend(origins.into_iter().map(Into::into));
        self
    }

    /// Lets nobody in whom this layer does not know: it puts an [`Identity`](crate::Identity) into the extensions of the requests of
    /// those whom it knows. All others are answered `401`, whatever they ask for. Of several layers, the last one is asked first.
    ///
    /// ```
    /// use axum::extract::Request;
    /// use axum::middleware::{Next, from_fn};
    /// use eventsourcing::Actor;
    /// use eventsourcing::service::Runtime;
    /// use eventsourcing_server::{Identity, Server};
    ///
    /// fn server(app: Runtime) -> Server {
    ///     // A proxy in front has authenticated the user, and nobody else can reach this server.
    ///     Server::new(app).auth(from_fn(async |mut request: Request, next: Next| {
    ///         let user = request.headers().get("x-user").and_then(|user| user.to_str().ok());
    ///         if let Some(actor) = user.and_then(|user| Actor::new(user).ok()) {
    ///             request.extensions_mut().insert(Identity::of(actor));
    ///         }
    ///         next.run(request).await
    ///     }))
    /// }
    /// ```
    pub fn auth<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        let inner = self.authenticate.take();
        self.authenticate = Some(Box::new(|router| match inner {
            Some(inner) => inner(router).layer(layer),
            None => router.layer(layer),
        }));
        self
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("runtime", &self.runtime)
            .field("address", &self.address)
            .field("has_auth", &self.authenticate.is_some())
            .finish_non_exhaustive()
    }
}

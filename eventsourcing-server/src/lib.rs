//! A service of [`eventsourcing`] over HTTP, server-sent events and WebSocket.
//!
//! ```
//! use eventsourcing::memory::MemoryStore;
//! use eventsourcing::prelude::*;
//! use eventsourcing_server::Server;
//! # #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
//! # #[stream_key(category = "seat")]
//! # pub struct Seat(u32);
//! # #[derive(Event)]
//! # #[event(prefix = "seat")]
//! # pub enum SeatEvent { Reserved { #[stream] seat: Seat } }
//! # #[derive(Command, Serialize, Deserialize)]
//! # #[command(emits(SeatEvent))]
//! # pub struct Reserve { #[stream] seat: Seat }
//! # impl CommandLogic for Reserve {
//! #     type Error = std::convert::Infallible;
//! #     fn handle(&self, _: &ReserveState, cx: &mut Decide<Self>) -> Result<(), Self::Error> {
//! #         emit!(cx, SeatEvent::Reserved { seat: self.seat.clone() });
//! #         Ok(())
//! #     }
//! # }
//!
//! #[service(commands(Reserve))]
//! pub struct Theatre;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let app = Theatre::builder(MemoryStore::new()).start().await?;
//! let server = Server::new(app).bind("127.0.0.1:0").start().await?;
//! println!("curl --json '{{\"seat\": 12}}' http://{}/commands/Reserve", server.address());
//! server.shutdown().await?;
//! # Ok(())
//! # }
//! ```
//!
//! [`Server::serve`] goes on until the program is told to end. [`Server::router`] is for applications of `axum` that want to nest it.
//! [`Server::run`] is a whole program.
//!
//! # Routes
//! | route | |
//! |---|---|
//! | `POST /commands/{name}` | a command over streams of its own choice |
//! | `POST /commands/{category}/{id}/{name}` | a command of an aggregate |
//! | `GET`, `POST /queries/{name}` | a query; with `Accept: text/event-stream`, its result and each that differs |
//! | `GET /events` | the log in pages; with `Accept: text/event-stream`, also as it grows |
//! | `GET /streams/{id}` | a stream in pages |
//! | `GET /ws` | commands, queries, results and events over a WebSocket |
//! | `GET /livez`, `GET /readyz` | whether the process lives, and whether the service takes commands |
//! | `GET /openapi.json` | all of this for tools, with the schemas of commands, events and queries |
//!
//! [`ROUTES`] is the same as data. Events leave as [CloudEvents](https://cloudevents.io), a [`Cursor`] says how far a reader has
//! come, and what does not work is a [`Problem`].
//!
//! # Safety
//! * It listens on a loopback address, and refuses any other without [authentication](Server::auth). There, it answers only to the
//!   names of this machine.
//! * With authentication, nothing answers to strangers: neither a route, nor a file, nor that there is none.
//! * Actor and tenant come from the [`Identity`] that was authenticated, and never from a request.
//! * Pages of other sites can neither send commands nor open a WebSocket, unless they are [listed](Server::allow_origins).
//! * Bodies, heads, connections, time and memory have [limits](ServerLimits). Who does not read is cut off, and can go on from where
//!   they were.
//! * What is broken is logged with the id of an incident. The id is all that others are told.
//!
//! # Problems
//! The last part of the `type` of a [`Problem`]:
//!
//! | `type` | status | |
//! |---|---|---|
//! | <a id="malformed"></a>`malformed` | 400 | JSON, a header, a parameter or the name of a stream cannot be read |
//! | <a id="unauthenticated"></a>`unauthenticated` | 401 | nobody is signed in, or the token is not valid |
//! | <a id="foreign-origin"></a>`foreign-origin` | 403 | the page of another site asks |
//! | <a id="not-found"></a>`not-found` | 404 | there is nothing at this address |
//! | <a id="unknown-command"></a>`unknown-command` | 404 | there is no such command; `suggestions` says what may have been meant |
//! | <a id="unknown-query"></a>`unknown-query` | 404 | there is no such query; `suggestions` says what may have been meant |
//! | <a id="method-not-allowed"></a>`method-not-allowed` | 405 | the header `Allow` says what is |
//! | <a id="too-slow"></a>`too-slow` | 408 | the body took too long to arrive |
//! | <a id="conflict"></a>`conflict` | 409 | what the command depends on has changed again and again |
//! | <a id="foreign-cursor"></a>`foreign-cursor` | 410 | the cursor is one of another store, or from before a restore, or the position is behind the end of the log: start again |
//! | <a id="precondition-failed"></a>`precondition-failed` | 412 | the stream is at another version; `ETag` says at which |
//! | <a id="too-large"></a>`too-large` | 413 | the body is too large |
//! | <a id="unsupported-media-type"></a>`unsupported-media-type` | 415 | commands are `application/json` |
//! | <a id="foreign-host"></a>`foreign-host` | 421 | the server does not answer for the host that was asked |
//! | <a id="rejected"></a>`rejected` | 422 | the domain says no |
//! | <a id="refused"></a>`refused` | 422 | the query says no, or its result is too large |
//! | <a id="key-reused"></a>`key-reused` | 422 | the idempotency key was used for something else |
//! | <a id="overloaded"></a>`overloaded` | 429 | too much is waiting; not a word of it has happened |
//! | <a id="failed"></a>`failed` | 500 | something is broken; `incident` is where the log says what |
//! | <a id="unavailable"></a>`unavailable` | 503 | the store is away, or the service shuts down; not a word of it has happened |
//! | <a id="lagging"></a>`lagging` | 503 | a query was to know of a position that its projections have not come to |
//! | <a id="not-ready"></a>`not-ready` | 503 | a projection that the query reads fills its table for the first time; `progress` says how far it is |
//! | <a id="unknown-outcome"></a>`unknown-outcome` | 503 | perhaps it has happened: send it again under the same idempotency key |
//!
//! # Features
//! | feature | adds |
//! |---|---|
//! | `jwt` | `jwt::Jwt`, authentication by JSON Web Tokens |
//! | `schema` (default) | the schemas of commands, events and queries in `/openapi.json` |
//! | `sqlite` (default) | SQLite for [`Server::run`] |
//! | `postgres` | PostgreSQL for [`Server::run`] |
//! | `typescript` | `typescript`: a client in TypeScript, and a test that it is fresh |

mod auth;
mod commands;
mod events;
mod guard;
mod health;
mod openapi;
mod prefer;
mod problem;
mod queries;
mod routes;
mod server;
mod settings;
mod shared;
mod sse;
#[cfg(feature = "typescript")]
pub mod typescript;
mod websocket;

pub use auth::Identity;
#[cfg(feature = "jwt")]
pub use auth::jwt;
pub use events::{Cursor, InvalidCursor};
pub use problem::{Problem, ProblemKind};
pub use routes::{ROUTES, Route, RouteKind};
pub use server::{RunError, ServeError, Server, Serving};
pub use settings::ServerLimits;
pub use websocket::WebSocketLimits;

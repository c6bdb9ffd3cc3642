//! Commands in process, over HTTP and over WebSocket, in turns, against one server in this process, in memory:
//! `cargo run --release -p server`.
//!
//! Each turn has so many clients for so long, each with one command under way at a time. Over WebSocket they are one connection,
//! which has as many commands under way. The clients use the same processors as the server.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark that fails has nothing to measure, and it prints what it has"
)]

mod http;
mod websocket;

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use eventsourcing::memory::MemoryStore;
use eventsourcing::service::{Runtime, service};
use eventsourcing::wire::WireCommand;
use eventsourcing_server::Server;
use memory::Deposit;
use tokio::task::JoinSet;
use tokio::time::Instant;

const ROUNDS: usize = 7;
const TURN: Duration = Duration::from_secs(1);
const CLIENTS: [usize; 2] = [1, 64];

#[service(commands(Deposit))]
struct Bank;

/// How commands are sent.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Way {
    Dispatch,
    Http,
    WebSocket,
}

#[tokio::main]
async fn main() {
    for clients in CLIENTS {
        let ways = [Way::Dispatch, Way::Http, Way::WebSocket];
        let mut rates = ways.map(|_| Vec::new());
        for round in 0..ROUNDS {
            for step in 0..ways.len() {
                let index = (round + step) % ways.len();
                rates[index].push(turn(ways[index], clients).await);
            }
        }
        let [dispatch, http, websocket] = rates.map(median);
        println!(
            "{clients} under way: dispatch {dispatch:.0}/s, HTTP {http:.0}/s ({:.2} of dispatch), \
             WebSocket {websocket:.0}/s ({:.2} of HTTP); medians of {ROUNDS} turns",
            http / dispatch,
            websocket / http
        );
    }
}

/// Commands per second.
async fn turn(way: Way, clients: usize) -> f64 {
    // A store of its own, so that what is in it does not grow from turn to turn.
    let app = Bank::builder(MemoryStore::new())
        .start()
        .await
        .expect("it starts");
    let serving = Server::new(app.clone())
        .bind("127.0.0.1:0")
        .start()
        .await
        .expect("it listens");
    let address = serving.address();
    let start = Instant::now();
    let until = start + TURN;
    let done = match way {
        Way::Dispatch => each(clients, move |client| dispatch(app.clone(), client, until)).await,
        Way::Http => each(clients, move |client| http::client(address, client, until)).await,
        Way::WebSocket => websocket::client(address, clients, until).await,
    };
    let took = start.elapsed();
    serving.shutdown().await.expect("it ends");
    rate(done, took)
}

async fn each<F>(clients: usize, run: impl Fn(usize) -> F) -> usize
where
    F: Future<Output = usize> + Send + 'static,
{
    let mut all: JoinSet<usize> = (0..clients).map(run).collect();
    let mut done = 0;
    while let Some(client) = all.join_next().await {
        done += client.expect("it does not panic");
    }
    done
}

async fn dispatch(app: Runtime, client: usize, until: Instant) -> usize {
    let mut done = 0;
    while Instant::now() < until {
        let command = WireCommand::from_bytes("Deposit", payload(client));
        app.dispatch(command).await.into_success().expect("it succeeds");
        done += 1;
    }
    done
}

/// A deposit to an account of this client that nobody has met before.
fn payload(client: usize) -> String {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!(r#"{{"account":"{client}-{number}","amount":10}}"#)
}

fn rate(done: usize, took: Duration) -> f64 {
    f64::from(u32::try_from(done).expect("it is few")) / took.as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Where a server listens.
type Address = SocketAddr;

//! With sockets: what a connection may cost, and how it all ends.

use std::net::SocketAddr;
use std::time::Duration;

use axum::middleware::from_fn;
use eventsourcing::memory::MemoryStore;
use eventsourcing::service::Runtime;
use eventsourcing::wire::WireCommand;
use eventsourcing::{StreamId, TenantId};
use eventsourcing_server::{ServeError, Server, ServerLimits, Serving};
use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::app::{app, start};
use crate::gate::GatedStore;

const CREATE: &str = "POST /commands/todo/1/Create HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
                      content-type: application/json\r\ncontent-length: 13\r\n\r\n{\"title\":\"x\"}";
const LIVE: &str = "GET /livez HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
const FOLLOW: &str = "GET /events HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\n\r\n";

async fn serve(runtime: Runtime, limits: ServerLimits) -> Serving {
    let server = Server::new(runtime).bind("127.0.0.1:0").limits(limits);
    server.start().await.unwrap()
}

async fn connect(address: SocketAddr, request: &str) -> TcpStream {
    let mut socket = TcpStream::connect(address).await.unwrap();
    socket.write_all(request.as_bytes()).await.unwrap();
    socket
}

/// Everything that comes until the connection ends, in whichever way.
async fn rest(socket: &mut TcpStream) -> String {
    const PATIENCE: Duration = Duration::from_mins(1);
    let mut bytes = Vec::new();
    // It may also be reset.
    let _ = timeout(PATIENCE, socket.read_to_end(&mut bytes))
        .await
        .expect("its end");
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads until a text has come.
async fn read_until(socket: &mut TcpStream, text: &str) -> String {
    let mut read = String::new();
    while !read.ends_with(text) {
        let byte = socket.read_u8().await.expect("not the end");
        read.push(char::from(byte));
    }
    read
}

async fn ask(address: SocketAddr, request: &str) -> String {
    rest(&mut connect(address, request).await).await
}

#[tokio::test]
async fn a_server_that_is_told_to_end_still_answers_for_a_while_and_says_that_it_will_end() {
    const READY: &str = "GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    let app = app().await;
    let limits = ServerLimits {
        drain: Duration::from_hours(1),
        ..ServerLimits::default()
    };
    let serving = serve(app.clone(), limits).await;
    let address = serving.address();
    assert!(ask(address, READY).await.contains("\"phase\":\"running\""));

    let mut ending = JoinSet::new();
    ending.spawn(serving.shutdown());
    while !ask(address, READY).await.contains("\"phase\":\"shutting_down\"") {}
    assert!(ask(address, CREATE).await.starts_with("HTTP/1.1 200 OK\r\n"));

    app.shutdown(Duration::from_secs(10)).await.unwrap();
    ending.join_next().await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn a_server_answers_until_it_is_shut_down() {
    let serving = serve(app().await, ServerLimits::default()).await;
    let address = serving.address();
    assert!(ask(address, CREATE).await.starts_with("HTTP/1.1 200 OK\r\n"));
    serving.shutdown().await.unwrap();
    assert!(
        TcpStream::connect(address).await.is_err(),
        "nobody listens any more"
    );
}

#[tokio::test]
async fn on_a_loopback_address_it_answers_for_this_machine_alone() {
    let serving = serve(app().await, ServerLimits::default()).await;
    for (host, status) in [
        ("localhost", "200"),
        ("LOCALHOST:8080", "200"),
        ("127.0.0.1:1", "200"),
        ("[::1]:8080", "200"),
        ("rebound.example.org", "421"),
        ("localhost.example.org", "421"),
        ("10.0.0.1", "421"),
    ] {
        let answer = ask(serving.address(), &LIVE.replace("localhost", host)).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{host}: {answer}"
        );
    }
    serving.shutdown().await.unwrap();
}

#[tokio::test]
async fn others_are_not_let_in_without_authentication() {
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:80"] {
        let refused = Server::new(app().await).bind(address).start().await.unwrap_err();
        assert!(
            matches!(refused, ServeError::Unprotected { .. }),
            "{address}: {refused}"
        );
    }
    let layer = from_fn(async |request, next: axum::middleware::Next| next.run(request).await);
    let serving = Server::new(app().await)
        .bind("0.0.0.0:0")
        .auth(layer)
        .start()
        .await
        .unwrap();
    let address = SocketAddr::from(([127, 0, 0, 1], serving.address().port()));
    assert!(ask(address, LIVE).await.starts_with("HTTP/1.1 401 "));
    serving.shutdown().await.unwrap();
}

#[tokio::test]
async fn where_nobody_can_listen_it_does_not_start() {
    for address in ["nonsense", "127.0.0.1:99999", "127.0.0.1"] {
        let refused = Server::new(app().await).bind(address).start().await.unwrap_err();
        assert!(
            matches!(refused, ServeError::Listen { .. }),
            "{address}: {refused}"
        );
    }
}

#[tokio::test]
async fn at_the_end_commands_are_answered_and_listeners_sent_elsewhere() {
    let store = GatedStore::new();
    let runtime = start(store.clone()).await;
    let serving = serve(runtime.clone(), ServerLimits::default()).await;
    let address = serving.address();
    let mut listener = connect(address, FOLLOW).await;
    read_until(&mut listener, "retry:").await;
    let mut client = connect(address, CREATE).await;
    store.arrived().await;

    let (ended, (heard, answer)) = tokio::join!(serving.shutdown(), async {
        let heard = rest(&mut listener).await;
        // The listener was sent away while the command was under way.
        assert_eq!(runtime.status().commands_under_way, 1);
        store.open();
        (heard, rest(&mut client).await)
    });
    ended.unwrap();
    assert!(heard.contains("event: goodbye"), "{heard}");
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(TcpStream::connect(address).await.is_err());
    assert_eq!(
        runtime
            .bus()
            .end(&TenantId::DEFAULT)
            .await
            .unwrap()
            .position
            .get(),
        1
    );
}

#[tokio::test]
async fn what_does_not_come_to_an_end_in_time_is_told() {
    let store = GatedStore::new();
    let limits = ServerLimits {
        shutdown_timeout: Duration::from_millis(1),
        ..ServerLimits::default()
    };
    let serving = serve(start(store.clone()).await, limits).await;
    let _client = connect(serving.address(), CREATE).await;
    store.arrived().await;
    let busy = serving.shutdown().await.unwrap_err();
    assert!(matches!(busy, ServeError::StillBusy(_)), "{busy}");
}

#[tokio::test]
async fn a_server_ends_with_its_service() {
    let runtime = app().await;
    let serving = serve(runtime.clone(), ServerLimits::default()).await;
    let mut listener = connect(serving.address(), FOLLOW).await;
    read_until(&mut listener, "retry:").await;
    runtime.shutdown(Duration::from_mins(1)).await.unwrap();
    serving.ended().await.unwrap();
    assert!(rest(&mut listener).await.contains("event: goodbye"));
}

#[tokio::test]
async fn a_request_whose_client_is_gone_leaves_its_command_whole() {
    let store = GatedStore::new();
    let runtime = start(store.clone()).await;
    let serving = serve(runtime.clone(), ServerLimits::default()).await;
    let mut events = runtime
        .subscribe(eventsourcing::store::FeedFilter::ALL)
        .await
        .unwrap();
    let client = connect(serving.address(), CREATE).await;
    store.arrived().await;
    drop(client);
    store.open();
    let page = events.next().await.unwrap();
    assert_eq!(page.events.len(), 1);
    serving.shutdown().await.unwrap();
}

#[tokio::test]
async fn who_sends_no_request_or_no_other_is_cut_off() {
    let limits = ServerLimits {
        header_timeout: Duration::from_millis(10),
        ..ServerLimits::default()
    };
    let serving = serve(app().await, limits).await;
    for begun in ["", "GET /livez HTTP/1.1\r\nhost: loc"] {
        let answer = ask(serving.address(), begun).await;
        assert!(!answer.contains("200"), "{answer}");
    }
    let kept = ask(serving.address(), &LIVE.replace("connection: close\r\n", "")).await;
    assert!(kept.starts_with("HTTP/1.1 200 OK\r\n"), "{kept}");
    serving.shutdown().await.unwrap();
}

#[tokio::test]
async fn who_does_not_read_makes_room_for_others_and_can_go_on_later() {
    let limits = ServerLimits {
        connections: 1,
        write_timeout: Duration::from_millis(10),
        ..ServerLimits::default()
    };
    let runtime = start(MemoryStore::new()).await;
    // More than the system keeps for one connection.
    let title = "x".repeat(500_000);
    for id in 0..12 {
        let create = WireCommand::new("Create", &json!({ "title": title })).unwrap();
        let target = StreamId::new(&format!("todo-{id}")).unwrap();
        assert!(runtime.dispatch(create.for_target(target)).await.is_success());
    }
    let serving = serve(runtime, limits).await;
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4096).unwrap();
    let mut reader = socket.connect(serving.address()).await.unwrap();
    reader.write_all(FOLLOW.as_bytes()).await.unwrap();
    // The one connection that may be open is that of the reader, until it is cut off.
    assert!(
        ask(serving.address(), LIVE)
            .await
            .starts_with("HTTP/1.1 200 OK\r\n")
    );

    // What had reached it before that is there.
    read_until(&mut reader, "id: ").await;
    let last = read_until(&mut reader, "\n").await;
    let last = last.trim_end();
    let resume =
        format!("GET /events?after={last}&limit=1 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    assert!(
        ask(serving.address(), &resume)
            .await
            .contains("\"subject\":\"todo-1\"")
    );
    serving.shutdown().await.unwrap();
}

//! A whole program, in a process of its own.

use std::env;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use eventsourcing_server::{RunError, Server};

use crate::app::TodoApp;

const CREATE: &str = "POST /commands/todo/1/Create HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
                      content-type: application/json\r\ncontent-length: 13\r\n\r\n{\"title\":\"x\"}";
const READ: &str = "GET /streams/todo-1 HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";

/// What the process does: this program is also the one that it tests.
#[test]
#[ignore = "it is the program, and runs until it is told to end"]
fn program() {
    if env::var_os("STORE").is_some() {
        Server::run::<TodoApp>(|server| server.bind("nonsense")).unwrap();
    }
}

struct Program {
    process: Child,
    address: String,
}

impl Program {
    fn start(store: &Path) -> Self {
        let mut process = Command::new(env::current_exe().unwrap())
            .args(["--exact", "running::program", "--ignored", "--nocapture"])
            .env("STORE", format!("sqlite:{}", store.display()))
            .env("LISTEN", "127.0.0.1:0")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let address = lines
            .by_ref()
            .find_map(|line| Some(line.unwrap().split_once("listening on http://")?.1.to_owned()))
            .expect("it says where it listens");
        // Nobody reads the rest, and the process must not mind.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, address }
    }

    fn ask(&self, request: &str) -> String {
        let mut socket = TcpStream::connect(&self.address).unwrap();
        socket.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Tells it to end, and checks that it does so in order.
    fn end(mut self, signal: &str) {
        let id = self.process.id().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", signal, &id])
                .status()
                .unwrap()
                .success()
        );
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // It has ended already, unless the test has failed.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn it_keeps_its_events_where_it_is_told_and_ends_by_a_signal() {
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("todo.db");
    let program = Program::start(&store);
    assert!(program.ask(CREATE).starts_with("HTTP/1.1 200 OK\r\n"));
    program.end("TERM");
    let program = Program::start(&store);
    assert!(program.ask(READ).contains("\"type\":\"todo.Created\""));
    program.end("INT");
}

#[test]
fn what_is_wrong_is_said_in_one_line() {
    let address = "mysql://db".parse::<eventsourcing::StoreAddress>().unwrap_err();
    assert_eq!(
        format!("{:?}", RunError::from(address)),
        "the environment variable `STORE` does not name a store: a store is named by `memory`, `sqlite:` and a path, \
         or `postgres://` and the rest of an address"
    );
}

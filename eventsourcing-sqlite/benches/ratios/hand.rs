use std::sync::Mutex;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};
use tempfile::TempDir;
use tokio::time::Instant;
use uuid::Uuid;

use crate::load::{ACCOUNTS, Load, METADATA, Measured, PAYLOAD, Subject, account, any_account};

/// What one writes by hand: one table, one connection behind a mutex, one transaction for each command, called from the
/// threads of the clients. A connection for each client and a busy timeout is slower as soon as there are two.
pub(crate) struct Hand {
    connection: Mutex<Connection>,
    _folder: TempDir,
}

impl Hand {
    pub(crate) fn new(synchronous: &str) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let mut connection = Connection::open(folder.path().join("hand.db")).expect("a connection");
        connection.pragma_update(None, "synchronous", synchronous).expect("a setting");
        connection
            .execute_batch(
                "pragma journal_mode = wal;
                 create table events (
                     position integer primary key, stream text not null, version integer not null, id blob not null,
                     type text not null, payload blob not null, metadata blob not null, recorded_at integer not null,
                     unique (stream, version)
                 )",
            )
            .expect("a schema");
        let transaction = connection.transaction().expect("a transaction");
        for number in 0..ACCOUNTS {
            deposit(&transaction, &account(number));
        }
        transaction.commit().expect("it commits");
        Self { connection: Mutex::new(connection), _folder: folder }
    }

    fn client(&self, commands: usize) -> Vec<Duration> {
        let timed = |_| {
            let begun = Instant::now();
            command(&mut self.connection.lock().expect("nobody panics"));
            begun.elapsed()
        };
        (0..commands).map(timed).collect()
    }
}

impl Subject for Hand {
    fn run(&self, load: Load) -> Measured {
        let begun = Instant::now();
        let each = load.commands / load.clients;
        let latencies = std::thread::scope(|scope| {
            let clients: Vec<_> = (0..load.clients).map(|_| scope.spawn(|| self.client(each))).collect();
            clients.into_iter().flat_map(|client| client.join().expect("a client")).collect()
        });
        Measured::new(begun.elapsed(), latencies)
    }
}

fn command(connection: &mut Connection) {
    let transaction = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .expect("a transaction");
    deposit(&transaction, &any_account());
    transaction.commit().expect("it commits");
}

fn deposit(connection: &Connection, stream: &str) {
    let mut load = connection
        .prepare_cached(
            "select version, type, payload, metadata from events where stream = ?1 order by version",
        )
        .expect("a statement");
    let mut version = 0_i64;
    let mut rows = load.query([stream]).expect("rows");
    while let Some(row) = rows.next().expect("a row") {
        version = row.get(0).expect("a version");
        let _state: (String, Vec<u8>, Vec<u8>) = (
            row.get(1).expect("text"),
            row.get(2).expect("bytes"),
            row.get(3).expect("bytes"),
        );
    }
    let mut insert = connection
        .prepare_cached(
            "insert into events (stream, version, id, type, payload, metadata, recorded_at)
             values (?1, ?2, ?3, 'account.Deposited', ?4, ?5, 1700000000000000)",
        )
        .expect("a statement");
    insert
        .execute((
            stream,
            version + 1,
            Uuid::now_v7().as_bytes(),
            PAYLOAD.as_bytes(),
            METADATA.as_bytes(),
        ))
        .expect("it is inserted");
}

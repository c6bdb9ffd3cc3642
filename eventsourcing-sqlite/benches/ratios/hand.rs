use std::sync::Mutex;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};
use tempfile::TempDir;
use tokio::time::Instant;
use uuid::Uuid;

use crate::load::{ACCOUNTS, Load, METADATA, Measured, PAYLOAD, Subject, account, any_account};

/// What one writes by hand: one table, one transaction for each command, called from the threads of the clients.
pub(crate) struct Hand {
    folder: TempDir,
    synchronous: &'static str,
    sharing: Sharing,
}

enum Sharing {
    /// One connection behind a mutex: the fastest way.
    One(Mutex<Connection>),
    /// A connection for each client, and a busy timeout.
    Each,
}

impl Hand {
    pub(crate) fn new(synchronous: &'static str) -> Self {
        let pooled = Self::pooled(synchronous);
        let connection = Mutex::new(pooled.connect());
        Self {
            sharing: Sharing::One(connection),
            ..pooled
        }
    }

    pub(crate) fn pooled(synchronous: &'static str) -> Self {
        let hand = Self {
            folder: TempDir::new().expect("a temporary folder"),
            synchronous,
            sharing: Sharing::Each,
        };
        let mut connection = hand.connect();
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
        drop(connection);
        hand
    }

    fn connect(&self) -> Connection {
        let connection = Connection::open(self.folder.path().join("hand.db")).expect("a connection");
        connection
            .pragma_update(None, "synchronous", self.synchronous)
            .expect("a setting");
        connection
            .busy_timeout(Duration::from_secs(10))
            .expect("a setting");
        connection
    }
}

impl Subject for Hand {
    fn run(&self, load: Load) -> Measured {
        let begun = Instant::now();
        let each = load.commands / load.clients;
        let latencies = std::thread::scope(|scope| {
            let clients: Vec<_> = (0..load.clients)
                .map(|_| scope.spawn(|| self.client(each)))
                .collect();
            clients
                .into_iter()
                .flat_map(|client| client.join().expect("a client"))
                .collect()
        });
        Measured::new(begun.elapsed(), latencies)
    }
}

impl Hand {
    fn client(&self, commands: usize) -> Vec<Duration> {
        let timed = |command: &mut dyn FnMut()| {
            let begun = Instant::now();
            command();
            begun.elapsed()
        };
        match &self.sharing {
            Sharing::One(connection) => (0..commands)
                .map(|_| timed(&mut || command(&mut connection.lock().expect("nobody panics"))))
                .collect(),
            Sharing::Each => {
                let mut connection = self.connect();
                (0..commands)
                    .map(|_| timed(&mut || command(&mut connection)))
                    .collect()
            }
        }
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

//! Stores that several processes open, and processes that go away.

use std::path::PathBuf;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use eventsourcing::environment::Spawn;
use eventsourcing::memory::MemoryStore;
use eventsourcing::postgres::{PostgresOptions, PostgresStore};
use eventsourcing::sqlite::SqliteStore;
use eventsourcing::store::EventStore;
use postgres_server::Server;
use tempfile::TempDir;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// Longer than anything takes, and shorter than a test that waits for ever.
const PATIENCE: Duration = Duration::from_mins(1);

/// A store that several processes open.
#[derive(Debug)]
pub enum Place {
    Memory(MemoryStore),
    Sqlite(TempDir),
    Postgres(Server),
}

impl Place {
    pub fn memory() -> Self {
        Self::Memory(MemoryStore::new())
    }

    pub fn sqlite() -> Self {
        Self::Sqlite(tempfile::tempdir().unwrap())
    }

    pub fn postgres() -> Self {
        Self::Postgres(Server::start().unwrap())
    }

    /// As another process does.
    pub async fn open(&self) -> Arc<dyn EventStore> {
        match self {
            Self::Memory(store) => Arc::new(store.clone()),
            Self::Sqlite(folder) => Arc::new(SqliteStore::open(file(folder)).await.unwrap()),
            Self::Postgres(server) => {
                let options = PostgresOptions::new(&server.url()).unwrap();
                let store: PostgresStore = options.connect().await.unwrap();
                Arc::new(store)
            }
        }
    }
}

/// The file of a store in a folder.
pub fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("bank.db")
}

/// Tasks that are gone all at once, as those of a process that is killed.
#[derive(Clone, Debug, Default)]
pub struct Mortal(Arc<Mutex<JoinSet<()>>>);

impl Spawn for Mortal {
    fn spawn(&self, task: Pin<Box<dyn Future<Output = ()> + Send>>) {
        self.0.lock().unwrap().spawn(task);
    }
}

impl Mortal {
    pub fn kill(&self) {
        self.0.lock().unwrap().abort_all();
    }
}

/// Looks again and again until it is so.
pub async fn until(what: &str, is_so: impl Fn() -> bool + Send + Sync) {
    let look = async {
        while !is_so() {
            sleep(Duration::from_millis(2)).await;
        }
    };
    let came_to_be = timeout(PATIENCE, look).await;
    assert!(came_to_be.is_ok(), "{what}");
}

/// A test of each scenario on each store.
macro_rules! on_every_store {
    ($($scenario:ident,)*) => {
        mod in_memory {
            $(
                #[tokio::test]
                async fn $scenario() {
                    super::$scenario($crate::places::Place::memory()).await;
                }
            )*
        }

        mod on_sqlite {
            $(
                #[tokio::test]
                async fn $scenario() {
                    super::$scenario($crate::places::Place::sqlite()).await;
                }
            )*
        }

        mod on_postgres {
            $(
                #[tokio::test]
                async fn $scenario() {
                    super::$scenario($crate::places::Place::postgres()).await;
                }
            )*
        }
    };
}

pub(crate) use on_every_store;

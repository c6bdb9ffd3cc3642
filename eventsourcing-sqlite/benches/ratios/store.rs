use std::sync::Arc;
use std::time::Duration;

use eventsourcing_core::store::{
    Append, CommandKey, Condition, EventLog, EventStore, Fingerprint, ReadStream, ReadStreams,
};
use eventsourcing_core::{
    CommandId, ContentType, EventId, EventTypeName, NewEvent, StreamId, TenantId, TypeFilter, Version,
};
use eventsourcing_sqlite::{SqliteOptions, Synchronous};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

use crate::load::{ACCOUNTS, Load, METADATA, Measured, PAYLOAD, Subject, account, any_account};

/// The store, called from the tasks of a runtime.
pub(crate) struct Store {
    runtime: Runtime,
    log: Arc<dyn EventLog>,
    extra: Extra,
    _folder: TempDir,
}

/// What a command has beside the plain one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extra {
    Nothing,
    /// A command id of its own.
    CommandId,
    /// Its event is linked to another stream.
    Link,
}

impl Store {
    pub(crate) fn new(synchronous: &'static str, extra: Extra) -> Self {
        let synchronous = match synchronous {
            "normal" => Synchronous::Normal,
            _ => Synchronous::Full,
        };
        let folder = TempDir::new().expect("a temporary folder");
        let runtime = Runtime::new().expect("a runtime");
        let log = runtime.block_on(async {
            let options = SqliteOptions::new().synchronous(synchronous);
            let store = options
                .open(folder.path().join("store.db"))
                .await
                .expect("the store should open");
            let log = store.tenant(&TenantId::DEFAULT).log;
            for accounts in (0..ACCOUNTS).collect::<Vec<_>>().chunks(1_000) {
                let events = accounts
                    .iter()
                    .map(|number| event(stream(&account(*number))))
                    .collect();
                let append = Append {
                    events,
                    ..Append::default()
                };
                log.append(Arc::new(append)).await.expect("it is appended");
            }
            log
        });
        Self {
            runtime,
            log,
            extra,
            _folder: folder,
        }
    }
}

impl Subject for Store {
    fn run(&self, load: Load) -> Measured {
        let each = load.commands / load.clients;
        self.runtime.block_on(async {
            let begun = Instant::now();
            let mut clients = JoinSet::new();
            for _ in 0..load.clients {
                clients.spawn(client(Arc::clone(&self.log), each, self.extra));
            }
            let latencies = clients.join_all().await.concat();
            Measured::new(begun.elapsed(), latencies)
        })
    }
}

async fn client(log: Arc<dyn EventLog>, commands: usize, extra: Extra) -> Vec<Duration> {
    let mut latencies = Vec::with_capacity(commands);
    for _ in 0..commands {
        let begun = Instant::now();
        while !deposit(&*log, extra).await {}
        latencies.push(begun.elapsed());
    }
    latencies
}

/// Says whether nobody came in between.
async fn deposit(log: &dyn EventLog, extra: Extra) -> bool {
    let stream = stream(&any_account());
    let whole = ReadStream {
        stream: stream.clone(),
        after: Version::ABSENT,
        types: TypeFilter::All,
    };
    let read = ReadStreams {
        streams: vec![whole],
        command: None,
    };
    let read = log
        .read_streams(&read)
        .await
        .expect("the stream should be readable");
    let mut deposited = event(stream.clone());
    if extra == Extra::Link {
        deposited.links = vec![self::stream(&format!("branch-{:04}", fastrand::usize(..1_000)))];
    }
    let command = (extra == Extra::CommandId).then(|| CommandKey {
        id: CommandId::new(Uuid::now_v7()),
        fingerprint: Fingerprint::of("Deposit", PAYLOAD.as_bytes()),
    });
    let condition = Condition {
        stream,
        seen: read.slices[0].head,
        types: TypeFilter::All,
    };
    let append = Append {
        conditions: vec![condition],
        events: vec![deposited],
        command,
    };
    log.append(Arc::new(append)).await.is_ok()
}

fn event(home: StreamId) -> NewEvent {
    NewEvent {
        id: EventId::new(Uuid::now_v7()),
        event_type: EventTypeName::from_static("account.Deposited"),
        schema_version: 1,
        content_type: ContentType::JSON,
        payload: PAYLOAD.into(),
        metadata: METADATA.into(),
        home,
        links: vec![],
    }
}

fn stream(id: &str) -> StreamId {
    StreamId::new(id).expect("a stream id")
}

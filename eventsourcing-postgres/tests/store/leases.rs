//! Processes that ask for leases at the same moment.

use std::sync::Arc;
use std::time::Duration;

use eventsourcing_core::TenantId;
use eventsourcing_core::store::lease::{Acquired, Holder, LeaseStore};
use eventsourcing_core::store::{EventStore, StoreError};
use eventsourcing_core::uuid::Uuid;
use eventsourcing_postgres::tokio_postgres::Client;
use eventsourcing_testkit::conformance::Setup;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::schema::TestSchema;

const TTL: Duration = Duration::from_mins(1);

async fn acquire(
    leases: Arc<dyn LeaseStore>,
    holder: u128,
    names: &'static [&'static str],
) -> Result<Vec<Acquired>, StoreError> {
    let names: Vec<Arc<str>> = names.iter().map(|name| (*name).into()).collect();
    let holder = Holder {
        id: Uuid::from_u128(holder),
        label: "somebody".into(),
    };
    leases.acquire(&names, &holder, TTL).await
}

/// A transaction that keeps everybody else from a lease.
async fn locked(schema: &TestSchema, name: &str) -> Client {
    let client = schema.client().await;
    let lock = format!(
        "begin; select from \"{}\".leases where name = '{name}' for update",
        schema.name
    );
    client.batch_execute(&lock).await.expect("the lock");
    client
}

/// Asks until so many server processes wait for leases of the schema.
async fn until_so_many_wait(schema: &TestSchema, processes: i64) {
    let client = schema.client().await;
    let count = format!(
        "select count(distinct w.pid) from pg_locks w join pg_locks l on l.pid = w.pid and l.relation = '{}.leases'::regclass \
         where not w.granted",
        schema.name
    );
    let asking = async {
        loop {
            let row = client.query_one(&count, &[]).await.expect("a count");
            if row.get::<_, i64>(0) >= processes {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_mins(1), asking)
        .await
        .expect("they should come to the leases");
}

/// The first one waits in the midst of its leases, and the second one comes before it goes on: what each of them finds expired long
/// ago, the other one asks for.
#[tokio::test]
async fn who_asks_for_leases_that_expired_long_ago_waits_for_nobody_who_waits_for_it() {
    let schema = TestSchema::new();
    let leases = schema.open().await.tenant(&TenantId::DEFAULT).leases;
    let of_another = schema.open().await.tenant(&TenantId::DEFAULT).leases;
    acquire(Arc::clone(&leases), 1, &["a", "b", "c"])
        .await
        .expect("they are free");
    let expire = format!(
        "update \"{}\".leases set expires_at = now() - interval '2 days' where name <> 'b'",
        schema.name
    );
    schema
        .client()
        .await
        .batch_execute(&expire)
        .await
        .expect("an update");

    let in_the_midst = locked(&schema, "b").await;
    let at_the_end = locked(&schema, "c").await;
    let mut asking = JoinSet::new();
    asking.spawn(acquire(leases, 2, &["a", "b", "c"]));
    until_so_many_wait(&schema, 1).await;
    at_the_end.batch_execute("commit").await.expect("an end");
    asking.spawn(acquire(of_another, 3, &["a", "c"]));
    until_so_many_wait(&schema, 2).await;
    in_the_midst.batch_execute("commit").await.expect("an end");

    let mut granted = 0;
    for acquired in asking.join_all().await {
        let acquired = acquired.expect("an answer, and no deadlock");
        let is_granted = |acquired: &&Acquired| matches!(acquired, Acquired::Granted(_));
        granted += acquired.iter().filter(is_granted).count();
    }
    assert_eq!(granted, 2, "each of those that had expired went to one of them");
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn what_expired_long_ago_is_forgotten_when_somebody_asks_for_another() {
    let schema = TestSchema::new();
    let leases = schema.open().await.tenant(&TenantId::DEFAULT).leases;
    acquire(Arc::clone(&leases), 1, &["a", "b"])
        .await
        .expect("they are free");
    let expire = format!(
        "update \"{}\".leases set expires_at = now() - interval '2 days' where name = 'a'",
        schema.name
    );
    schema
        .client()
        .await
        .batch_execute(&expire)
        .await
        .expect("an update");
    acquire(Arc::clone(&leases), 2, &["c"]).await.expect("it is free");
    let left = leases.list().await.expect("a list").into_iter();
    let mut names: Vec<_> = left.map(|lease| lease.name.to_string()).collect();
    names.sort();
    assert_eq!(names, ["b", "c"]);
    Setup::remove(&schema).await;
}

use eventsourcing::memory::MemoryStore;
use eventsourcing::projection::{ProjectionState, WaitForError};
use eventsourcing::service::StartError;
use eventsourcing::store::EventStore as _;
use eventsourcing::{Position, TenantId};

use super::bank::{
    AccountId, BalanceRow, Balances, Bank, Close, Open, OwnerRow, account, balances, hasty, open, start,
    status, stop, transfer,
};

#[tokio::test]
async fn who_waits_finds_in_the_rows_what_was_done() {
    let bank = start(&MemoryStore::new()).await;
    open(&bank, "a", "Ada").await;
    let done = transfer(&bank, "a", "b", 30).await;
    bank.wait_for::<Balances>(done).await.unwrap();
    let row = bank.rows::<BalanceRow>().get(&account("a")).await.unwrap();
    assert_eq!(
        row,
        Some(BalanceRow {
            account: account("a"),
            owner: Some("Ada".into()),
            balance: -30,
            moves: 1,
        })
    );

    let close = Close {
        account: account("a"),
    };
    let done = bank.execute(close).await.unwrap().position();
    bank.wait_for::<Balances>(done).await.unwrap();
    assert_eq!(bank.rows::<BalanceRow>().get(&account("a")).await.unwrap(), None);
}

#[tokio::test]
async fn what_was_stored_before_is_projected_in_large_batches() {
    let store = MemoryStore::new();
    let first = Bank::builder(store.clone()).tenants([]).start().await.unwrap();
    for number in 0..2_500 {
        transfer(&first, "bank", &format!("{}", number % 7), 1).await;
    }
    assert_eq!(balances(&first).await.len(), 0, "nobody projects");

    let bank = start(&store).await;
    bank.settled().await.unwrap();
    let balances = balances(&bank).await;
    assert_eq!(balances["bank"], -2_500);
    assert_eq!(balances["0"], 358);
    assert_eq!(balances.values().sum::<i64>(), 0);
}

#[tokio::test]
async fn a_projection_goes_on_where_it_left_off() {
    let store = MemoryStore::new();
    for round in 1..=3 {
        let bank = start(&store).await;
        transfer(&bank, "a", "b", 1).await;
        let done = open(&bank, "c", "Cem").await;
        bank.settled().await.unwrap();
        assert_eq!(balances(&bank).await["b"], round);
        let accounts = bank
            .rows::<OwnerRow>()
            .get("Cem")
            .await
            .unwrap()
            .unwrap()
            .accounts;
        assert_eq!(i64::from(accounts), round);
        stop(bank).await;

        let reader = store.tenant(&TenantId::DEFAULT).checkpoints;
        let saved = reader.load("projection/owners@1").await.unwrap().unwrap();
        assert_eq!(saved.position, done);
    }
}

#[tokio::test]
async fn status_and_health_tell_how_far_it_has_come() {
    let bank = start(&MemoryStore::new()).await;
    let done = transfer(&bank, "a", "b", 1).await;
    bank.settled().await.unwrap();
    let health = bank.health().await;
    assert!(health.ready);
    assert_eq!(health.status.projections.len(), 2);
    for status in health.status.projections {
        assert_eq!(
            (status.position, status.lag_events, status.lag_seconds),
            (done, 0, 0)
        );
        assert_eq!((status.state, status.error), (ProjectionState::Live, None));
    }
}

#[tokio::test]
async fn after_shutdown_nothing_is_projected() {
    let store = MemoryStore::new();
    let bank = start(&store).await;
    let done = transfer(&bank, "a", "b", 1).await;
    bank.wait_for::<Balances>(done).await.unwrap();
    stop(bank.clone()).await;
    assert_eq!(status(&bank, "balances").state, ProjectionState::Stopped);

    let beyond = Position::new(done.get() + 1);
    let error = bank.wait_for::<Balances>(beyond).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the projection `balances` does not run any more"
    );
    assert!(matches!(error, WaitForError::Stopped { .. }));
    assert_eq!(
        balances(&bank).await["b"],
        1,
        "rows can be asked for all the same"
    );
}

#[tokio::test]
async fn each_tenant_has_rows_of_its_own() {
    let store = MemoryStore::new();
    let tenants = ["one", "two"].map(|tenant| TenantId::new(tenant).unwrap());
    let builder = Bank::builder(store.clone()).projection_policy(hasty());
    let bank = builder.tenants(tenants.clone()).start().await.unwrap();
    for (tenant, owner) in tenants.iter().zip(["Ada", "Bob"]) {
        let open = Open {
            account: account("a"),
            owner: owner.to_owned(),
        };
        let done = bank
            .execute(open)
            .tenant(tenant.clone())
            .await
            .unwrap()
            .position();
        bank.wait_for_in::<Balances>(tenant, done).await.unwrap();
        let rows = bank.rows::<BalanceRow>().of_tenant(tenant).all().await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].owner.as_deref(), Some(owner));
    }
    assert_eq!(
        balances(&bank).await.len(),
        0,
        "nothing is projected for the default tenant"
    );
    assert!(matches!(
        bank.wait_for::<Balances>(Position::START).await,
        Err(WaitForError::NotRunning { .. })
    ));
}

#[test]
fn a_service_describes_its_projections() {
    let bank = Bank::describe();
    let described = bank.projections.iter().map(|projection| {
        let (name, table) = (projection.name.as_str(), projection.table.as_str());
        (name, projection.version, table, projection.on.len())
    });
    assert_eq!(
        described.collect::<Vec<_>>(),
        [("balances", 1, "balances", 3), ("owners", 1, "owners", 1)]
    );
    let opened = bank
        .events
        .iter()
        .find(|event| event.name == "account.Opened")
        .unwrap();
    assert_eq!(opened.projected_by, ["balances", "owners"]);
    assert!(bank.to_mermaid().contains("[(\"owners\")]"));
}

#[tokio::test]
async fn a_projection_would_never_hear_of_what_is_in_another_store() {
    let bank = Bank::builder(MemoryStore::new()).store_for::<AccountId>(MemoryStore::new());
    let error = bank.start().await.unwrap_err();
    assert!(matches!(error, StartError::ProjectionsInOneStore), "{error}");
}

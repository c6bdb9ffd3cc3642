use eventsourcing::execute::{ExecuteError, InvalidCommand};
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::store::ErrorClass;
use eventsourcing::{CommandId, TenantId};

use super::bank::{account, balance, deposit, transfer, withdraw};
use super::conflicts::Idle;
use super::stage::Stage;

#[tokio::test]
async fn a_command_id_makes_a_command_happen_once() {
    let executor = Executor::new(MemoryStore::new());
    let id = CommandId::from_key("statement 7, line 3");
    let first = executor
        .execute(deposit("alice", 100))
        .command_id(id)
        .await
        .unwrap();
    let again = executor
        .execute(deposit("alice", 100))
        .command_id(id)
        .await
        .unwrap();

    assert_eq!((first.is_repeated(), again.is_repeated()), (false, true));
    assert_eq!(first.events(), again.events());
    assert_eq!((first.position(), first.command_id()), (again.position(), id));
    assert_eq!(balance(executor.store(), "alice").await, 100);
}

#[tokio::test]
async fn a_repeated_command_is_not_decided_again() {
    let executor = Executor::new(MemoryStore::new());
    let id = CommandId::from_key("rent");
    executor.execute(deposit("alice", 100)).await.unwrap();
    executor
        .execute(transfer("alice", "bob", 100))
        .command_id(id)
        .await
        .unwrap();

    // Decided again, it would be refused: the account is empty.
    let again = executor
        .execute(transfer("alice", "bob", 100))
        .command_id(id)
        .await
        .unwrap();
    assert!(again.is_repeated());
}

#[tokio::test]
async fn a_command_id_stands_for_one_command() {
    let executor = Executor::new(MemoryStore::new());
    let id = CommandId::from_key("statement 7, line 3");
    executor
        .execute(deposit("alice", 100))
        .command_id(id)
        .await
        .unwrap();

    let other_payload = executor
        .execute(deposit("alice", 101))
        .command_id(id)
        .await
        .unwrap_err();
    let other_command = executor
        .execute(withdraw("alice", 100))
        .command_id(id)
        .await
        .unwrap_err();
    for error in [other_payload, other_command] {
        assert_eq!(error.class(), ErrorClass::Rejected);
        assert!(matches!(error, ExecuteError::Invalid(InvalidCommand::IdReused(reused)) if reused.id == id));
    }
    assert_eq!(balance(executor.store(), "alice").await, 100);
}

#[tokio::test]
async fn a_rejection_is_no_outcome() {
    let executor = Executor::new(MemoryStore::new());
    let id = CommandId::from_key("rent");
    let pay = || executor.execute(transfer("alice", "bob", 100)).command_id(id);
    assert!(pay().await.unwrap_err().into_rejection().is_some());

    executor.execute(deposit("alice", 100)).await.unwrap();
    assert!(!pay().await.unwrap().is_repeated());
    assert!(pay().await.unwrap().is_repeated());
}

#[tokio::test]
async fn a_decision_to_do_nothing_is_an_outcome() {
    let executor = Executor::new(MemoryStore::new());
    let id = CommandId::from_key("idle");
    let idle = || {
        executor
            .execute(Idle {
                account: account("alice"),
            })
            .command_id(id)
    };
    let first = idle().await.unwrap();
    executor.execute(deposit("alice", 100)).await.unwrap();
    let again = idle().await.unwrap();
    assert!(!first.is_repeated() && again.is_repeated());
    assert_eq!(first.position(), again.position());
}

#[tokio::test]
async fn tenants_have_command_ids_of_their_own() {
    let executor = Executor::new(MemoryStore::new());
    let id = CommandId::from_key("statement 7, line 3");
    for tenant in ["acme", "zenith"] {
        let tenant = TenantId::new(tenant).unwrap();
        let done = executor
            .execute(deposit("alice", 100))
            .command_id(id)
            .tenant(tenant)
            .await;
        assert!(!done.unwrap().is_repeated());
    }
}

#[tokio::test(start_paused = true)]
async fn whoever_of_two_with_the_same_id_comes_second_gets_the_outcome_of_the_first() {
    let stage = Stage::default();
    let [ours, theirs] = [Executor::new(stage.clone()), Executor::new(stage.clone())];
    let id = CommandId::from_key("rent");
    ours.execute(deposit("alice", 100)).await.unwrap();

    stage.meanwhile(async move {
        theirs
            .execute(transfer("alice", "bob", 100))
            .command_id(id)
            .await
            .unwrap()
    });
    let done = ours
        .execute(transfer("alice", "bob", 100))
        .command_id(id)
        .await
        .unwrap();
    assert!(done.is_repeated());
    assert_eq!(balance(&stage, "bob").await, 100);
}

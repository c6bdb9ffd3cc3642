use std::time::Duration;

use super::world::*;
use crate::Position;
use crate::memory::MemoryStore;
use crate::projection::WaitForError;
use crate::query::AskError;
use crate::store::ErrorClass;

#[tokio::test]
async fn a_query_at_the_position_of_a_command_finds_what_it_has_done() {
    let bank = bank().await;
    for cents in 1..=20 {
        let position = deposited(&bank, "ada", 1).await;
        let rich = bank
            .query(RichAccounts { at_least: cents })
            .at(position)
            .await
            .unwrap();
        assert_eq!(*rich, [row("ada", cents)]);
        assert!(rich.position() >= position);
        assert_eq!(rich.into_result(), [row("ada", cents)]);
    }
}

#[tokio::test]
async fn the_rows_of_a_tenant_are_its_own() {
    let bank = bank().await;
    let done = bank.execute(deposit("ada", 100)).tenant(acme()).await.unwrap();
    let all = RichAccounts { at_least: 0 };
    let ours = bank.query(all.clone()).tenant(acme()).at(done.position()).await;
    assert_eq!(ours.unwrap().len(), 1);
    let others = bank.query(all).at(done.position()).await.unwrap();
    assert!(others.is_empty());
}

#[tokio::test]
async fn nobody_waits_for_a_position_that_the_log_has_not_come_to() {
    let bank = bank().await;
    let end = deposited(&bank, "ada", 1).await;
    let mut query = json("RichAccounts", r#"{"at_least":0}"#);
    query.at = Some(Position::new(end.get() + 1));
    for within in [None, Some(Duration::ZERO), Some(Duration::from_hours(1))] {
        query.within = within;
        let refused = ask(&bank, &query).await.unwrap_err();
        assert_eq!(refused.to_string(), "there is no position 2: the log ends at 1");
        assert_eq!(refused.class(), ErrorClass::Rejected);
    }
    let error = bank.wait_for::<Balances>(Position::new(3)).await.unwrap_err();
    let (position, end) = (Position::new(3), Position::new(1));
    assert_eq!(error, WaitForError::BeyondEnd { position, end });
}

#[tokio::test]
async fn what_another_process_has_done_just_now_is_waited_for() {
    let store = MemoryStore::new();
    let (first, second) = (bank_on(store.clone()).await, bank_on(store).await);
    for cents in 1..=100 {
        let position = deposited(&first, "ada", 1).await;
        let rich = second.query(RichAccounts { at_least: cents }).at(position).await;
        assert_eq!(*rich.unwrap(), [row("ada", cents)]);
    }
}

#[tokio::test]
async fn a_projection_that_does_not_run_for_the_tenant_is_not_waited_for() {
    let bank = bank().await;
    let stranger = crate::TenantId::new("stranger").unwrap();
    let all = RichAccounts { at_least: 0 };
    let at = bank
        .query(all.clone())
        .tenant(stranger.clone())
        .at(Position::new(1));
    assert!(matches!(at.await, Err(AskError::Projection(_))));
    let followed = bank.follow(all).tenant(stranger).await;
    assert!(matches!(followed, Err(AskError::Projection(_))));
}

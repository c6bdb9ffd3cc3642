use super::world::*;
use crate::Position;
use crate::query::AskError;

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
async fn a_position_that_no_projection_comes_to_is_waited_for_no_longer_than_allowed() {
    let bank = bank().await;
    let mut query = json("RichAccounts", r#"{"at_least":0}"#);
    query.at = Some(Position::new(1_000));
    query.within = Some(std::time::Duration::ZERO);
    let refused = ask(&bank, &query).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the projections have not come to position 1000 within 0ns"
    );
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

use std::sync::atomic::Ordering;
use std::time::Duration;

use super::world::*;
use crate::Position;
use crate::query::AskError;

#[tokio::test]
async fn first_the_result_comes_and_then_each_that_differs() {
    let bank = bank().await;
    deposited(&bank, "ada", 100).await;
    let position = deposited(&bank, "bob", 1).await;
    let rich = RichAccounts { at_least: 100 };
    let mut live = bank.follow(rich).at(position).await.unwrap();
    assert_eq!(*live.next().await.unwrap(), [row("ada", 100)]);
    // Neither of these makes another result of it.
    deposited(&bank, "bob", 1).await;
    renamed(&bank, "ada", "Ada").await;
    let position = deposited(&bank, "bob", 98).await;
    let next = live.next().await.unwrap();
    assert_eq!(*next, [row("ada", 100), row("bob", 100)]);
    assert!(next.position() >= position);
}

#[tokio::test]
async fn who_comes_late_is_told_the_newest() {
    let bank = bank().await;
    let mut live = bank.follow(RichAccounts { at_least: 0 }).await.unwrap();
    assert!(live.next().await.unwrap().is_empty());
    let mut witness = bank.follow(RichAccounts { at_least: 0 }).await.unwrap();
    for cents in 1..=50 {
        deposited(&bank, "ada", 1).await;
        while *witness.next().await.unwrap() != [row("ada", cents)] {}
    }
    assert_eq!(*live.next().await.unwrap(), [row("ada", 50)]);
}

#[tokio::test]
async fn all_who_follow_a_query_share_its_evaluation() {
    const FOLLOWERS: usize = 1_000;
    let bank = bank().await;
    let mut live = Vec::new();
    for _ in 0..FOLLOWERS {
        live.push(bank.follow(HowMany {}).await.unwrap());
    }
    for follower in &mut live {
        assert_eq!(*follower.next().await.unwrap(), 0);
    }
    deposited(&bank, "ada", 1).await;
    for follower in &mut live {
        assert_eq!(*follower.next().await.unwrap(), 1);
    }
    let evaluations = EVALUATIONS.load(Ordering::Relaxed);
    assert!(
        evaluations < 20,
        "{evaluations} evaluations for {FOLLOWERS} followers"
    );
}

#[tokio::test]
async fn a_query_is_evaluated_for_as_long_as_anybody_follows_it() {
    let bank = bank().await;
    let queries = bank.queries();
    let mut first = bank.follow(RichAccounts { at_least: 1 }).await.unwrap();
    let mut second = bank.follow(RichAccounts { at_least: 2 }).await.unwrap();
    let third = queries
        .follow(&json("RichAccounts", r#"{ "at_least" : 2 }"#), None)
        .await
        .unwrap();
    assert_eq!(queries.followed(), 2, "spaces make no other query");
    first.next().await.unwrap();
    second.next().await.unwrap();
    drop((first, third));
    while queries.followed() > 1 {
        tokio::task::yield_now().await;
    }
    deposited(&bank, "ada", 2).await;
    assert_eq!(*second.next().await.unwrap(), [row("ada", 2)]);
}

#[tokio::test]
async fn who_has_a_result_already_is_told_what_differs_from_it() {
    let bank = bank().await;
    let mut query = form("RichAccounts", "at_least=100");
    query.at = Some(deposited(&bank, "ada", 100).await);
    let mut live = bank.queries().follow(&query, None).await.unwrap();
    let first = live.next().await.unwrap();
    drop(live);

    query.at = Some(deposited(&bank, "bob", 1).await);
    let mut resumed = bank.queries().follow(&query, Some(first.revision)).await.unwrap();
    deposited(&bank, "bob", 99).await;
    let next = resumed.next().await.unwrap();
    assert_ne!(next.revision, first.revision);
    assert!(
        next.result.ends_with(br#"{"account":"bob","cents":100}]"#),
        "{next:?}"
    );
}

#[tokio::test]
async fn who_goes_on_after_a_result_is_told_what_differs_from_it() {
    let bank = bank().await;
    let rich = RichAccounts { at_least: 100 };
    let position = deposited(&bank, "ada", 100).await;
    let mut live = bank.follow(rich.clone()).at(position).await.unwrap();
    let shown = live.next().await.unwrap().revision().unwrap();
    drop(live);

    // What makes no other result is not told.
    let position = deposited(&bank, "bob", 1).await;
    let mut resumed = bank.follow(rich.clone()).at(position).after(shown).await.unwrap();
    deposited(&bank, "bob", 99).await;
    let next = resumed.next().await.unwrap();
    assert_eq!(*next, [row("ada", 100), row("bob", 100)]);

    // What came while nobody followed is told.
    let mut late = bank.follow(rich).at(next.position()).after(shown).await.unwrap();
    assert_eq!(late.next().await.unwrap(), next);
}

#[tokio::test]
async fn a_result_has_the_same_revision_however_it_was_asked_for() {
    let bank = bank().await;
    let at = deposited(&bank, "ada", 100).await;
    let rich = RichAccounts { at_least: 100 };
    let asked = bank.query(rich.clone()).at(at).await.unwrap();
    let mut live = bank.follow(rich).at(at).await.unwrap();
    let followed = live.next().await.unwrap();
    let by_name = bank.queries().ask(&form("RichAccounts", "at_least=100")).await;
    let revision = by_name.unwrap().revision;
    assert_eq!(asked.revision().unwrap(), revision);
    assert_eq!(followed.revision().unwrap(), revision);

    deposited(&bank, "bob", 100).await;
    let next = live.next().await.unwrap();
    assert_ne!(next.revision().unwrap(), revision);
}

#[tokio::test]
async fn a_query_that_has_no_answer_now_may_have_one_later() {
    let bank = bank().await;
    let mut live = bank
        .queries()
        .follow(&form("Statement", "account=ada"), None)
        .await
        .unwrap();
    let refused = live.next().await.unwrap_err();
    assert_eq!(refused.to_string(), "there is no such account");
    deposited(&bank, "ada", 7).await;
    let answer = loop {
        // Of two projections, one may have moved before the other.
        if let Ok(answer) = live.next().await {
            break answer;
        }
    };
    assert_eq!(&answer.result[..], b"[null,7]");
}

#[tokio::test]
async fn a_service_that_shuts_down_ends_what_is_followed() {
    let bank = bank().await;
    let mut live = bank.follow(RichAccounts { at_least: 0 }).await.unwrap();
    live.next().await.unwrap();
    bank.shutdown(Duration::from_secs(10)).await.unwrap();
    assert!(matches!(live.next().await, Err(AskError::Projection(_))));
    assert!(matches!(live.next().await, Err(AskError::ShutDown)));
    assert_eq!(bank.queries().followed(), 0);
}

#[tokio::test]
async fn the_first_result_is_not_older_than_asked_for() {
    let bank = bank().await;
    let mut early = bank.follow(RichAccounts { at_least: 0 }).await.unwrap();
    early.next().await.unwrap();
    let mut position = Position::START;
    for cents in 1..=20 {
        position = position.max(deposited(&bank, "ada", 1).await);
        let mut late = bank
            .follow(RichAccounts { at_least: 0 })
            .at(position)
            .await
            .unwrap();
        assert_eq!(*late.next().await.unwrap(), [row("ada", cents)]);
    }
}

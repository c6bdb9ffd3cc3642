use super::world::*;
use crate::query::AskError;
use crate::store::ErrorClass;

#[tokio::test]
async fn parameters_are_json_or_a_form() {
    let bank = bank().await;
    let position = deposited(&bank, "ada", 100).await;
    for mut query in [
        json("RichAccounts", r#"{"at_least":100}"#),
        form("RichAccounts", "at_least=100"),
    ] {
        query.at = Some(position);
        assert_eq!(
            ask(&bank, &query).await.unwrap(),
            r#"[{"account":"ada","cents":100}]"#
        );
    }
    for query in [
        json("Statement", r#"{"account":"ada"}"#),
        form("Statement", "account=ada"),
    ] {
        assert_eq!(ask(&bank, &query).await.unwrap(), "[null,100]");
    }
    assert_eq!(ask(&bank, &form("HowMany", "")).await.unwrap(), "1");
}

#[tokio::test]
async fn what_does_not_make_a_query_is_told() {
    let bank = bank().await;
    for (query, told) in [
        (
            json("RichAccounts", r#"{"at_least":"much"}"#),
            "invalid at `/at_least`: invalid type: string \"much\", expected i64 at line 1 column 18",
        ),
        (
            json("RichAccounts", "{}"),
            "invalid: missing field `at_least` at line 1 column 2",
        ),
        (
            form("RichAccounts", "at_least=much"),
            "invalid: invalid digit found in string",
        ),
        (json("RichAccount", "{}"), "there is no query `RichAccount`"),
    ] {
        let error = ask(&bank, &query).await.unwrap_err();
        assert_eq!(error.to_string(), told);
        assert_eq!(error.class(), ErrorClass::Rejected);
    }
    let AskError::Unknown { suggestions, .. } = ask(&bank, &json("statement", "{}")).await.unwrap_err()
    else {
        panic!("there is such a query")
    };
    assert_eq!(suggestions, ["Statement"]);
}

#[tokio::test]
async fn what_is_too_deep_or_too_large_is_not_even_read() {
    let bank = bank().await;
    let deep = "[".repeat(100_000);
    let long = format!("at_least={}", "1".repeat(2_000_000));
    for query in [json("RichAccounts", &deep), form("RichAccounts", &long)] {
        assert!(matches!(ask(&bank, &query).await, Err(AskError::Invalid(_))));
    }
}

#[tokio::test]
async fn a_query_says_no_or_panics_and_the_next_one_is_answered() {
    let bank = bank().await;
    let refused = ask(&bank, &form("Statement", "account=nobody"))
        .await
        .unwrap_err();
    assert_eq!(refused.to_string(), "there is no such account");
    let panicked = ask(&bank, &form("Statement", "account=ada&panic=true"))
        .await
        .unwrap_err();
    assert_eq!(panicked.to_string(), "the query panicked: there is no bank");
    assert_eq!(panicked.class(), ErrorClass::Bug);
    assert_eq!(
        ask(&bank, &form("RichAccounts", "at_least=0")).await.unwrap(),
        "[]"
    );
}

#[tokio::test]
async fn a_result_that_is_too_large_is_not_sent() {
    let bank = bank().await;
    let mut position = crate::Position::START;
    for account in 0..10 {
        position = deposited(&bank, &account.to_string(), 1).await;
    }
    let mut query = form("RichAccounts", "at_least=0");
    query.at = Some(position);
    let error = ask(&bank, &query).await.unwrap_err();
    assert_eq!(error.to_string(), "the result has 261 bytes, 200 are allowed");
    // Whoever makes no JSON of it may have it.
    assert_eq!(bank.query(RichAccounts { at_least: 0 }).await.unwrap().len(), 10);
}

#[test]
fn a_service_describes_its_queries() {
    let queries = Bank::describe().queries;
    let described: Vec<_> = queries
        .iter()
        .map(|query| (query.name.as_str(), query.of.join(" ")))
        .collect();
    assert_eq!(
        described,
        [
            ("HowMany", "balances".to_owned()),
            ("RichAccounts", "balances".to_owned()),
            ("Statement", "balances owners".to_owned()),
        ]
    );
}

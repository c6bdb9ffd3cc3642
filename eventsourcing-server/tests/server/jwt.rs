//! Tokens, good and bad. The keys in `keys` were made for these tests, and confirm nothing else.

use axum::Router;
use axum::http::StatusCode;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use eventsourcing_server::jwt::{InvalidKey, Jwt};
use eventsourcing_server::{ROUTES, Server};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use crate::app::app;
use crate::client::{get, get_with, post_with, request, send};

const SECRET: &str = "a secret of at least 32 characters";
/// In the year 2100.
const LATER: u64 = 4_102_444_800;

fn signed(algorithm: Algorithm, key: &EncodingKey, claims: &Value) -> String {
    encode(&Header::new(algorithm), claims, key).unwrap()
}

fn token(claims: &Value) -> String {
    signed(
        Algorithm::HS256,
        &EncodingKey::from_secret(SECRET.as_bytes()),
        claims,
    )
}

async fn router(jwt: Jwt) -> Router {
    Server::new(app().await).auth(jwt).router()
}

fn hs256() -> Jwt {
    Jwt::from_key(SECRET).unwrap()
}

async fn ask(router: &Router, token: &str) -> StatusCode {
    let authorization = format!("Bearer {token}");
    let answer = get_with(router, "/events", &[("authorization", &authorization)]).await;
    if answer.status == StatusCode::UNAUTHORIZED {
        answer.problem(401, "unauthenticated");
        assert_eq!(
            answer.header("www-authenticate"),
            Some("Bearer error=\"invalid_token\"")
        );
    }
    answer.status
}

#[tokio::test]
async fn a_valid_token_names_the_actor() {
    let router = router(hs256()).await;
    let authorization = format!("bearer {}", token(&json!({ "sub": "alice", "exp": LATER })));
    let headers = [("authorization", authorization.as_str())];
    let answer = post_with(&router, "/commands/todo/1/Create", &headers, r#"{"title":"x"}"#).await;
    let event = &answer.json()["events"][0];
    assert_eq!(event["actor"], "alice");
    assert!(event.get("tenantid").is_none());
}

#[tokio::test]
async fn without_a_token_or_with_none_that_is_valid_every_route_is_refused() {
    let router = router(hs256()).await;
    for route in ROUTES {
        let path = route
            .path
            .replace("{category}", "todo")
            .replace("{id}", "1")
            .replace("{name}", "X");
        for headers in [
            &[][..],
            &[("authorization", "Bearer x.y.z")],
            &[("authorization", "Basic eDp5")],
        ] {
            let answer = send(&router, request(route.method, &path, headers, "")).await;
            answer.problem(401, "unauthenticated");
        }
    }
}

#[tokio::test]
async fn tokens_that_are_not_valid_are_refused() {
    let router = router(hs256().audience("todo").issuer("us")).await;
    let claims = json!({ "sub": "alice", "exp": LATER, "aud": "todo", "iss": "us" });
    assert_eq!(ask(&router, &token(&claims)).await, StatusCode::OK);
    for (claim, value) in [
        ("exp", json!(1)),
        ("exp", Value::Null),
        ("exp", json!("never")),
        ("nbf", json!(LATER)),
        ("aud", json!("shop")),
        ("aud", Value::Null),
        ("iss", json!("them")),
        ("iss", Value::Null),
        ("sub", json!("")),
        ("sub", json!(7)),
        ("sub", Value::Null),
    ] {
        let mut wrong = claims.clone();
        wrong[claim] = value.clone();
        if value.is_null() {
            wrong.as_object_mut().unwrap().remove(claim);
        }
        assert_eq!(
            ask(&router, &token(&wrong)).await,
            StatusCode::UNAUTHORIZED,
            "{claim}: {value}"
        );
    }
}

#[tokio::test]
async fn a_token_for_others_is_refused_also_if_no_audience_is_expected() {
    let router = router(hs256()).await;
    let elsewhere = token(&json!({ "sub": "alice", "exp": LATER, "aud": "shop" }));
    assert_eq!(ask(&router, &elsewhere).await, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn another_key_another_algorithm_or_none_is_refused() {
    let router = router(hs256()).await;
    let claims = json!({ "sub": "alice", "exp": LATER });
    let other = EncodingKey::from_secret(b"another secret of at least 32 characters");
    let same = EncodingKey::from_secret(SECRET.as_bytes());
    let rsa = EncodingKey::from_rsa_pem(include_bytes!("keys/rsa.pem")).unwrap();
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let none = format!(
        "{}.{}.",
        part(&json!({ "alg": "none", "typ": "JWT" })),
        part(&claims)
    );
    let valid = token(&claims);
    let (signed_part, _) = valid.rsplit_once('.').unwrap();
    let forged = format!("{}.{}", signed_part, BASE64_URL_SAFE_NO_PAD.encode([0; 32]));
    for token in [
        signed(Algorithm::HS256, &other, &claims),
        signed(Algorithm::HS512, &same, &claims),
        signed(Algorithm::RS256, &rsa, &claims),
        none,
        forged,
        format!("{signed_part}."),
        String::new(),
    ] {
        assert_eq!(ask(&router, &token).await, StatusCode::UNAUTHORIZED, "{token}");
    }
    assert_eq!(ask(&router, &valid).await, StatusCode::OK);
}

#[tokio::test]
async fn public_keys_confirm_what_their_private_ones_have_signed() {
    let claims = json!({ "sub": "alice", "exp": LATER });
    let ed25519 = EncodingKey::from_ed_pem(include_bytes!("keys/ed25519.pem")).unwrap();
    let rsa = EncodingKey::from_rsa_pem(include_bytes!("keys/rsa.pem")).unwrap();
    for (public, algorithm, private) in [
        (include_str!("keys/ed25519.pub.pem"), Algorithm::EdDSA, &ed25519),
        (include_str!("keys/rsa.pub.pem"), Algorithm::RS256, &rsa),
    ] {
        let router = router(Jwt::from_key(public).unwrap()).await;
        assert_eq!(
            ask(&router, &signed(algorithm, private, &claims)).await,
            StatusCode::OK
        );
        // The public key is known to everybody: it must not do as the secret of another algorithm.
        let secret = EncodingKey::from_secret(public.trim().as_bytes());
        let confused = signed(Algorithm::HS256, &secret, &claims);
        assert_eq!(ask(&router, &confused).await, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn the_tenant_is_in_a_claim_if_that_is_said_and_then_has_to_be_there() {
    let router = router(hs256().tenant_claim("org")).await;
    let authorization = format!(
        "Bearer {}",
        token(&json!({ "sub": "alice", "exp": LATER, "org": "acme" }))
    );
    let headers = [("authorization", authorization.as_str())];
    let answer = post_with(&router, "/commands/todo/1/Create", &headers, r#"{"title":"x"}"#).await;
    assert_eq!(answer.json()["events"][0]["tenantid"], "acme");
    for org in [json!(null), json!(""), json!("a/b"), json!(["acme"])] {
        let wrong = token(&json!({ "sub": "alice", "exp": LATER, "org": org }));
        assert_eq!(ask(&router, &wrong).await, StatusCode::UNAUTHORIZED, "{org}");
    }
}

#[tokio::test]
async fn a_cookie_does_if_it_was_named() {
    let cookie = format!(
        "theme=dark; session={}",
        token(&json!({ "sub": "alice", "exp": LATER }))
    );
    let headers = [("cookie", cookie.as_str())];
    let without = router(hs256()).await;
    get_with(&without, "/events", &headers)
        .await
        .problem(401, "unauthenticated");
    let with = router(hs256().cookie("session")).await;
    assert_eq!(get_with(&with, "/events", &headers).await.status, StatusCode::OK);
    get(&with, "/events").await.problem(401, "unauthenticated");
}

#[test]
fn keys_that_are_none_are_refused() {
    assert_eq!(
        Jwt::from_key("short").unwrap_err(),
        InvalidKey::Short { bytes: 5 }
    );
    for pem in [
        include_str!("keys/rsa.pem"),
        include_str!("keys/ed25519.pem"),
        "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
    ] {
        assert_eq!(Jwt::from_key(pem).unwrap_err(), InvalidKey::NotPublic);
    }
    assert!(matches!(
        Jwt::from_env("NO_SUCH_VARIABLE"),
        Err(InvalidKey::Missing { .. })
    ));
}

#[test]
fn keys_are_not_shown() {
    assert!(!format!("{:?}", hs256()).contains(SECRET));
}

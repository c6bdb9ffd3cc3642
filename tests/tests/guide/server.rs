use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use eventsourcing::Actor;
use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::service::{Runtime, StartError};
use eventsourcing_server::jwt::Jwt;
use eventsourcing_server::{Identity, RunError, Server};

use super::aggregates::Todo;

#[service(aggregates(Todo))]
pub struct TodoApp;

fn main() -> Result<(), RunError> {
    Server::run::<TodoApp>(|server| server.static_files("page"))
}

async fn until_a_signal(store: MemoryStore) -> Result<(), Box<dyn std::error::Error>> {
    let app = TodoApp::builder(store).start().await?;
    Server::new(app)
        .bind("127.0.0.1:8080")
        .static_files("page")
        .serve()
        .await?;
    Ok(())
}

async fn app() -> Result<Runtime, StartError> {
    TodoApp::builder(MemoryStore::new()).start().await
}

#[tokio::test]
async fn a_server_starts_and_ends() -> Result<(), Box<dyn std::error::Error>> {
    let app = app().await?;
    let serving = Server::new(app).bind("127.0.0.1:0").start().await?;
    println!("http://{}", serving.address());
    serving.shutdown().await?;
    Ok(())
}

#[tokio::test]
async fn all_routes_are_nested() {
    let app = app().await.unwrap();
    let shop = Router::new().nest("/api", Server::new(app).router());
    assert!(shop.has_routes());
}

#[tokio::test]
async fn a_layer_says_who_asks() {
    let app = app().await.unwrap();
    let by_proxy = from_fn(async |mut request: Request, next: Next| {
        let user = request
            .headers()
            .get("x-user")
            .and_then(|user| user.to_str().ok());
        if let Some(actor) = user.and_then(|user| Actor::new(user).ok()) {
            request.extensions_mut().insert(Identity::of(actor));
        }
        next.run(request).await
    });
    let server = Server::new(app).auth(by_proxy);
    assert!(server.router().has_routes());
}

fn with_tokens(app: Runtime) -> Result<Server, Box<dyn std::error::Error>> {
    let server = Server::new(app)
        .auth(Jwt::from_env("JWT_KEY")?.audience("todo").tenant_claim("org"))
        .public_probes()
        .public_files("page")
        .bind("0.0.0.0:8080");
    Ok(server)
}

#[tokio::test]
async fn what_runs_until_it_is_told_to_end_compiles() {
    let _: fn() -> Result<(), RunError> = main;
    drop(until_a_signal(MemoryStore::new()));
    let missing = with_tokens(app().await.unwrap()).unwrap_err();
    assert!(missing.to_string().contains("`JWT_KEY`"));
}

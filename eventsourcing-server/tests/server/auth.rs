use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use eventsourcing::{Actor, TenantId};
use eventsourcing_server::{Identity, ROUTES, Server};

use crate::app::app;
use crate::client::{get, get_with, post_with, request, send};

/// Knows everybody who gives a name, and whose data they work on.
pub(crate) async fn by_name(mut request: Request, next: Next) -> Response {
    if let Some(identity) = identity(request.headers()) {
        request.extensions_mut().insert(identity);
    }
    next.run(request).await
}

fn identity(headers: &HeaderMap) -> Option<Identity> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let tenant = text("x-org").map_or(TenantId::DEFAULT, |org| TenantId::new(org).unwrap());
    Some(Identity::of(Actor::new(text("x-name")?).unwrap()).with_tenant(tenant))
}

/// A path of a route, with something for each of its parameters.
fn filled(path: &str) -> String {
    path.replace("{category}", "todo")
        .replace("{id}", "todo-1")
        .replace("{name}", "Create")
}

#[tokio::test]
async fn without_credentials_every_route_and_everything_else_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "hello").unwrap();
    let server = Server::new(app().await)
        .static_files(folder.path())
        .auth(from_fn(by_name));
    let router = server.router();
    let routes = ROUTES.iter().map(|route| (route.method, filled(route.path)));
    let others = ["/", "/index.html", "/nothing", "/commands"].map(|path| ("GET", path.to_owned()));
    for (method, path) in routes.chain(others) {
        let answer = send(&router, request(method, &path, &[], "")).await;
        answer.problem(401, "unauthenticated");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"), "{path}");
        let wrong_method = send(&router, request("DELETE", &path, &[], "")).await;
        wrong_method.problem(401, "unauthenticated");
    }
}

#[tokio::test]
async fn with_credentials_every_route_answers() {
    let router = Server::new(app().await).auth(from_fn(by_name)).router();
    for route in ROUTES {
        let answer = send(
            &router,
            request(route.method, &filled(route.path), &[("x-name", "alice")], ""),
        )
        .await;
        assert_ne!(answer.status, StatusCode::UNAUTHORIZED, "{route:?}");
    }
}

#[tokio::test]
async fn the_actor_of_an_event_is_who_was_authenticated() {
    let router = Server::new(app().await).auth(from_fn(by_name)).router();
    let headers = [("x-name", "alice")];
    let answer = post_with(&router, "/commands/todo/1/Create", &headers, r#"{"title":"x"}"#).await;
    assert_eq!(answer.json()["events"][0]["actor"], "alice");
}

#[tokio::test]
async fn one_tenant_sees_nothing_of_another() {
    let router = Server::new(app().await).auth(from_fn(by_name)).router();
    let acme = [("x-name", "alice"), ("x-org", "acme")];
    let umbrella = [("x-name", "bob"), ("x-org", "umbrella")];
    let created = post_with(&router, "/commands/todo/1/Create", &acme, r#"{"title":"x"}"#).await;
    assert_eq!(created.json()["events"][0]["tenantid"], "acme");
    assert_eq!(
        get_with(&router, "/events", &acme).await.json()["events"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert!(
        get_with(&router, "/events", &umbrella).await.json()["events"]
            .as_array()
            .unwrap()
            .is_empty()
    );
    get_with(&router, "/streams/todo-1", &umbrella)
        .await
        .problem(404, "not-found");
    let own = post_with(&router, "/commands/todo/1/Create", &umbrella, r#"{"title":"x"}"#).await;
    assert_eq!(own.header("etag"), Some("\"1\""));
}

#[tokio::test]
async fn an_idempotency_key_is_that_of_its_actor() {
    let router = Server::new(app().await).auth(from_fn(by_name)).router();
    let create = |name: &'static str, path: &'static str| {
        let router = router.clone();
        let headers = [("x-name", name), ("idempotency-key", "1")];
        async move { post_with(&router, path, &headers, r#"{"title":"x"}"#).await }
    };
    assert_eq!(
        create("alice", "/commands/todo/1/Create").await.json()["repeated"],
        false
    );
    assert_eq!(
        create("bob", "/commands/todo/2/Create").await.json()["repeated"],
        false
    );
    assert_eq!(
        create("alice", "/commands/todo/1/Create").await.json()["repeated"],
        true
    );
}

#[tokio::test]
async fn probes_and_files_are_public_if_that_is_said() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("index.html"), "hello").unwrap();
    let server = Server::new(app().await).auth(from_fn(by_name));
    let router = server.public_probes().public_files(folder.path()).router();
    for path in ["/livez", "/readyz", "/"] {
        assert_eq!(get(&router, path).await.status, StatusCode::OK, "{path}");
    }
    get(&router, "/nothing").await.problem(404, "not-found");
    for route in ROUTES.iter().filter(|route| !route.is_probe()) {
        let answer = send(&router, request(route.method, &filled(route.path), &[], "")).await;
        answer.problem(401, "unauthenticated");
    }
}

#[tokio::test]
async fn an_application_around_the_server_may_say_who_asks() {
    let router = Server::new(app().await).router().layer(from_fn(by_name));
    let headers = [("x-name", "alice")];
    let answer = post_with(&router, "/commands/todo/1/Create", &headers, r#"{"title":"x"}"#).await;
    assert_eq!(answer.json()["events"][0]["actor"], "alice");
}

#[tokio::test]
async fn there_may_be_several_ways_to_sign_in() {
    let by_key = from_fn(async |mut request: Request, next: Next| {
        if request.headers().get("x-key").is_some_and(|key| key == "1234") {
            let machine = Identity::of(Actor::new("machine").unwrap());
            request.extensions_mut().insert(machine);
        }
        next.run(request).await
    });
    let router = Server::new(app().await)
        .auth(from_fn(by_name))
        .auth(by_key)
        .router();
    for headers in [[("x-name", "alice")], [("x-key", "1234")]] {
        assert_eq!(
            get_with(&router, "/events", &headers).await.status,
            StatusCode::OK
        );
    }
    get_with(&router, "/events", &[("x-key", "123")])
        .await
        .problem(401, "unauthenticated");
}

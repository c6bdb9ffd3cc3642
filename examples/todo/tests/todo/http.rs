use serde_json::json;
use tempfile::TempDir;

use crate::program::Program;

async fn program() -> (TempDir, Program) {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(&folder.path().join("todo.db")).await;
    (folder, program)
}

#[tokio::test]
async fn what_is_added_is_listed() {
    let (_folder, program) = program().await;
    let added = program
        .post("/commands/todo/1/Add", r#"{"title": "buy milk"}"#)
        .await;
    assert_eq!(added.status(), "200");
    let listed = program.event("todo.Listed").await;
    assert_eq!(listed["subject"], "list-all");
    assert_eq!(listed["data"]["todo"], "todo-1");
    program.end().await;
}

#[tokio::test]
async fn a_todo_is_added_once_and_has_a_title() {
    let (_folder, program) = program().await;
    let blank = program
        .post("/commands/todo/1/Add", r#"{"title": "  "}"#)
        .await;
    assert_eq!(blank.status(), "422");
    assert_eq!(blank.json()["detail"], "a todo needs a title");
    let milk = r#"{"title": "buy milk"}"#;
    assert_eq!(
        program.post("/commands/todo/1/Add", milk).await.status(),
        "200"
    );
    let again = program.post("/commands/todo/1/Add", milk).await;
    assert_eq!(again.status(), "422");
    assert_eq!(again.json()["detail"], "there is such a todo already");
}

#[tokio::test]
async fn what_is_done_or_gone_is_so_once() {
    let (_folder, program) = program().await;
    let milk = r#"{"title": "buy milk"}"#;
    program.post("/commands/todo/1/Add", milk).await;
    for command in ["Complete", "Complete", "Remove", "Remove", "Complete"] {
        let path = format!("/commands/todo/1/{command}");
        assert_eq!(program.post(&path, "{}").await.status(), "200");
    }
    let stream = program.get("/streams/todo-1").await.json();
    let types: Vec<_> = stream["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    assert_eq!(types, ["todo.Added", "todo.Completed", "todo.Removed"]);
}

#[tokio::test]
async fn the_list_is_asked_for_and_followed() {
    let (_folder, program) = program().await;
    let mut live = program.follow("/queries/ListTodos").await;
    assert_eq!(live.next().await, json!([]));
    let milk = r#"{"title": "buy milk"}"#;
    program.post("/commands/todo/1/Add", milk).await;
    let (open, done) = (
        json!([{ "todo": "1", "title": "buy milk", "done": false }]),
        json!([{ "todo": "1", "title": "buy milk", "done": true }]),
    );
    assert_eq!(live.next().await, open);
    program.post("/commands/todo/1/Complete", "{}").await;
    assert_eq!(live.next().await, done);
    let asked = program.get("/queries/ListTodos?done=true").await;
    assert_eq!(asked.json(), done);
    let asked = program.get("/queries/ListTodos?done=false").await;
    assert_eq!(asked.json(), json!([]));
    program.post("/commands/todo/1/Remove", "{}").await;
    assert_eq!(live.next().await, json!([]));
}

#[tokio::test]
async fn the_list_is_in_the_order_in_which_it_was_added() {
    let (_folder, program) = program().await;
    let mut live = program.follow("/queries/ListTodos").await;
    for (id, title) in [("2", "first"), ("3", "second"), ("1", "third")] {
        let todo = json!({ "title": title }).to_string();
        program
            .post(&format!("/commands/todo/{id}/Add"), &todo)
            .await;
    }
    let in_order = json!([
        { "todo": "2", "title": "first", "done": false },
        { "todo": "3", "title": "second", "done": false },
        { "todo": "1", "title": "third", "done": false },
    ]);
    let listed = loop {
        let listed = live.next().await;
        if listed.as_array().unwrap().len() == 3 {
            break listed;
        }
    };
    assert_eq!(listed, in_order);
}

#[tokio::test]
async fn the_page_is_found_wherever_cargo_was_started() {
    let (_folder, program) = program().await;
    let page = program.get("/").await;
    assert_eq!(page.status(), "200");
    assert!(page.body.contains("<title>To do</title>"));
    assert!(page.head.contains("default-src 'self'"), "{}", page.head);
}

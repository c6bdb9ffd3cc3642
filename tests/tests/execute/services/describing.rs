use eventsourcing::service::{Service as _, ServiceDescription};

use super::TodoApp;

#[test]
fn a_service_says_what_it_handles_and_what_follows() {
    let description = serde_json::to_value(TodoApp::describe()).unwrap();
    let expected = serde_json::json!({
        "name": "TodoApp",
        "commands": [
            { "name": "AddTodo", "emits": ["list.Added"], "reads": [] },
            {
                "name": "todo/Complete",
                "emits": ["todo.Completed", "todo.Created"],
                "reads": ["todo.Completed", "todo.Created"],
            },
            {
                "name": "todo/Create",
                "emits": ["todo.Completed", "todo.Created"],
                "reads": ["todo.Completed", "todo.Created"],
            },
        ],
        "events": [
            {
                "name": "list.Added",
                "version": 2,
                "aliases": ["list.Put"],
                "emitted_by": ["AddTodo"],
                "handled_by": [],
                "emitted_elsewhere": null,
            },
            {
                "name": "shop.Closed",
                "version": 1,
                "aliases": [],
                "emitted_by": [],
                "handled_by": ["forget_the_shop"],
                "emitted_elsewhere": "the web shop stores them",
                "schema": {
                    "type": "object",
                    "properties": { "shop": { "$ref": "#/$defs/StreamId" } },
                    "required": ["shop"],
                },
            },
            {
                "name": "todo.Completed",
                "version": 1,
                "aliases": [],
                "emitted_by": ["todo/Complete", "todo/Create"],
                "handled_by": [],
                "emitted_elsewhere": null,
                "schema": { "type": "object" },
            },
            {
                "name": "todo.Created",
                "version": 1,
                "aliases": [],
                "emitted_by": ["todo/Complete", "todo/Create"],
                "handled_by": ["list_every_todo"],
                "emitted_elsewhere": null,
                "schema": {
                    "type": "object",
                    "properties": { "title": { "type": "string" } },
                    "required": ["title"],
                },
            },
        ],
        "process_managers": [
            { "name": "forget_the_shop", "on": ["shop.Closed"], "sends": ["ClearList"], "from_beginning": false },
            { "name": "list_every_todo", "on": ["todo.Created"], "sends": ["AddTodo"], "from_beginning": true },
        ],
        "extern_commands": [{ "name": "ClearList", "reason": "the old program still clears lists" }],
        "$defs": { "StreamId": { "type": "string" } },
    });
    assert_eq!(description, expected);
    let read: ServiceDescription = serde_json::from_value(description).unwrap();
    assert_eq!(read, TodoApp::describe());
}

#[test]
fn a_service_is_drawn_from_commands_to_events_to_process_managers_to_commands() {
    let chart = "\
flowchart LR
    n0[\"AddTodo\"]
    n1[\"todo/Complete\"]
    n2[\"todo/Create\"]
    n3([\"list.Added\"])
    n0 --> n3
    n4([\"shop.Closed\"])
    n5{{\"forget_the_shop\"}}
    n4 --> n5
    class n4 elsewhere
    n6([\"todo.Completed\"])
    n1 --> n6
    n2 --> n6
    n7([\"todo.Created\"])
    n1 --> n7
    n2 --> n7
    n8{{\"list_every_todo\"}}
    n7 --> n8
    n9[\"ClearList\"]
    n5 --> n9
    n8 --> n0
    class n9 elsewhere
    classDef elsewhere stroke-dasharray: 5 5
";
    assert_eq!(TodoApp::describe().to_mermaid(), chart);
}

#[test]
fn commands_are_found_by_category_and_name() {
    let found = |category, name| TodoApp::TABLE.find(category, name).map(ToString::to_string);
    assert_eq!(found(Some("todo"), "Create").as_deref(), Some("todo/Create"));
    assert_eq!(found(None, "AddTodo").as_deref(), Some("AddTodo"));
    assert_eq!(found(None, "Create"), None);
    assert_eq!(found(Some("list"), "AddTodo"), None);
    assert_eq!(TodoApp::TABLE.routes().count(), 3);
}

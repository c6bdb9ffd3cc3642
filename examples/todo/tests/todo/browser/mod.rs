//! The page in Chromium, without a screen. Where there is no Chromium, nothing of this is tested, and standard error says so.

mod chromium;
mod devtools;
mod window;

use chromium::Chromium;
use window::Window;

use crate::program::Program;

const NOBODY_THERE: &str = "text('#connection').startsWith('The server cannot be reached')";
const THERE_AGAIN: &str = "text('#connection').startsWith('Connected again')";

/// The page of a program, when it shows all that there is.
async fn open<'a>(chromium: &'a Chromium, program: &Program) -> Window<'a> {
    let window = Window::open(chromium, &format!("http://{}/", program.address)).await;
    window
        .until("text('#connection').startsWith('Changes')")
        .await;
    window
}

/// Writes a title and presses Enter.
async fn add(window: &Window<'_>, title: &str) {
    window.focus("#title").await;
    window.write(title).await;
    window.press_enter().await;
}

#[tokio::test]
async fn what_one_window_does_all_windows_show() {
    let Some(chromium) = Chromium::start().await else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(&folder.path().join("todo.db")).await;
    let first = open(&chromium, &program).await;
    let second = open(&chromium, &program).await;

    add(&first, "buy <b>milk</b>").await;
    for window in [&first, &second] {
        window.until("text('li') === 'buy <b>milk</b> ×'").await;
        window.until("text('#summary') === '1 of 1 to do'").await;
    }

    second.click("li input").await;
    for window in [&first, &second] {
        window
            .until("document.querySelector('li input:checked:disabled')")
            .await;
        window.until("text('#summary') === '0 of 1 to do'").await;
    }

    first.reload().await;
    first
        .until("document.querySelector('li input:checked:disabled')")
        .await;
    first.until("text('li') === 'buy <b>milk</b> ×'").await;

    second.focus("[aria-label='Remove buy <b>milk</b>']").await;
    second.press_enter().await;
    for window in [&first, &second] {
        window.until("!document.querySelector('li')").await;
    }
    second.until("document.activeElement.id === 'title'").await;

    chromium.end().await;
}

#[tokio::test]
async fn what_the_domain_refuses_is_said_in_its_words() {
    let Some(chromium) = Chromium::start().await else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(&folder.path().join("todo.db")).await;
    let window = open(&chromium, &program).await;

    add(&window, "  ").await;
    window
        .until("text('#problem') === 'That was not possible: a todo needs a title.'")
        .await;
    add(&window, "buy milk").await;
    window.until("text('li') === 'buy milk ×'").await;
    window.until("text('#problem') === ''").await;

    chromium.end().await;
}

#[tokio::test]
async fn a_restart_of_the_server_costs_nothing() {
    let Some(chromium) = Chromium::start().await else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let store = folder.path().join("todo.db");
    let program = Program::start(&store).await;
    let window = open(&chromium, &program).await;
    add(&window, "before").await;
    window.until("text('#todos') === 'before ×'").await;

    let address = program.address.clone();
    program.end().await;
    window.until(NOBODY_THERE).await;
    add(&window, "meanwhile").await;

    let program = Program::start_at(&address, &store).await;
    window.until(THERE_AGAIN).await;
    window
        .until("text('#todos') === 'before × meanwhile ×'")
        .await;
    program
        .post("/commands/todo/1/Add", r#"{"title": "afterwards"}"#)
        .await;
    window
        .until("text('#todos') === 'before × meanwhile × afterwards ×'")
        .await;

    chromium.end().await;
}

#[tokio::test]
async fn on_another_store_the_page_begins_anew() {
    let Some(chromium) = Chromium::start().await else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let program = Program::start(&folder.path().join("todo.db")).await;
    let window = open(&chromium, &program).await;
    add(&window, "here").await;
    window.until("text('#todos') === 'here ×'").await;

    let address = program.address.clone();
    program.end().await;
    window.until(NOBODY_THERE).await;
    let _program = Program::start_at(&address, &folder.path().join("other.db")).await;
    window.until(THERE_AGAIN).await;
    window.until("text('#todos') === ''").await;
    add(&window, "there").await;
    window.until("text('#todos') === 'there ×'").await;

    chromium.end().await;
}

//! Runs the site: see the README beside it.

use std::error::Error;
use std::io::{Write as _, stdout};
use std::time::Duration;

use eventsourcing::StoreAddress;
use guestbook::guestbook::GuestBook;
use guestbook::site;
use tokio::net::TcpListener;

/// How long commands that are under way may take in the end.
const TO_THE_END: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let store = "sqlite:guestbook.db".parse::<StoreAddress>()?.open().await?;
    let book = GuestBook::builder(store).start().await?;
    let listener = TcpListener::bind("127.0.0.1:8080").await?;
    writeln!(stdout(), "http://{}", listener.local_addr()?)?;

    let site = site(&book);
    axum::serve(listener, site)
        .with_graceful_shutdown(async move {
            // Without a signal it goes on.
            if tokio::signal::ctrl_c().await.is_err() {
                std::future::pending::<()>().await;
            }
            // Before the server: who waits for events is let go by it.
            if let Err(busy) = book.shutdown(TO_THE_END).await {
                let _ = writeln!(stdout(), "{busy}");
            }
        })
        .await?;
    Ok(())
}

use std::sync::Arc;
use std::time::Duration;

use sqlx::{SqliteConnection, SqliteTransaction};
use tokio::time::{sleep, timeout};

use super::connection::{Gate, SqlConnection};
use super::fault::is_busy;
use crate::writer::Turn;

/// A transaction, together with the turn to write.
///
/// If it is dropped before its end, it is undone some time later, by the thread of the connection. Who writes until then tries again.
pub(super) struct Lent {
    // They are dropped in this order.
    running: Running,
    transaction: SqliteTransaction<'static>,
    _turn: Turn,
}

/// Interrupts a statement that is running when this is dropped.
struct Running(Arc<Gate>);

/// How long it is waited for a transaction to be undone that is of no use any more.
const ROLLING_BACK: Duration = Duration::from_secs(1);

impl Lent {
    /// Begins, and waits for so long while another process writes. As with the writer's own transactions, SQLite's busy handler
    /// would sleep for longer than it has to.
    pub(super) async fn begin(
        connection: &SqlConnection,
        turn: Turn,
        patience: Duration,
    ) -> Result<Self, sqlx::Error> {
        const LONGEST: Duration = Duration::from_millis(5);
        let mut pause = Duration::from_micros(100);
        let mut waited = Duration::ZERO;
        loop {
            match connection.begin().await {
                Err(error) if is_busy(&error) && waited < patience => {
                    sleep(pause).await;
                    waited += pause;
                    pause = LONGEST.min(pause * 2);
                }
                begun => {
                    return Ok(Self {
                        running: Running(Arc::clone(&connection.gate)),
                        transaction: begun?,
                        _turn: turn,
                    });
                }
            }
        }
    }

    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        let Self {
            running,
            transaction,
            _turn,
        } = self;
        running.0.let_commit();
        let committed = transaction.commit().await;
        // The turn goes back last: what follows is not for whoever has it next.
        drop(running);
        committed
    }

    /// Undoes everything.
    pub(super) async fn roll_back(self) {
        let Self {
            running,
            transaction,
            _turn,
        } = self;
        drop(running);
        // What takes longer, or fails, is left to the pool.
        drop(timeout(ROLLING_BACK, transaction.rollback()).await);
    }

    /// Whether there is no transaction any more.
    pub(super) fn has_ended(&self) -> bool {
        self.running.0.has_ended()
    }

    pub(super) fn connection(&self) -> &SqliteConnection {
        &self.transaction
    }

    pub(super) fn connection_mut(&mut self) -> &mut SqliteConnection {
        &mut self.transaction
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.stop();
    }
}

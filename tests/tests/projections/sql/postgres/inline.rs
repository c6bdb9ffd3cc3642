//! Inline projections: an event and its effect are committed together, or the reader comes to it later.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use eventsourcing::execute::ExecuteError;
use eventsourcing::postgres::PgTx;
use eventsourcing::postgres::sqlx::{self, Row as _};
use eventsourcing::prelude::*;
use eventsourcing::process::SettledError;
use eventsourcing::projection::{LeasePolicy, Pending, SettledProjectionsError};
use eventsourcing::service::Runtime;
use eventsourcing::store::{ErrorClass, EventStore};
use eventsourcing_testkit::fault::{FaultPlan, FaultyStore};
use tokio::task::JoinSet;

use super::database::Place;
use crate::bank::{AccountEvent, AccountId, Close, Move, Open, account, hasty, stop, transfer};
use crate::ledger::Poison;

/// What goes out of accounts, in the order in which it did, and what is left.
#[derive(Default)]
struct Register {
    trouble: Poison,
}

#[projection(name = "register", version = 1, tables("register"), inline)]
impl Register {
    #[create]
    async fn create(&self, tx: &mut PgTx) -> sqlx::Result<()> {
        let table = tx.sql(
            "create table {} (n bigserial, event text not null, account text not null, amount bigint not null, \
             total bigint not null)",
            [Self::REGISTER],
        );
        sqlx::query(table).execute(&mut **tx).await.map(drop)
    }

    #[on(AccountEvent::Moved)]
    async fn moved(
        &self,
        event: &Pending<AccountEvent>,
        from: &AccountId,
        amount: &i64,
        tx: &mut PgTx,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        // Nobody else is at the same account until this is committed.
        let lock = sqlx::query("select pg_advisory_xact_lock(hashtext($1))").bind(&from.0);
        lock.execute(&mut **tx).await?;
        let note = tx.sql(
            "insert into {} (event, account, amount, total) values ($1, $2, $3, \
             $3 + coalesce((select total from {} where account = $2 order by n desc limit 1), 0))",
            [Self::REGISTER, Self::REGISTER],
        );
        let note = sqlx::query(note)
            .bind(event.id().to_string())
            .bind(&from.0)
            .bind(amount);
        note.execute(&mut **tx).await?;
        if self.trouble.holds(*amount) {
            return Err("it is not to be noted".into());
        }
        Ok(())
    }
}

#[service(commands(Open, Move, Close, Spend), projections(Register))]
struct Registering;

/// A program that has never heard of the register.
#[service(commands(Open, Move, Close, Spend))]
struct Older;

/// How often an account was spent from.
#[derive(Default, Clone, Serialize, Deserialize)]
pub struct Spent(i64);

impl State for Spent {
    type Key = AccountId;
    type Event = AccountEvent;

    fn apply(&mut self, me: &AccountId, event: &Recorded<AccountEvent>) {
        if matches!(event.payload(), AccountEvent::Moved { from, .. } if from == me) {
            self.0 += 1;
        }
    }
}

/// Moves what depends on what was moved before: in conflict with whoever does the same.
#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(AccountEvent::Moved))]
pub struct Spend {
    #[stream(state = Spent)]
    pub from: AccountId,
    #[stream(append)]
    pub to: AccountId,
}

impl CommandLogic for Spend {
    type Error = Infallible;

    fn handle(&self, state: &SpendState, cx: &mut Decide<Self>) -> Result<(), Infallible> {
        let (from, to, amount) = (self.from.clone(), self.to.clone(), state.from.0 + 1);
        emit!(cx, AccountEvent::Moved { from, to, amount });
        Ok(())
    }
}

async fn start(store: &(impl EventStore + Clone), trouble: &Poison) -> Runtime {
    let register = Register {
        trouble: trouble.clone(),
    };
    let leases = LeasePolicy::default().with_ttl(Duration::from_millis(200));
    let builder = Registering::builder(store.clone()).projection_policy(hasty());
    let builder = builder.lease_policy(leases).projection(register);
    builder.start().await.unwrap()
}

async fn start_older(store: &(impl EventStore + Clone)) -> Runtime {
    Older::builder(store.clone()).start().await.unwrap()
}

/// What is noted of an account, in its order, without waiting for anything.
async fn noted(place: &Place, of: &str) -> Vec<(i64, i64)> {
    let noted = "select amount, total from eventsourcing.register where account = $1 order by n";
    let rows = sqlx::query(noted).bind(of).fetch_all(&place.pool).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

async fn marks(place: &Place) -> i64 {
    let marks = "select count(*) from eventsourcing.inline_marks";
    sqlx::query_scalar(marks).fetch_one(&place.pool).await.unwrap()
}

/// That each event of an account is noted once, in the order of the log.
async fn assert_noted_once(place: &Place, of: &str) {
    let as_stored = "select string_agg(event_id::text, ',' order by position) from eventsourcing.log \
                      where stream = 'account-' || $1 and type = 'account.Moved'";
    let as_noted = "select string_agg(event, ',' order by n) from eventsourcing.register where account = $1";
    let mut both = Vec::new();
    for ids in [as_stored, as_noted] {
        let ids: Option<String> = sqlx::query_scalar(ids)
            .bind(of)
            .fetch_one(&place.pool)
            .await
            .unwrap();
        both.push(ids);
    }
    assert!(both[0].is_some(), "there is something to compare");
    assert_eq!(both[0], both[1]);
}

#[tokio::test]
async fn an_effect_is_there_when_its_command_is_done() {
    let place = Place::start().await;
    let registering = start(&place.open().await, &Poison::default()).await;
    registering.settled().await.unwrap();
    for amount in 1..=20 {
        transfer(&registering, "ann", "shop", amount).await;
        let (last, _) = *noted(&place, "ann").await.last().unwrap();
        assert_eq!(last, amount, "nobody has waited for the reader");
    }
    registering.settled().await.unwrap();
    assert_eq!(noted(&place, "ann").await.last(), Some(&(20, 210)));
    assert_eq!(marks(&place).await, 0, "the reader has passed over them");
    assert_noted_once(&place, "ann").await;
    stop(registering).await;
}

#[tokio::test]
async fn a_handler_that_fails_fails_the_command() {
    let place = Place::start().await;
    let trouble = Poison::of([13]);
    let registering = start(&place.open().await, &trouble).await;
    registering.settled().await.unwrap();
    transfer(&registering, "ann", "shop", 1).await;
    let refused = Move {
        from: account("ann"),
        to: account("shop"),
        amount: 13,
    };
    let error = registering.execute(refused.clone()).await.unwrap_err();
    assert!(matches!(error, ExecuteError::Inline { .. }), "{error}");
    assert_eq!(error.class(), ErrorClass::Rejected);
    trouble.mend(13);
    registering.execute(refused).await.unwrap();
    registering.settled().await.unwrap();
    assert_eq!(noted(&place, "ann").await, [(1, 1), (13, 14)]);
    assert_noted_once(&place, "ann").await;
    stop(registering).await;
}

#[tokio::test]
async fn what_was_there_before_comes_first_while_commands_go_on() {
    let place = Place::start().await;
    let store = place.open().await;
    let older = start_older(&store).await;
    for amount in 1..=50 {
        transfer(&older, "ann", "shop", amount).await;
    }
    let registering = start(&store, &Poison::default()).await;
    for amount in 51..=80 {
        transfer(&registering, "ann", "shop", amount).await;
    }
    registering.settled().await.unwrap();
    assert_eq!(noted(&place, "ann").await.len(), 80);
    assert_noted_once(&place, "ann").await;
    stop(registering).await;
    stop(older).await;
}

#[tokio::test]
async fn programs_that_know_nothing_of_it_may_write_at_the_same_time() {
    let place = Place::start().await;
    let runtimes = [
        start(&place.open().await, &Poison::default()).await,
        start(&place.open().await, &Poison::default()).await,
        start_older(&place.open().await).await,
    ];
    let mut writers = JoinSet::new();
    for runtime in &runtimes {
        for of in ["ann", "bob"] {
            let runtime = runtime.clone();
            writers.spawn(async move {
                for _ in 0..25 {
                    spend(&runtime, of).await;
                }
            });
        }
    }
    while let Some(ended) = writers.join_next().await {
        ended.unwrap();
    }
    runtimes[0].settled().await.unwrap();
    for of in ["ann", "bob"] {
        let totals: Vec<_> = noted(&place, of).await;
        assert_eq!(totals.len(), 75);
        assert_eq!(totals.last(), Some(&(75, 75 * 76 / 2)));
        assert_noted_once(&place, of).await;
    }
    assert_eq!(marks(&place).await, 0);
    for runtime in runtimes {
        stop(runtime).await;
    }
}

/// Spends until it is done: conflicts and lost connections are nothing to give up for.
async fn spend(runtime: &Runtime, of: &str) {
    let spend = Spend {
        from: account(of),
        to: account("shop"),
    };
    while let Err(error) = runtime.execute(spend.clone()).await {
        assert!(
            matches!(
                error.class(),
                ErrorClass::Conflict
                    | ErrorClass::Retry
                    | ErrorClass::Overloaded
                    | ErrorClass::UnknownOutcome
            ),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn whoever_is_cut_off_has_done_both_or_neither() {
    let place = Place::start().await;
    let runtimes = [
        start(&place.open().await, &Poison::default()).await,
        start(&place.open().await, &Poison::default()).await,
    ];
    let mut writers = JoinSet::new();
    for runtime in &runtimes {
        let runtime = runtime.clone();
        writers.spawn(async move {
            for _ in 0..40 {
                spend(&runtime, "ann").await;
            }
        });
    }
    let cut_off = "select count(pg_terminate_backend(pid)) from pg_stat_activity \
                    where pid <> pg_backend_pid() and backend_type = 'client backend' and random() < 0.3";
    let mut cuts = 0_i64;
    while !writers.is_empty() {
        tokio::select! {
            Some(ended) = writers.join_next() => ended.unwrap(),
            () = tokio::time::sleep(Duration::from_millis(20)) => {
                let mut own = place.connect().await;
                cuts += sqlx::query_scalar::<_, i64>(cut_off).fetch_one(&mut own).await.unwrap_or_default();
            }
        }
    }
    // The last cut may have hit whoever asks.
    while let Err(error) = runtimes[0].settled().await {
        let is_cut_off = matches!(
            error,
            SettledError::Log(_) | SettledError::Projections(SettledProjectionsError::Log(_))
        );
        assert!(is_cut_off, "{error}");
    }
    assert!(cuts > 0, "somebody was cut off");
    let noted = noted(&place, "ann").await;
    assert!(noted.len() >= 80, "{}", noted.len());
    assert_noted_once(&place, "ann").await;
    for runtime in runtimes {
        stop(runtime).await;
    }
}

#[tokio::test]
async fn whatever_goes_wrong_each_event_has_its_effect_once() {
    let place = Place::start().await;
    let mut unknown_outcomes = 0;
    for seed in 0..4 {
        let store = place.open().await;
        let faulty = FaultyStore::new(Arc::new(store.clone()), FaultPlan::rough(seed));
        let quiet = start(&store, &Poison::default()).await;
        let Ok(rough) = Registering::builder(faulty.clone())
            .projection_policy(hasty())
            .start()
            .await
        else {
            stop(quiet).await;
            continue;
        };
        for _ in 0..40 {
            spend(&rough, "ann").await;
            spend(&quiet, "bob").await;
        }
        stop(rough).await;
        quiet.settled().await.unwrap();
        for of in ["ann", "bob"] {
            assert_noted_once(&place, of).await;
        }
        stop(quiet).await;
        unknown_outcomes += faulty.counts().unknown_outcomes();
    }
    assert_eq!(marks(&place).await, 0);
    assert!(unknown_outcomes > 0);
}

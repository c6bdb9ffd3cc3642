//! What an inline projection must not come before: events under names that they had, and what somebody else has done meanwhile.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use eventsourcing::postgres::PgTx;
use eventsourcing::postgres::sqlx;
use eventsourcing::prelude::*;
use eventsourcing::projection::Pending;
use eventsourcing::service::Runtime;

use super::database::Place;
use super::inline::Spend;
use crate::bank::{AccountEvent, AccountId, account, hasty, stop};

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "note")]
pub struct NoteId(String);

/// The program of last year.
mod before {
    use std::convert::Infallible;

    use eventsourcing::prelude::*;

    use super::NoteId;

    #[derive(Event, Clone, Debug, PartialEq)]
    #[event(prefix = "note")]
    pub enum NoteEvent {
        Put {
            #[stream]
            note: NoteId,
            n: i64,
        },
    }

    #[derive(Command, Clone, Debug, Serialize, Deserialize)]
    #[command(emits(NoteEvent::Put))]
    pub struct Put {
        #[stream(append)]
        pub note: NoteId,
        pub n: i64,
    }

    impl CommandLogic for Put {
        type Error = Infallible;

        fn handle(&self, _: &PutState, cx: &mut Decide<Self>) -> Result<(), Infallible> {
            emit!(
                cx,
                NoteEvent::Put {
                    note: self.note.clone(),
                    n: self.n
                }
            );
            Ok(())
        }
    }

    #[service(commands(Put))]
    pub struct Notes;
}

/// In which the event is called something else.
mod after {
    use std::convert::Infallible;

    use eventsourcing::postgres::{PgTx, sqlx};
    use eventsourcing::prelude::*;

    use super::NoteId;

    #[derive(Event, Clone, Debug, PartialEq)]
    #[event(prefix = "note")]
    pub enum NoteEvent {
        #[event(alias = "note.Put")]
        Written {
            #[stream]
            note: NoteId,
            n: i64,
        },
    }

    #[derive(Command, Clone, Debug, Serialize, Deserialize)]
    #[command(emits(NoteEvent::Written))]
    pub struct Write {
        #[stream(append)]
        pub note: NoteId,
        pub n: i64,
    }

    impl CommandLogic for Write {
        type Error = Infallible;

        fn handle(&self, _: &WriteState, cx: &mut Decide<Self>) -> Result<(), Infallible> {
            emit!(
                cx,
                NoteEvent::Written {
                    note: self.note.clone(),
                    n: self.n
                }
            );
            Ok(())
        }
    }

    /// The numbers, in the order in which they came.
    #[derive(Default)]
    pub struct Numbers;

    #[projection(name = "numbers", version = 1, tables("numbers"), inline)]
    impl Numbers {
        #[create]
        async fn create(&self, tx: &mut PgTx) -> sqlx::Result<()> {
            let table = tx.sql(
                "create table {} (place bigserial, n bigint not null)",
                [Self::NUMBERS],
            );
            sqlx::query(table).execute(&mut **tx).await.map(drop)
        }

        #[on(NoteEvent::Written)]
        async fn written(&self, n: &i64, tx: &mut PgTx) -> sqlx::Result<()> {
            let note = tx.sql("insert into {} (n) values ($1)", [Self::NUMBERS]);
            sqlx::query(note).bind(n).execute(&mut **tx).await.map(drop)
        }
    }

    #[service(commands(Write), projections(Numbers))]
    pub struct Notes;
}

#[tokio::test]
async fn what_has_another_name_by_now_comes_first_all_the_same() {
    let place = Place::start().await;
    let store = place.open().await;
    let note = NoteId("a".to_owned());
    let older = before::Notes::builder(store.clone()).start().await.unwrap();
    for n in 1..=3 {
        older
            .execute(before::Put {
                note: note.clone(),
                n,
            })
            .await
            .unwrap();
    }
    stop(older).await;
    // Somebody else has the reader, and is slow.
    let hold = "insert into eventsourcing.leases (tenant, name, epoch, holder, label, expires_at) \
                values (1, 'projection/numbers@1', nextval('eventsourcing.lease_epochs'), gen_random_uuid(), 'slow', now() + interval '1 day')";
    sqlx::query(hold).execute(&place.pool).await.unwrap();

    let newer = after::Notes::builder(store)
        .projection_policy(hasty())
        .start()
        .await
        .unwrap();
    newer.execute(after::Write { note, n: 4 }).await.unwrap();
    let numbers = "select n from {}numbers_v1 where $1 = '' order by place";
    assert!(
        place.ask(numbers, "").await.unwrap().is_empty(),
        "it waits for its turn"
    );

    sqlx::query("delete from eventsourcing.leases")
        .execute(&place.pool)
        .await
        .unwrap();
    newer.settled().await.unwrap();
    assert_eq!(place.ask(numbers, "").await.unwrap(), [1, 2, 3, 4]);
    stop(newer).await;
}

/// Each number of an account once.
#[derive(Default)]
struct Seats {
    /// Who spends before the next number is taken.
    rival: Arc<Mutex<Option<Runtime>>>,
}

#[projection(name = "seats", version = 1, tables("seats"), inline)]
impl Seats {
    #[create]
    async fn create(&self, tx: &mut PgTx) -> sqlx::Result<()> {
        let table = tx.sql(
            "create table {} (account text, n bigint, primary key (account, n))",
            [Self::SEATS],
        );
        sqlx::query(table).execute(&mut **tx).await.map(drop)
    }

    #[on(AccountEvent::Moved)]
    async fn moved(
        &self,
        _: &Pending<AccountEvent>,
        from: &AccountId,
        amount: &i64,
        tx: &mut PgTx,
    ) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        let rival = self.rival.lock().unwrap().take();
        if let Some(rival) = rival {
            rival.execute(spend()).await?;
        }
        let take = tx.sql("insert into {} (account, n) values ($1, $2)", [Self::SEATS]);
        let take = sqlx::query(take).bind(&from.0).bind(amount);
        take.execute(&mut **tx).await?;
        Ok(())
    }
}

#[service(commands(Spend), projections(Seats))]
struct Seating;

fn spend() -> Spend {
    Spend {
        from: account("ann"),
        to: account("shop"),
    }
}

#[tokio::test]
async fn who_has_lost_a_race_decides_again() {
    let place = Place::start().await;
    let start = async |seats: Seats| {
        let builder = Seating::builder(place.open().await).projection_policy(hasty());
        builder.projection(seats).start().await.unwrap()
    };
    let (rival, rivals) = (start(Seats::default()).await, Seats::default());
    rival.settled().await.unwrap();
    let slow = Arc::clone(&rivals.rival);
    let runtime = start(rivals).await;

    *slow.lock().unwrap() = Some(rival.clone());
    tokio::time::timeout(Duration::from_secs(30), runtime.execute(spend()))
        .await
        .unwrap()
        .unwrap();
    runtime.settled().await.unwrap();
    let taken = place
        .ask("select n from {}seats_v1 where account = $1 order by n", "ann")
        .await;
    assert_eq!(taken.unwrap(), [1, 2]);
    stop(runtime).await;
    stop(rival).await;
}

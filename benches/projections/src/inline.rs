//! Deposits while none, one or three projections have their effect in the transaction of the append.

use eventsourcing::postgres::sqlx::{self, PgPool};
use eventsourcing::postgres::{PgTx, PostgresOptions};
use eventsourcing::prelude::*;
use eventsourcing::service::Runtime;
use memory::{AccountEvent, AccountId, Deposit};
use postgres_server::Server;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::bank::account;

const DEPOSITS: u32 = 2_000;

macro_rules! inline {
    ($projection:ident, $name:literal, $table:ident) => {
        #[derive(Default)]
        struct $projection;

        #[projection(name = $name, version = 1, tables($name), inline)]
        impl $projection {
            #[create]
            async fn create(&self, tx: &mut PgTx) -> sqlx::Result<()> {
                let table = tx.sql(
                    "create table {} (account text primary key, cents bigint not null)",
                    [Self::$table],
                );
                sqlx::query(table).execute(&mut **tx).await.map(drop)
            }

            #[on(AccountEvent::Deposited)]
            async fn deposited(&self, account: &AccountId, amount: &i64, tx: &mut PgTx) -> sqlx::Result<()> {
                let deposit = tx.sql(
                    "insert into {} as b values ($1, $2) on conflict (account) do update \
                     set cents = b.cents + excluded.cents",
                    [Self::$table],
                );
                let deposit = sqlx::query(deposit).bind(&account.0).bind(amount);
                deposit.execute(&mut **tx).await.map(drop)
            }
        }
    };
}

inline!(First, "first", FIRST);
inline!(Second, "second", SECOND);
inline!(Third, "third", THIRD);

#[service(commands(Deposit))]
struct Nothing;

#[service(commands(Deposit), projections(First))]
struct One;

#[service(commands(Deposit), projections(First, Second, Third))]
struct Three;

/// Services with none, one and three inline projections, each on a store of its own.
pub(crate) struct Banks {
    each: [Runtime; 3],
    next: u32,
    _server: Server,
}

impl Banks {
    pub(crate) async fn start() -> Self {
        let server = Server::start().expect("a server");
        let pool = PgPool::connect(&server.url()).await.expect("it connects");
        let store = async |schema| {
            let options = PostgresOptions::new(&server.url()).expect("an address");
            let options = options.schema(schema).expect("a name");
            let store = options.sql_pool(pool.clone()).connect().await;
            store.expect("it connects")
        };
        let banks = [
            Nothing::builder(store("none").await).start().await,
            One::builder(store("one").await).start().await,
            Three::builder(store("three").await).start().await,
        ];
        Self {
            each: banks.map(|bank| bank.expect("it starts")),
            next: 0,
            _server: server,
        }
    }

    /// Deposits per second of each, in turns, by so many clients.
    pub(crate) async fn deposit(&mut self, clients: u32) -> [f64; 3] {
        let mut rates = [0.0; 3];
        for (bank, rate) in self.each.iter().zip(&mut rates) {
            // What the reader has yet to come to would be appended without the projections.
            bank.settled().await.expect("it comes to the end");
            let begin = Instant::now();
            let mut all = JoinSet::new();
            for client in 0..clients {
                let (bank, first) = (bank.clone(), self.next + client);
                all.spawn(async move {
                    for number in 0..DEPOSITS / clients {
                        let deposit = Deposit {
                            account: account(first + number * clients),
                            amount: 1,
                        };
                        bank.execute(deposit).await.expect("it is done");
                    }
                });
            }
            while let Some(ended) = all.join_next().await {
                ended.expect("it ends");
            }
            *rate = f64::from(DEPOSITS) / begin.elapsed().as_secs_f64();
        }
        self.next += DEPOSITS;
        rates
    }
}

use std::env;
use std::sync::Arc;
use std::time::Duration;

use eventsourcing::service::Runtime;
use eventsourcing_core::CommandId;
use eventsourcing_core::store::EventStore;
use eventsourcing_core::uuid::Uuid;
use eventsourcing_testkit::crash::BoxError;
use orders::domain::{CardNetwork, Cents, OrderId, PlaceOrder, ReceiveGoods, Shop, Sku};
use tokio::task::JoinSet;

use super::instance::STOCK;
use super::point::say;
use super::stopping::StoppingStore;
use crate::sqlite;

const CUSTOMERS: u32 = 4;
const GOODS: u32 = 40;

/// What nobody delivers.
pub(super) const NEVER_IN_STOCK: &str = "unicorn";

/// Places orders and leads them to their end, until it is killed. Says the number of each order that was acknowledged.
///
/// The server beneath the store may be killed at any time on account of somebody else: then it begins anew.
pub(crate) async fn work_until_killed<S>(open: impl Fn() -> S)
where
    S: Future<Output = Result<Arc<dyn EventStore>, BoxError>>,
{
    while work(open()).await.is_err() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn work(store: impl Future<Output = Result<Arc<dyn EventStore>, BoxError>>) -> Result<(), BoxError> {
    let stock: Option<Arc<dyn EventStore>> = match env::var_os(STOCK) {
        Some(file) => Some(Arc::new(StoppingStore(sqlite::open(file).await?))),
        None => None,
    };
    let shop = start(Arc::new(StoppingStore(store.await?)), stock).await?;
    for goods in 0..GOODS {
        let delivery = ReceiveGoods::new(sku(goods), 1_000_000);
        let id = CommandId::from_key(&format!("delivery {goods}"));
        shop.execute(delivery).command_id(id).await?;
    }
    let mut customers = JoinSet::new();
    for _ in 0..CUSTOMERS {
        customers.spawn(order(shop.clone()));
    }
    customers.join_all().await;
    Ok(())
}

/// The shop, with banks that answer at once. The stock may be in a store of its own.
pub(super) async fn start(
    store: Arc<dyn EventStore>,
    stock: Option<Arc<dyn EventStore>>,
) -> Result<Runtime, BoxError> {
    let network = CardNetwork {
        delay: Duration::ZERO,
    };
    let shop = Shop::builder(Arc::clone(&store)).store_for::<Sku>(stock.unwrap_or(store));
    Ok(shop.provide(network).start().await?)
}

/// Orders one thing after the other. What was not acknowledged is forgotten; it may have happened all the same.
async fn order(shop: Runtime) {
    loop {
        let number = Uuid::now_v7().simple().to_string();
        let goods = if fastrand::u32(..8) == 0 {
            Sku::from(NEVER_IN_STOCK)
        } else {
            sku(fastrand::u32(..GOODS))
        };
        let card = "4000 0000 0000 1234".to_owned();
        let order = PlaceOrder::new(OrderId::from(&*number), goods, 1, Cents(100), card);
        if shop.execute(order).await.is_ok() {
            say(&number);
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

fn sku(number: u32) -> Sku {
    Sku::from(format!("goods-{number}"))
}

//! Each tenant has managers of its own.

use eventsourcing::TenantId;
use eventsourcing::memory::MemoryStore;
use eventsourcing::service::Runtime;

use super::books::Books;
use super::shop::{Jam, RemarkOn, Shop};
use super::world::{environment, order, slip};

fn acme() -> TenantId {
    TenantId::new("acme").unwrap()
}

fn others() -> TenantId {
    TenantId::new("others").unwrap()
}

async fn remark(shop: &Runtime, tenant: &TenantId, text: &str) {
    let remark = RemarkOn::new(order(1), text.to_owned());
    shop.execute(remark).tenant(tenant.clone()).await.unwrap();
}

async fn shop_of_two(store: &MemoryStore) -> Runtime {
    let builder = Shop::builder(store.clone()).environment(environment());
    builder
        .tenants([TenantId::DEFAULT, acme()])
        .start()
        .await
        .unwrap()
}

#[tokio::test(start_paused = true)]
async fn managers_see_the_events_of_their_tenant_and_send_to_it() {
    let store = MemoryStore::new();
    let shop = shop_of_two(&store).await;
    remark(&shop, &TenantId::DEFAULT, "to all").await;
    remark(&shop, &acme(), "to acme").await;
    remark(&shop, &others(), "to nobody").await;
    shop.settled().await.unwrap();

    assert_eq!(Books::of(&store).await.slip("1"), ["to all"]);
    assert_eq!(Books::of_tenant(&store, &acme()).await.slip("1"), ["to acme"]);
    assert!(Books::of_tenant(&store, &others()).await.printed.is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_one_tenant_has_parked_is_none_of_the_others_concern() {
    let store = MemoryStore::new();
    let shop = shop_of_two(&store).await;
    shop.execute(Jam::new(slip(&order(1))))
        .tenant(acme())
        .await
        .unwrap();
    remark(&shop, &acme(), "one").await;
    remark(&shop, &TenantId::DEFAULT, "one").await;
    shop.settled().await.unwrap();

    let status = shop.process_managers().status();
    let parked: Vec<_> = status.iter().filter(|status| !status.parked.is_empty()).collect();
    assert_eq!(parked.len(), 1);
    assert_eq!(
        (&*parked[0].manager, &parked[0].tenant),
        ("print_remarks", &acme())
    );
    assert_eq!(Books::of(&store).await.slip("1"), ["one"]);

    let managers = shop.process_managers();
    let of_acme = parked[0].parked[0].events[0].event;
    managers
        .skip(&TenantId::DEFAULT, "print_remarks", of_acme)
        .await
        .unwrap();
    managers
        .retry(&TenantId::DEFAULT, "print_remarks", "order-1")
        .await
        .unwrap();
    assert!(managers.retry(&acme(), "print_remarks", "order-1").await.is_err());
    assert!(
        managers
            .retry(&others(), "print_remarks", "order-1")
            .await
            .is_err()
    );
}

//! Which events a processor takes.

use eventsourcing::memory::MemoryStore;
use eventsourcing::processor::ProcessorBuilder;
use eventsourcing::service::Runtime;
use eventsourcing::store::FeedFilter;
use eventsourcing::{Category, EventTypeName, Position, StreamId, TenantId, TypeFilter};

use super::bank::{AccountEvent, open, start, stop};
use super::processors::{Sink, hasty};
use super::refusing::append;
use super::unknown_types::Foreign;

/// What a new processor takes of what there is.
async fn taken(
    bank: &Runtime,
    name: &str,
    choose: impl FnOnce(ProcessorBuilder) -> ProcessorBuilder,
) -> Vec<Position> {
    let sink = Sink::default();
    let builder = choose(hasty(bank.processor(name))).knows::<Foreign>();
    let processor = builder.start(sink.clone()).await.unwrap();
    let end = bank.bus().end(&TenantId::DEFAULT).await.unwrap();
    processor.wait_for(end.position).await.unwrap();
    sink.taken()
}

fn stream(name: &str) -> FeedFilter {
    FeedFilter {
        streams: Some(vec![StreamId::new(name).unwrap()]),
        ..FeedFilter::ALL
    }
}

fn category(name: &str) -> FeedFilter {
    FeedFilter {
        categories: Some(vec![Category::new(name).unwrap()]),
        ..FeedFilter::ALL
    }
}

fn named(name: &'static str) -> FeedFilter {
    FeedFilter {
        types: TypeFilter::Only([EventTypeName::from_static(name)].into_iter().collect()),
        ..FeedFilter::ALL
    }
}

#[tokio::test]
async fn events_are_added_and_a_filter_narrows_them() {
    let store = MemoryStore::new();
    let bank = start(&store).await;
    let ann = open(&bank, "ann", "Ada").await;
    let bob = open(&bank, "bob", "Bob").await;
    let paid = append(&store, "account-ann", "account.Paid", r#"{"account": "ann"}"#).await;
    let rain = append(&store, "weather-1", "weather.Rained", "{}").await;

    let all = taken(&bank, "all", |builder| builder).await;
    assert_eq!(all, [ann, bob, paid, rain]);
    let one = taken(&bank, "one", ProcessorBuilder::events::<AccountEvent>).await;
    assert_eq!(one, [ann, bob]);
    let both = |builder: ProcessorBuilder| builder.events::<Foreign>().events::<AccountEvent>();
    assert_eq!(taken(&bank, "both", both).await, [ann, bob, paid]);

    let of_ann = taken(&bank, "ann", |builder| {
        both(builder).filter(stream("account-ann"))
    })
    .await;
    assert_eq!(of_ann, [ann, paid]);
    let before = taken(&bank, "before", |builder| {
        both(builder.filter(stream("account-ann")))
    })
    .await;
    assert_eq!(before, [ann, paid], "in whichever order they are given");
    let elsewhere = taken(&bank, "else", |builder| both(builder).filter(category("garden"))).await;
    assert_eq!(elsewhere, []);
    let of_a_type = taken(&bank, "type", |builder| {
        both(builder).filter(named("account.Opened"))
    })
    .await;
    assert_eq!(of_a_type, [ann, bob]);
    let of_no_type = taken(&bank, "none", |builder| {
        both(builder).filter(named("weather.Rained"))
    });
    assert_eq!(of_no_type.await, [], "it is none of its events");
    let by_name = taken(&bank, "name", |builder| builder.filter(named("weather.Rained"))).await;
    assert_eq!(by_name, [rain], "nobody need know it");
    stop(bank).await;
}

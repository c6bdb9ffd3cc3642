use std::sync::Arc;

use super::{Known, TypeCheck};
use crate::event::Event;
use crate::execute::Bug;
use crate::prelude::*;
use crate::service::route;
use crate::store::{Dictionary, FeedFilter};
use crate::{Category, EventTypeName};

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "order")]
struct OrderId(u32);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "order", retired("order.Audited"))]
enum OrderEvent {
    Paid {
        #[stream]
        order: OrderId,
    },
    #[event(alias = "order.Ordered")]
    Placed {
        #[stream]
        order: OrderId,
    },
}

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "parcel")]
enum ParcelEvent {
    Sent {
        #[stream]
        order: OrderId,
    },
}

#[derive(Command, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[command(emits(OrderEvent::Paid))]
struct Pay {
    #[stream(append)]
    order: OrderId,
}

impl CommandLogic for Pay {
    type Error = std::convert::Infallible;

    fn handle(&self, _: &PayState, cx: &mut Decide<Self>) -> Result<(), Self::Error> {
        emit!(
            cx,
            OrderEvent::Paid {
                order: self.order.clone()
            }
        );
        Ok(())
    }
}

/// Of somebody who takes orders, in a program that knows nothing else.
fn check() -> TypeCheck {
    Arc::new(Known::default()).check_for([const { &OrderEvent::TYPES }])
}

/// Which name is unknown: its category, and itself.
fn unknown(check: &TypeCheck, stored: &[(&'static str, &'static str)]) -> Option<String> {
    let pairs = stored.iter().map(|(category, name)| {
        let name = EventTypeName::from_static(name);
        (Category::from_static(category), name)
    });
    match check.unknown(&pairs.collect::<Dictionary>())? {
        Bug::UnknownEventTypes { category, names } => Some(format!("{category}: {names:?}")),
        other => panic!("{other}"),
    }
}

#[test]
fn names_aliases_and_retired_names_are_known() {
    let all = ["order.Placed", "order.Ordered", "order.Paid", "order.Audited"];
    assert_eq!(unknown(&check(), &all.map(|name| ("order", name))), None);
}

#[test]
fn an_old_name_is_found_where_one_of_the_events_is() {
    let stored = [
        ("order", "order.Paid"),
        ("order", "order.Bought"),
        ("weather", "rain"),
    ];
    let found = unknown(&check(), &stored).unwrap();
    assert!(
        found.starts_with("order: [") && found.contains("order.Bought"),
        "{found}"
    );
    assert!(!found.contains("order.Paid"), "{found}");
}

#[test]
fn where_none_of_the_events_is_commands_tell_where_they_would_be() {
    let stored = [("order", "order.Bought")];
    assert_eq!(unknown(&check(), &stored), None, "nobody could tell");
    let mut known = Known::default();
    known.add_places_of(&route::<Pay>());
    let known = Arc::new(known);
    let orders = known.check_for([const { &OrderEvent::TYPES }]);
    assert!(unknown(&orders, &stored).is_some());
    let parcels = known.check_for([const { &ParcelEvent::TYPES }]);
    assert_eq!(unknown(&parcels, &stored), None, "it keeps no parcels there");
}

#[test]
fn what_the_program_knows_otherwise_is_passed_over() {
    let stored = [("order", "order.Placed"), ("order", "parcel.Sent")];
    assert!(unknown(&check(), &stored).is_some());
    let mut known = Known::default();
    known.add(const { &ParcelEvent::TYPES });
    let told = Arc::new(known).check_for([const { &OrderEvent::TYPES }]);
    assert_eq!(unknown(&told, &stored), None);
}

#[test]
fn a_filter_tells_which_categories_count() {
    let stored = [
        ("order", "order.Placed"),
        ("order", "order.Bought"),
        ("weather", "rain"),
    ];
    let of = |category| FeedFilter {
        categories: Some(vec![Category::from_static(category)]),
        ..FeedFilter::ALL
    };
    assert_eq!(unknown(&check().within(&of("parcel")), &stored), None);
    let found = unknown(&check().within(&of("weather")), &stored).unwrap();
    assert!(found.starts_with("weather"), "{found}");
    let of_stream = FeedFilter {
        streams: Some(vec![StreamId::new("order-1").unwrap()]),
        ..of("weather")
    };
    let found = unknown(&check().within(&of_stream), &stored).unwrap();
    assert!(found.starts_with("order"), "{found}");
}

#[test]
fn who_takes_everything_passes_over_nothing() {
    let all = Arc::new(Known::default()).check_for([]);
    let orders = FeedFilter {
        categories: Some(vec![Category::from_static("order")]),
        ..FeedFilter::ALL
    };
    assert_eq!(unknown(&all.within(&orders), &[("order", "order.Bought")]), None);
}

use eventsourcing::testing::scenario;
use orders::domain::{
    Cents, ConfirmOrder, OrderError, OrderEvent, OrderId, PlaceOrder, ReleaseGoods, ReserveGoods, Sku,
    StockError, StockEvent,
};

fn order() -> OrderId {
    OrderId::from("7")
}

fn lamps() -> Sku {
    Sku::from("lamp")
}

fn placed() -> OrderEvent {
    OrderEvent::Placed {
        order: order(),
        sku: lamps(),
        quantity: 2,
        total: Cents(5_000),
        card: "1234".to_owned(),
    }
}

#[test]
fn an_order_is_placed_once() {
    let place = PlaceOrder::new(order(), lamps(), 2, Cents(5_000), "1234".to_owned());
    scenario().when(place.clone()).then([placed()]);
    scenario()
        .given([placed()])
        .when(place)
        .then_rejected(OrderError::PlacedAlready);
}

#[test]
fn an_order_of_nothing_is_none() {
    let nothing = PlaceOrder::new(order(), lamps(), 0, Cents(0), "1234".to_owned());
    scenario().when(nothing).then_rejected(OrderError::Empty);
}

#[test]
fn an_order_comes_to_its_end_once() {
    let confirmed = OrderEvent::Confirmed { order: order() };
    scenario()
        .given([placed()])
        .when(ConfirmOrder::new(order()))
        .then([confirmed.clone()]);
    scenario()
        .given([placed(), confirmed])
        .when(ConfirmOrder::new(order()))
        .then_rejected(OrderError::NotOpen);
}

#[test]
fn goods_are_set_aside_while_there_are_enough() {
    let reserve = ReserveGoods::new(lamps(), order(), 2);
    scenario()
        .given_in(&lamps(), [StockEvent::Received { quantity: 2 }])
        .when(reserve.clone())
        .then([StockEvent::Reserved {
            order: order(),
            quantity: 2,
        }]);
    scenario()
        .given_in(&lamps(), [StockEvent::Received { quantity: 1 }])
        .when(reserve)
        .then_rejected(StockError::OutOfStock { wanted: 2, left: 1 });
}

#[test]
fn goods_that_are_released_can_be_had_again() {
    let reserved = |quantity| StockEvent::Reserved {
        order: order(),
        quantity,
    };
    let released = StockEvent::Released { order: order() };
    scenario()
        .given_in(
            &lamps(),
            [StockEvent::Received { quantity: 2 }, reserved(2), released],
        )
        .when(ReserveGoods::new(lamps(), order(), 1))
        .then([reserved(1)]);
    scenario()
        .when(ReleaseGoods::new(lamps(), order()))
        .then_nothing();
}

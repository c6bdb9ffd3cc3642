use eventsourcing::testing::scenario;
use eventsourcing::wire::Rejection;
use orders::domain::{
    CancelOrder, Cents, ConfirmOrder, Fulfilment, OrderEvent, OrderId, PaymentEvent, PaymentId, ReserveGoods,
    Sku, StockEvent, TakePayment,
};

fn order() -> OrderId {
    OrderId::from("7")
}

fn placed() -> OrderEvent {
    OrderEvent::Placed {
        order: order(),
        sku: Sku::from("lamp"),
        quantity: 2,
        total: Cents(5_000),
        card: "1234".to_owned(),
    }
}

fn take_payment() -> TakePayment {
    TakePayment {
        payment: PaymentId::of(&order()),
        order: order(),
        amount: Cents(5_000),
        card: "1234".to_owned(),
        authorization: None,
    }
}

#[test]
fn an_order_is_reserved_paid_and_confirmed() {
    let reserved = StockEvent::Reserved {
        order: order(),
        quantity: 2,
    };
    let taken = PaymentEvent::Taken {
        payment: PaymentId::of(&order()),
        order: order(),
        amount: Cents(5_000),
        authorization: "auth".to_owned(),
    };
    scenario()
        .process::<Fulfilment>()
        .when([placed()])
        .then_sends([ReserveGoods::new(Sku::from("lamp"), order(), 2)])
        .when_in(&Sku::from("lamp"), [reserved])
        .then_sends([take_payment()])
        .when([taken])
        .then_sends([ConfirmOrder::new(order())])
        .when([OrderEvent::Confirmed { order: order() }])
        .then_sends_nothing();
}

#[test]
fn what_is_missing_is_not_paid_for() {
    scenario()
        .given([placed()])
        .process::<Fulfilment>()
        .when_rejected(
            ReserveGoods::new(Sku::from("lamp"), order(), 2),
            Rejection::new("2 wanted, 1 left"),
        )
        .then_sends([CancelOrder::new(order(), "2 wanted, 1 left".to_owned())]);
}

#[test]
fn what_belongs_to_no_order_is_passed_over() {
    let reserved = StockEvent::Reserved {
        order: order(),
        quantity: 2,
    };
    scenario()
        .process::<Fulfilment>()
        .when_in(&Sku::from("lamp"), [reserved])
        .then_sends_nothing();
}

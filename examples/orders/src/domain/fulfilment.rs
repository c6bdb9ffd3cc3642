//! What leads an order to its end: goods first, then money, then the promise.

use eventsourcing::prelude::*;

use super::{
    CancelOrder, Cents, ConfirmOrder, OrderEvent, OrderId, PaymentEvent, PaymentId, ReleaseGoods,
    ReserveGoods, Sku, StockEvent, TakePayment,
};

/// What is remembered of an order on its way.
#[derive(Clone, Debug, Default)]
pub struct Fulfilment {
    sku: Option<Sku>,
    total: Cents,
    card: String,
}

#[process_manager(
    key = OrderId,
    category = "fulfilment",
    start = beginning,
    sends(ReserveGoods, TakePayment, ReleaseGoods, ConfirmOrder, CancelOrder),
)]
impl Fulfilment {
    #[start(OrderEvent::Placed, key = order)]
    fn placed(
        &mut self,
        order: &OrderId,
        sku: &Sku,
        quantity: &u32,
        total: &Cents,
        card: &String,
        cx: &mut Sends<Self>,
    ) {
        self.sku = Some(sku.clone());
        self.total = *total;
        self.card.clone_from(card);
        cx.send(ReserveGoods {
            id: sku.clone(),
            order: order.clone(),
            quantity: *quantity,
        });
    }

    #[on(StockEvent::Reserved, key = order)]
    fn reserved(&mut self, order: &OrderId, cx: &mut Sends<Self>) {
        cx.send(TakePayment {
            payment: PaymentId::of(order),
            order: order.clone(),
            amount: self.total,
            card: self.card.clone(),
            authorization: None,
        });
    }

    #[on(PaymentEvent::Taken, key = order)]
    fn paid(&mut self, order: &OrderId, cx: &mut Sends<Self>) {
        cx.send(ConfirmOrder { id: order.clone() });
    }

    #[on_rejected(ReserveGoods)]
    fn out_of_stock(&mut self, command: &ReserveGoods, rejection: &Rejection, cx: &mut Sends<Self>) {
        cx.send(CancelOrder {
            id: command.order.clone(),
            reason: rejection.message.clone(),
        });
    }

    #[on_rejected(TakePayment)]
    fn declined(&mut self, command: &TakePayment, rejection: &Rejection, cx: &mut Sends<Self>) {
        if let Some(sku) = &self.sku {
            cx.send(ReleaseGoods {
                id: sku.clone(),
                order: command.order.clone(),
            });
        }
        cx.send(CancelOrder {
            id: command.order.clone(),
            reason: rejection.message.clone(),
        });
    }

    #[stop(OrderEvent::Confirmed, key = order)]
    fn confirmed(&mut self) {}

    #[stop(OrderEvent::Cancelled, key = order)]
    fn cancelled(&mut self) {}
}

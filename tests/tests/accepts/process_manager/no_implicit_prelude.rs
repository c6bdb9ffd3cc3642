// Nothing of the prelude is needed, and nothing that is called like it is taken for it.

#[path = "../../../ui/shop.rs"]
mod shop;

#[no_implicit_prelude]
mod without {
    use super::shop::{Cancel, Noted, OrderEvent, OrderId, TakePayment};
    use ::eventsourcing::process::{Sends, process_manager};
    use ::std::clone::Clone;
    use ::std::default::Default;

    #[allow(dead_code)]
    struct Option;
    #[allow(dead_code)]
    struct Result;
    #[allow(dead_code)]
    struct Vec;
    #[allow(dead_code)]
    struct String;

    #[process_manager(on = [OrderEvent::Placed, Noted], start = now)]
    fn ask(order: &OrderId) -> ::std::option::Option<TakePayment> {
        ::std::option::Option::Some(TakePayment { order: order.clone() })
    }

    #[derive(Default)]
    struct Fulfilment;

    #[process_manager(key = OrderId, category = "fulfilment", start = now, sends(TakePayment, Cancel))]
    impl Fulfilment {
        #[start(OrderEvent::Placed, key = order)]
        fn placed(&mut self, order: &OrderId, cx: &mut Sends<Self>) -> TakePayment {
            cx.send(TakePayment { order: order.clone() });
            TakePayment { order: order.clone() }
        }

        #[on_rejected(TakePayment)]
        fn rejected(&mut self, command: &TakePayment) -> Cancel {
            Cancel {
                order: command.order.clone(),
            }
        }
    }
}

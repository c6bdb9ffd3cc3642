// A process manager may stand in a function, be written by a `macro_rules!`, and one import brings both of its names.

#[path = "../../../ui/shop.rs"]
mod shop;

mod managers {
    use super::shop::*;
    use eventsourcing::prelude::*;

    #[process_manager(on = OrderEvent::Placed, start = now)]
    pub fn ask(order: &OrderId) -> TakePayment {
        TakePayment { order: order.clone() }
    }
}

use eventsourcing::prelude::*;
use eventsourcing::process::ProcessManager;
use managers::ask;
use shop::*;

macro_rules! ask_on {
    ($name:ident, $event:path, $field:ident: $key:ty, $command:ty) => {
        #[process_manager(on = $event, start = now, sends($command))]
        fn $name($field: &$key, event: &Recorded<OrderEvent>, cx: &mut Sends<$name>) -> Option<$command> {
            let __cx = cx.now();
            (event.recorded_at() < __cx).then(|| TakePayment {
                order: $field.clone(),
            })
        }
    };
}

ask_on!(ask_by_macro, OrderEvent::Paid, order: OrderId, TakePayment);

#[test]
fn it_runs() {
    #[process_manager(on = OrderEvent::Placed, start = now)]
    fn local<'a>(order: &'a OrderId) -> TakePayment {
        ask(order)
    }

    assert_eq!(local::MANAGER.name, "local");
    assert_eq!(ask::MANAGER.name, "ask");
    assert_eq!(ask_by_macro::MANAGER.on[0].shown, "OrderEvent::Paid");
}

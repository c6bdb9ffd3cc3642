#![expect(clippy::unwrap_used, reason = "a mailer for the chapter")]

use std::convert::Infallible;
use std::io;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex};

use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::processor::{Batch, EventKey, ProcessorState};

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "order")]
pub struct OrderId(u32);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "order")]
pub enum OrderEvent {
    Placed {
        #[stream]
        order: OrderId,
    },
}

#[derive(Command, Serialize, Deserialize)]
#[command(emits(OrderEvent::Placed))]
pub struct Place {
    #[stream(append)]
    order: OrderId,
}

impl CommandLogic for Place {
    type Error = Infallible;

    fn handle(&self, _: &PlaceState, cx: &mut Decide<Self>) -> Result<(), Infallible> {
        let order = self.order.clone();
        emit!(cx, OrderEvent::Placed { order });
        Ok(())
    }
}

#[service(commands(Place))]
pub struct Shop;

#[derive(Clone, Default)]
struct Mailer {
    sent: Arc<Mutex<Vec<(EventKey, OrderEvent)>>>,
}

impl Mailer {
    async fn send(&self, key: EventKey, about: &OrderEvent) -> io::Result<()> {
        tokio::task::yield_now().await;
        self.sent.lock().unwrap().push((key, about.clone()));
        Ok(())
    }
}

#[tokio::test]
async fn mails_are_sent() -> Result<(), Box<dyn std::error::Error>> {
    let shop = Shop::builder(MemoryStore::new()).start().await?;
    let mailer = Mailer::default();
    let sent = Arc::clone(&mailer.sent);
    let four = NonZeroUsize::new(4).unwrap();
    let order = OrderId(17);

    let mails = shop
        .processor("mails")
        .events::<OrderEvent>()
        .parallel(four)
        .start(move |batch: Batch| {
            let mailer = mailer.clone();
            async move {
                for event in batch.decode::<OrderEvent>() {
                    let event = event?;
                    mailer.send(batch.key(event.position()), event.payload()).await?;
                }
                Ok(())
            }
        })
        .await?;

    let placed = shop.execute(Place { order }).await?;
    mails.wait_for(placed.position()).await?;
    assert_eq!(mails.status().state, ProcessorState::Live);

    let sent = sent.lock().unwrap();
    assert_eq!(sent.len(), 1);
    assert_eq!(sent[0].1, OrderEvent::Placed { order: OrderId(17) });
    assert_eq!(sent[0].0.position, placed.position());
    Ok(())
}

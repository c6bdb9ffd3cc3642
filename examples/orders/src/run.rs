//! A day in the shop.

use std::error::Error;
use std::io::Write;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use eventsourcing::CommandId;
use eventsourcing::service::Runtime;
use eventsourcing_server::{Server, Serving};

use crate::cli::Arguments;
use crate::domain::{CardNetwork, Cents, OrderId, PlaceOrder, ReceiveGoods, Shop, Sku};
use crate::timeline::{Standing, stories, whole_log};

/// What the shop sells: name, price, and how many it has at first.
const GOODS: [(&str, u64, u32); 3] = [("lamp", 2_500, 100), ("chair", 8_900, 100), ("piano", 250_000, 1)];

/// How long those who are at work may take to come to an end.
const TO_THE_END: Duration = Duration::from_secs(5);

/// Places orders, one after the other, until there are enough or somebody says stop; then tells what became of them. If it serves, it
/// takes orders of others as well, until somebody says stop.
///
/// # Errors
/// If the store fails, or it cannot serve.
pub async fn run(
    arguments: &Arguments,
    stop: impl Future<Output = ()> + Send,
    out: &mut (impl Write + Send),
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let store = arguments.store.open().await?;
    let earlier = stories(&whole_log(&*store).await?)?;
    let under_way = earlier
        .values()
        .filter(|story| story.standing == Standing::UnderWay);
    match (earlier.len(), under_way.count()) {
        (0, _) => {}
        (placed, 0) => writeln!(
            out,
            "{placed} orders were placed before, and all have come to their end"
        )?,
        (placed, open) => writeln!(
            out,
            "{placed} orders were placed before; {open} are under way, and go on"
        )?,
    }

    let network = CardNetwork {
        delay: arguments.pace(),
    };
    let shop = Shop::builder(Arc::clone(&store)).provide(network).start().await?;
    let serving = match &arguments.serve {
        Some(address) => Some(serve(&shop, address, out).await?),
        None => None,
    };
    let done = {
        let mut stop = pin!(stop);
        let done = tokio::select! {
            done = sell(&shop, arguments, out) => Some(done),
            () = &mut stop => None,
        };
        if let (Some(Ok(())), Some(_)) = (&done, &serving) {
            stop.await;
        }
        done
    };
    if let Err(busy) = shop.shutdown(TO_THE_END).await {
        writeln!(out, "{busy}: they come to their end when it is started again")?;
    }
    if let Some(serving) = serving {
        serving.ended().await?;
    }
    match done {
        Some(done) => done?,
        None => writeln!(out, "stopped; start it again, and it goes on")?,
    }
    for (number, story) in stories(&whole_log(&*store).await?)? {
        writeln!(out, "\norder {number}, {}: {}", story.order, story.standing)?;
        write!(out, "{}", story.tree()?)?;
    }
    Ok(())
}

/// Everything that the shop can do, for others.
async fn serve(
    shop: &Runtime,
    address: &str,
    out: &mut (impl Write + Send),
) -> Result<Serving, Box<dyn Error + Send + Sync>> {
    let serving = Server::new(shop.clone()).bind(address).start().await?;
    writeln!(out, "orders are taken at http://{}", serving.address())?;
    Ok(serving)
}

async fn sell(
    shop: &Runtime,
    arguments: &Arguments,
    out: &mut (impl Write + Send),
) -> Result<(), Box<dyn Error + Send + Sync>> {
    for (name, _, quantity) in GOODS {
        let goods = ReceiveGoods::new(Sku::from(name), quantity);
        // Whatever has an id of its own is done once, however often the program runs.
        let id = CommandId::from_key(&format!("first delivery of {name}"));
        shop.execute(goods).command_id(id).await?;
    }
    for number in 1..=arguments.orders {
        let order = order(number);
        let id = CommandId::from_key(&format!("order {number}"));
        let placed = shop.execute(order).command_id(id).await?;
        if !placed.is_repeated() {
            writeln!(out, "order {number} is placed")?;
            tokio::time::sleep(arguments.pace()).await;
        }
    }
    shop.settled().await?;
    Ok(())
}

/// Most orders are fine. Every fourth is paid with a card that is declined, and every third is for the only piano.
fn order(number: u32) -> PlaceOrder {
    let (name, price) = match number {
        number if number.is_multiple_of(3) => ("piano", 250_000),
        number if number.is_multiple_of(2) => ("chair", 8_900),
        _ => ("lamp", 2_500),
    };
    let quantity = 1 + number % 2;
    let card = if number.is_multiple_of(4) {
        "4000 0000 0000 0000"
    } else {
        "4000 0000 0000 1234"
    };
    PlaceOrder::new(
        OrderId::from(number.to_string()),
        Sku::from(name),
        quantity,
        Cents(price * u64::from(quantity)),
        card.to_owned(),
    )
}

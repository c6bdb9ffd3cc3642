use std::future::pending;
use std::io::{self, Write};

use clap::Parser as _;
use orders::cli::Arguments;
use orders::run::run;
use orders::timeline::{Standing, stories, whole_log};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::sync::watch;

fn arguments(store: &str) -> Arguments {
    Arguments::parse_from(["orders", "--store", store, "--orders", "8", "--pace", "5"])
}

/// What is printed, for those who watch it.
struct Screen {
    text: String,
    watched: watch::Sender<String>,
}

impl Screen {
    fn new() -> (Self, watch::Receiver<String>) {
        let (watched, watcher) = watch::channel(String::new());
        let text = String::new();
        (Self { text, watched }, watcher)
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.push_str(&String::from_utf8_lossy(bytes));
        self.watched.send_replace(self.text.clone());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

async fn standings(file: &str) -> Vec<Standing> {
    let store = arguments(file).store.open().await.unwrap();
    let log = whole_log(&store).await.unwrap();
    stories(&log)
        .unwrap()
        .into_values()
        .map(|story| story.standing)
        .collect()
}

#[tokio::test]
async fn every_order_comes_to_its_end() {
    let (mut screen, _) = Screen::new();
    run(&arguments("memory"), pending(), &mut screen).await.unwrap();
    let ends = |end: &str| screen.text.lines().filter(|line| line.contains(end)).count();
    assert_eq!(ends(": confirmed"), 5);
    assert_eq!(ends(": cancelled: the card ending in 0000 was declined"), 2);
    assert_eq!(ends(": cancelled: 2 wanted, 1 left"), 1);
}

#[tokio::test]
async fn a_day_that_is_interrupted_goes_on_where_it_was() {
    let folder = TempDir::new().unwrap();
    let file = format!("sqlite:{}", folder.path().join("orders.db").display());

    let (mut screen, mut watcher) = Screen::new();
    let stop = async move {
        watcher.wait_for(|text| text.lines().count() >= 3).await.unwrap();
    };
    run(&arguments(&file), stop, &mut screen).await.unwrap();
    assert!(screen.text.contains("stopped; start it again, and it goes on"));
    let interrupted = standings(&file).await;
    assert!(interrupted.len() < 8, "{interrupted:?}");

    let (mut screen, _) = Screen::new();
    run(&arguments(&file), pending(), &mut screen).await.unwrap();
    assert!(
        screen.text.starts_with("3 orders were placed before"),
        "{}",
        screen.text
    );
    let whole = standings(&file).await;
    assert_eq!(whole.len(), 8);
    assert!(!whole.contains(&Standing::UnderWay), "{whole:?}");

    let (mut screen, _) = Screen::new();
    run(&arguments(&file), pending(), &mut screen).await.unwrap();
    assert!(
        screen
            .text
            .starts_with("8 orders were placed before, and all have come to their end")
    );
    assert_eq!(standings(&file).await, whole, "nothing is done twice");
}

#[tokio::test]
async fn orders_of_others_are_taken_over_http() {
    let (mut screen, mut watcher) = Screen::new();
    let customer = async move {
        let address = {
            let said = watcher.wait_for(|text| text.contains("http://")).await.unwrap();
            said.lines()
                .next()
                .unwrap()
                .rsplit('/')
                .next()
                .unwrap()
                .to_owned()
        };
        let order = r#"{"sku": "lamp", "quantity": 1, "total": 2500, "card": "1234"}"#;
        let length = order.len();
        let placed = format!(
            "POST /commands/order/web/PlaceOrder HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n"
        );
        hears(&address, &format!("{placed}\r\n{order}"), "order.Placed").await;
        let ends =
            "GET /events?type=order.Confirmed&stream=order-web HTTP/1.1\r\naccept: text/event-stream\r\n";
        hears(&address, &format!("{ends}\r\n"), "order.Confirmed").await;
    };
    let mut arguments = arguments("memory");
    arguments.serve = Some("127.0.0.1:0".to_owned());
    run(&arguments, customer, &mut screen).await.unwrap();
    assert!(
        screen.text.contains("order web, 1 x lamp for 25.00: confirmed"),
        "{}",
        screen.text
    );
}

/// Sends a request, and waits until something is in what is answered.
async fn hears(address: &str, request: &str, something: &str) {
    let (head, rest) = request.split_once("\r\n").unwrap();
    let mut socket = BufReader::new(TcpStream::connect(address).await.unwrap());
    let request = format!("{head}\r\nhost: localhost\r\nconnection: close\r\n{rest}");
    socket.write_all(request.as_bytes()).await.unwrap();
    let mut lines = socket.lines();
    loop {
        let line = lines.next_line().await.unwrap().unwrap();
        if line.contains(something) {
            return;
        }
    }
}

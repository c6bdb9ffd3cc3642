use std::future::pending;
use std::io::{self, Write};

use clap::Parser as _;
use orders::cli::Arguments;
use orders::run::run;
use orders::timeline::{Standing, stories, whole_log};
use tempfile::TempDir;
use tokio::sync::watch;

fn arguments(store: &str) -> Arguments {
    Arguments::parse_from(["orders", "--store", store, "--orders", "8", "--pace", "5"])
}

/// What is printed, and how much of it by now.
struct Screen {
    text: String,
    lines: watch::Sender<usize>,
}

impl Screen {
    fn new() -> (Self, watch::Receiver<usize>) {
        let (lines, watched) = watch::channel(0);
        let text = String::new();
        (Self { text, lines }, watched)
    }
}

impl Write for Screen {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.text.push_str(&String::from_utf8_lossy(bytes));
        self.lines.send_replace(self.text.lines().count());
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

    let (mut screen, mut lines) = Screen::new();
    let stop = async move {
        lines.wait_for(|lines| *lines >= 3).await.unwrap();
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

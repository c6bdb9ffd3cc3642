//! Whatever happens, it is what a simple model says.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use eventsourcing::TenantId;
use eventsourcing::memory::MemoryStore;
use eventsourcing::service::Runtime;
use proptest::collection::vec;
use proptest::prelude::*;

use super::books::Books;
use super::shop::{CancelOrder, CustomerId, Deposit, Jam, OrderId, PlaceOrder, RemarkOn, Repair};
use super::world::{close, open, order, parked, skip, slip};

/// What somebody does. Orders and customers are numbered.
#[derive(Clone, Debug)]
enum Step {
    Deposit(u32, u64),
    Place(u32, u32, u64),
    Cancel(u32),
    Remark(u32, &'static str),
    Jam(u32),
    Repair(u32),
    Retry(u32),
    Skip(u32),
    /// One of the runtimes is closed, and opened again.
    Restart,
}

fn step() -> impl Strategy<Value = Step> {
    let number = || 0..4_u32;
    let customer = || 0..2_u32;
    let text = prop::sample::select(vec!["a", "b", "!c", ""]);
    prop_oneof![
        3 => (customer(), 1..20_u64).prop_map(|(customer, amount)| Step::Deposit(customer, amount)),
        5 => (number(), customer(), 1..20_u64)
            .prop_map(|(order, customer, total)| Step::Place(order, customer, total)),
        1 => number().prop_map(Step::Cancel),
        8 => (number(), text).prop_map(|(order, text)| Step::Remark(order, text)),
        2 => number().prop_map(Step::Jam),
        2 => number().prop_map(Step::Repair),
        3 => number().prop_map(Step::Retry),
        2 => number().prop_map(Step::Skip),
        1 => Just(Step::Restart),
    ]
}

/// What is to come of it all.
#[derive(Debug, Default)]
struct Model {
    books: Books,
    placed: BTreeSet<u32>,
    jammed: BTreeSet<u32>,
    parked: BTreeMap<u32, VecDeque<&'static str>>,
}

impl Model {
    /// Takes a step; tells whether the command succeeds, if it is one.
    fn take(&mut self, step: &Step) -> bool {
        match *step {
            Step::Deposit(customer, amount) => {
                let customer = CustomerId::new(customer.to_string());
                *self.books.balances.entry(customer).or_default() += amount;
            }
            Step::Place(number, customer, total) => return self.place(number, customer, total),
            // By then, all orders have come to their end.
            Step::Cancel(_) => return false,
            Step::Remark(number, text) => {
                let parked = self.parked.entry(number).or_default();
                parked.push_back(text);
                if parked.len() == 1 {
                    self.print(number);
                }
            }
            Step::Jam(number) => return self.jammed.insert(number),
            Step::Repair(number) => return self.jammed.remove(&number),
            Step::Retry(number) => self.print(number),
            Step::Skip(number) => {
                self.parked.entry(number).or_default().pop_front();
                self.print(number);
            }
            Step::Restart => {}
        }
        true
    }

    fn place(&mut self, number: u32, customer: u32, total: u64) -> bool {
        if !self.placed.insert(number) {
            return false;
        }
        let customer = CustomerId::new(customer.to_string());
        let end = match self.books.balances.get_mut(&customer) {
            Some(balance) if *balance >= total => {
                *balance -= total;
                self.books.taken.insert(order(number), vec![total]);
                "confirmed".to_owned()
            }
            balance => format!(
                "cancelled: {} are missing",
                total - balance.map_or(0, |balance| *balance)
            ),
        };
        self.books.ended.insert(order(number), vec![end]);
        let greeting = format!("greeting-{number}");
        self.books.printed.insert(greeting, vec!["welcome".to_owned()]);
        true
    }

    /// Prints what is parked, up to what cannot be printed.
    fn print(&mut self, number: u32) {
        let parked = self.parked.entry(number).or_default();
        while !self.jammed.contains(&number)
            && let Some(text) = parked.pop_front_if(|text| !text.starts_with('!'))
        {
            if !text.is_empty() {
                let slip = self.books.printed.entry(number.to_string()).or_default();
                slip.push((*text).to_owned());
            }
        }
    }

    /// How much of each instance is parked.
    fn lengths(&self) -> BTreeMap<String, usize> {
        let parked = self.parked.iter().filter(|(_, parked)| !parked.is_empty());
        parked
            .map(|(number, parked)| (format!("order-{number}"), parked.len()))
            .collect()
    }
}

/// Takes a step in a shop; tells whether the command succeeds, if it is one.
async fn take(shop: &Runtime, step: &Step) -> bool {
    let instance = |number: u32| format!("order-{number}");
    let id = |number: u32| -> OrderId { order(number) };
    match *step {
        Step::Deposit(customer, amount) => {
            let customer = CustomerId::new(customer.to_string());
            shop.execute(Deposit { customer, amount }).await.is_ok()
        }
        Step::Place(number, customer, total) => {
            let customer = CustomerId::new(customer.to_string());
            shop.execute(PlaceOrder::new(id(number), customer, total))
                .await
                .is_ok()
        }
        Step::Cancel(number) => shop
            .execute(CancelOrder::new(id(number), "why not".to_owned()))
            .await
            .is_ok(),
        Step::Remark(number, text) => shop
            .execute(RemarkOn::new(id(number), text.to_owned()))
            .await
            .is_ok(),
        Step::Jam(number) => shop.execute(Jam::new(slip(&id(number)))).await.is_ok(),
        Step::Repair(number) => shop.execute(Repair::new(slip(&id(number)))).await.is_ok(),
        Step::Retry(number) => {
            // Whether it has worked is seen in the books.
            let managers = shop.process_managers();
            let _ = managers
                .retry(&TenantId::DEFAULT, "print_remarks", &instance(number))
                .await;
            true
        }
        Step::Skip(number) => skip(shop, "print_remarks", &instance(number)).await.is_ok(),
        Step::Restart => true,
    }
}

async fn settled(shops: &[Runtime]) {
    for shop in shops.iter().chain(shops) {
        shop.settled().await.unwrap();
    }
}

/// Takes steps in several shops on one store, in turn.
async fn play(steps: &[Step], shops: usize) {
    let store = MemoryStore::new();
    let mut model = Model::default();
    let mut open_shops = Vec::new();
    for _ in 0..shops {
        open_shops.push(open(&store).await);
    }
    for (number, step) in steps.iter().enumerate() {
        let turn = number % shops;
        if matches!(step, Step::Restart) {
            close(open_shops.remove(turn)).await;
            open_shops.insert(turn, open(&store).await);
        }
        assert_eq!(take(&open_shops[turn], step).await, model.take(step), "{step:?}");
        settled(&open_shops).await;
        for shop in &open_shops {
            let parked = parked(shop, "print_remarks").into_iter();
            let lengths: BTreeMap<_, _> = parked
                .map(|parked| (parked.instance, parked.events.len()))
                .collect();
            assert_eq!(lengths, model.lengths(), "after {step:?}");
        }
    }
    assert_eq!(Books::of(&store).await, model.books);
    for shop in open_shops {
        close(shop).await;
    }
}

fn run(steps: &[Step], shops: usize) {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().start_paused(true).build().unwrap();
    runtime.block_on(play(steps, shops));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_runtime_does_what_the_model_says(steps in vec(step(), 1..40)) {
        run(&steps, 1);
    }

    #[test]
    fn two_runtimes_do_what_the_model_says(steps in vec(step(), 1..40)) {
        run(&steps, 2);
    }
}

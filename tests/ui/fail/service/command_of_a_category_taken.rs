// Two aggregates of one category cannot have commands of one name.

#[path = "../../lists.rs"]
mod lists;

use eventsourcing::prelude::*;
use lists::*;

#[derive(Clone, Default)]
pub struct Draft;

mod draft {
    use super::*;

    #[aggregate(id = TodoId, event = TodoEvent, error = No)]
    impl Draft {
        #[command]
        pub fn create(&self) -> Result<(), No> {
            Ok(())
        }

        #[apply]
        fn created(&mut self) {}
    }
}

#[service(aggregates(Todo, Draft))]
struct App;

fn main() {}

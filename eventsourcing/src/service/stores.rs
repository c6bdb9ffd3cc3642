use std::collections::BTreeMap;
use std::fmt;

use super::{Route, Table};
use crate::Category;
use crate::execute::Placement;

/// Commands that need streams of two stores. Nothing is read, checked and written in two stores at once: split such a command
/// into one for each store, and let a process manager lead from one to the other; or keep the categories in one store.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "nothing is written to two stores at once, and {} of the service would have to be: {}; keep these categories in one store, \
     or let a process manager lead from one store to the other",
    how_many(commands.len()),
    commands.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
)]
pub struct CommandsAcrossStores {
    /// The commands, all of them.
    pub commands: Vec<CommandAcrossStores>,
}

/// A command that needs streams of two stores.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandAcrossStores {
    /// How it is routed to: `todo/Create`, or `TransferMoney` for a command over streams of its own choice.
    pub command: String,
    /// The categories of its streams, by store. The main store comes first, if it needs that.
    pub stores: Vec<Vec<Category>>,
}

impl fmt::Display for CommandAcrossStores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` needs ", self.command)?;
        for (store, categories) in self.stores.iter().enumerate() {
            let names: Vec<_> = categories
                .iter()
                .map(|category| format!("`{category}`"))
                .collect();
            let and_elsewhere = if store == 0 { "" } else { ", and elsewhere " };
            write!(f, "{and_elsewhere}{}", names.join(" and "))?;
        }
        Ok(())
    }
}

fn how_many(commands: usize) -> String {
    match commands {
        1 => "one command".to_owned(),
        commands => format!("{commands} commands"),
    }
}

/// Refuses the commands of a table that need streams of two stores.
pub(super) fn check(table: Table, placement: &Placement) -> Result<(), CommandsAcrossStores> {
    let mut commands: Vec<_> = table
        .routes()
        .filter_map(|route| across_stores(route, placement))
        .collect();
    if commands.is_empty() {
        return Ok(());
    }
    commands.sort_by(|a, b| a.command.cmp(&b.command));
    Err(CommandsAcrossStores { commands })
}

fn across_stores(route: &Route, placement: &Placement) -> Option<CommandAcrossStores> {
    let mut stores = BTreeMap::<_, Vec<Category>>::new();
    for category in route
        .categories
        .iter()
        .flatten()
        .copied()
        .map(Category::from_static)
    {
        let here = stores.entry(placement.of(category.as_str())).or_default();
        if !here.contains(&category) {
            here.push(category);
        }
    }
    (stores.len() > 1).then(|| CommandAcrossStores {
        command: route.to_string(),
        stores: stores.into_values().collect(),
    })
}

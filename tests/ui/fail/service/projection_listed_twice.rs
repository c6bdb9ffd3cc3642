// A projection is listed once, whatever it is called.
#![allow(unused_variables)]

#[path = "../../accounts.rs"]
mod accounts;

use accounts::*;
use eventsourcing::prelude::*;

type Again = Balances;

#[service(commands(Open), projections(Balances, Balances))]
struct Written;

#[service(commands(Open), projections(Balances, Again))]
struct Renamed;

#[module(projections(Balances))]
struct Read;

#[service(commands(Open), projections(Balances), modules(Read))]
struct InAModule;

fn main() {}

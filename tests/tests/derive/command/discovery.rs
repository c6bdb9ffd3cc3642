use eventsourcing::command::{InvalidStreamField, Plan};
use eventsourcing::prelude::*;

use super::{Account, AccountId, RulesId, account, deposited, names, planned, recorded, slot, stream};

#[derive(Command)]
#[command(
    discovers(fees: AccountId, state = Account),
    discovers(rules: RulesId, read),
    discovers(audits: AccountId, append)
)]
struct Charge {
    #[stream(state = Account)]
    account: AccountId,
}

/// Fees go to `fees`, and from there to `bank`.
impl StreamResolver for Charge {
    fn discover(&self, state: &ChargeState, found: &mut ChargeFound) {
        found.fees(account("fees"));
        if state
            .fees
            .get(&account("fees"))
            .is_some_and(|fees| fees.balance > 0)
        {
            found.fees(account("bank"));
            found.rules(RulesId(7));
            found.audits(account("audit"));
        }
    }
}

fn charge() -> Charge {
    Charge {
        account: account("a"),
    }
}

fn discover(command: &Charge, state: &mut ChargeState, plan: &mut Plan) {
    let mut found = ChargeFound::default();
    Command::discover(command, state, &mut found);
    command.found(found, state, plan).unwrap();
}

#[test]
fn nothing_is_discovered_at_first() {
    let state = charge().initial();
    assert!(state.fees.is_empty() && state.rules.is_empty());
}

#[test]
fn what_is_found_is_planned_once_and_has_a_state() {
    let command = charge();
    let (mut state, mut plan) = (command.initial(), Plan::default());
    discover(&command, &mut state, &mut plan);
    discover(&command, &mut state, &mut plan);
    assert_eq!(
        planned(&plan),
        ["1.0 account-fees: read-write, account.Transferred account.Deposited"]
    );

    let fees = recorded(&deposited("fees", 5), 2);
    command
        .fold(&mut state, slot(1, 0), &stream("account-fees"), &[fees])
        .unwrap();
    discover(&command, &mut state, &mut plan);
    assert_eq!(
        planned(&plan)[1..],
        [
            "1.1 account-bank: read-write, account.Transferred account.Deposited",
            "2.0 rules-7: read, head",
            "3.0 account-audit: append, nothing",
        ]
    );

    command.seen(&mut state, slot(2, 0), Version::new(3));
    let found: Vec<_> = state
        .fees
        .iter()
        .map(|(key, state)| (key.0.as_str(), state.balance))
        .collect();
    assert_eq!(found, [("fees", 5), ("bank", 0)]);
    assert_eq!(
        (state.fees.len(), state.rules.get(&RulesId(7))),
        (2, Some(&Version::new(3)))
    );
}

#[test]
fn a_stream_of_a_field_can_be_discovered_too() {
    let command = Charge {
        account: account("fees"),
    };
    let (mut state, mut plan) = (command.initial(), Plan::default());
    command.plan(&mut plan).unwrap();
    discover(&command, &mut state, &mut plan);
    assert_eq!(planned(&plan).len(), 2);
}

#[test]
fn what_was_not_found_is_passed_over() {
    let command = charge();
    let mut state = command.initial();
    let fees = recorded(&deposited("fees", 5), 2);
    command
        .fold(&mut state, slot(1, 0), &stream("account-fees"), &[fees])
        .unwrap();
    command.seen(&mut state, slot(2, 4), Version::new(3));
    assert!(state.fees.is_empty() && state.rules.is_empty());
}

#[test]
fn a_key_that_names_no_stream_is_told_by_the_name() {
    let command = charge();
    let mut found = ChargeFound::default();
    found.audits(account("\n"));
    let invalid = command
        .found(found, &mut command.initial(), &mut Plan::default())
        .unwrap_err();
    assert!(matches!(invalid, InvalidStreamField { field: "audits", .. }));
}

#[test]
fn what_is_emitted_may_come_from_the_only_state() {
    assert_eq!(names(Charge::EMITS), ["account.Transferred", "account.Deposited"]);
}

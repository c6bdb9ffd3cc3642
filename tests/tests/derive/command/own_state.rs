use eventsourcing::command::Plan;
use eventsourcing::prelude::*;

use super::{
    AccountId, Log, RulesId, account, deposited, names, plan_of, planned, recorded, slot, stream, transferred,
};

#[derive(Command)]
#[command(state = Log, discovers(more: AccountId, read), discovers(audits: RulesId, append))]
struct Audit {
    #[stream(read)]
    accounts: Vec<AccountId>,
    #[stream]
    raw: StreamId,
    #[stream(append)]
    log: RulesId,
}

impl StreamResolver for Audit {
    fn discover(&self, state: &Log, found: &mut AuditFound) {
        if !state.read.is_empty() {
            found.more(account("found"));
            found.more(account("found"));
            found.audits(RulesId(9));
        }
    }
}

fn audit() -> Audit {
    Audit {
        accounts: vec![account("a"), account("b")],
        raw: stream("account-raw"),
        log: RulesId(1),
    }
}

const TYPES: &str = "account.Transferred account.Deposited";

#[test]
fn what_is_read_is_what_the_state_is_folded_from() {
    assert_eq!(
        plan_of(&audit()),
        [
            format!("0.0 account-a: read, {TYPES}"),
            format!("0.1 account-b: read, {TYPES}"),
            format!("1.0 account-raw: read-write, {TYPES}"),
            "2.0 rules-1: append, nothing".to_owned(),
        ]
    );
    assert_eq!(names(Audit::EMITS).join(" "), TYPES);
}

#[test]
fn all_streams_are_folded_into_the_state() {
    const { assert!(Audit::COMMIT_ORDER) };
    let command = audit();
    let mut state = command.initial();
    let mut fold = |field, index, id: &str, event, version| {
        command
            .fold(
                &mut state,
                slot(field, index),
                &stream(id),
                &[recorded(&event, version)],
            )
            .unwrap();
    };
    fold(0, 1, "account-b", transferred("a", "b", 1), 1);
    fold(1, 0, "account-raw", deposited("raw", 1), 2);
    fold(3, 0, "account-found", deposited("found", 1), 3);
    fold(2, 0, "rules-1", deposited("a", 1), 4);
    assert_eq!(state.read, ["account-b@1", "account-raw@2", "account-found@3"]);
}

#[test]
fn discovered_streams_are_planned_once() {
    let command = audit();
    let mut state = Log {
        read: vec!["something".to_owned()],
    };
    let mut plan = Plan::default();
    for _ in 0..2 {
        let mut found = AuditFound::default();
        Command::discover(&command, &state, &mut found);
        command.found(found, &mut state, &mut plan).unwrap();
    }
    assert_eq!(
        planned(&plan),
        [
            format!("3.0 account-found: read, {TYPES}"),
            "4.0 rules-9: append, nothing".to_owned()
        ]
    );
}

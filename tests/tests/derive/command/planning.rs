use eventsourcing::InvalidStreamId;
use eventsourcing::command::{InvalidStreamField, Plan};
use eventsourcing::prelude::*;

use super::{Account, AccountId, Rules, RulesId, account, plan_of, stream};

#[derive(Command)]
#[command(emits())]
struct All {
    #[stream(state = Account)]
    one: AccountId,
    note: &'static str,
    #[stream(read, state = Rules)]
    maybe: Option<RulesId>,
    #[stream(append)]
    many: Vec<AccountId>,
    #[stream]
    r#type: StreamId,
    #[stream(read)]
    read: StreamId,
}

fn all() -> All {
    All {
        one: account("a"),
        note: "not a stream",
        maybe: Some(RulesId(7)),
        many: vec![account("b"), account("c")],
        r#type: stream("settings"),
        read: stream("account-d"),
    }
}

#[test]
fn streams_are_planned_in_the_order_of_the_fields() {
    assert_eq!(all().note, "not a stream");
    assert_eq!(
        plan_of(&all()),
        [
            "0.0 account-a: read-write, account.Transferred account.Deposited",
            "1.0 rules-7: read, rules.LimitSet",
            "2.0 account-b: append, nothing",
            "2.1 account-c: append, nothing",
            "3.0 settings: read-write, head",
            "4.0 account-d: read, head",
        ]
    );
}

#[test]
fn keys_that_are_not_given_plan_nothing() {
    let command = All {
        maybe: None,
        many: Vec::new(),
        ..all()
    };
    assert_eq!(plan_of(&command).len(), 3);
}

#[test]
fn one_stream_can_be_named_by_several_fields() {
    let command = All {
        many: vec![account("a")],
        read: stream("account-a"),
        ..all()
    };
    let of_a = plan_of(&command)
        .into_iter()
        .filter(|planned| planned.contains("account-a"));
    assert_eq!(of_a.count(), 3);
}

#[test]
fn a_key_that_names_no_stream_is_told_by_its_field() {
    let command = All {
        many: vec![account("b"), account("")],
        ..all()
    };
    assert_eq!(
        command.plan(&mut Plan::default()),
        Err(InvalidStreamField {
            field: "many",
            source: InvalidStreamId::EmptyKey
        })
    );
}

#[test]
fn the_name_is_that_of_the_type_or_the_one_that_is_given() {
    #[derive(Command)]
    #[command(emits(), name = "account.check-2")]
    struct Check {
        #[stream(append)]
        account: AccountId,
    }

    #[derive(Command)]
    #[command(emits())]
    struct r#Move {
        #[stream(append)]
        account: AccountId,
    }

    assert_eq!(
        (All::NAME, Check::NAME, Move::NAME),
        ("All", "account.check-2", "Move")
    );
}

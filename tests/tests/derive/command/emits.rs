use eventsourcing::prelude::*;

use super::{Account, AccountEvent, AccountId, Deposited, Rules, RulesEvent, RulesId, names};

macro_rules! emits {
    ($(#[$attribute:meta])* { $($field:tt)* }) => {{
        #[derive(Command)]
        $(#[$attribute])*
        struct Some { $($field)* }

        names(Some::EMITS)
    }};
}

#[test]
fn without_a_list_it_is_what_the_only_state_is_folded_from() {
    let one_state = emits!({
        #[stream(read, state = Account)]
        one: AccountId,
        #[stream(state = Account)]
        many: Vec<AccountId>,
        #[stream]
        rules: RulesId,
    });
    assert_eq!(one_state, ["account.Transferred", "account.Deposited"]);
}

#[test]
fn a_list_says_what() {
    let listed = emits!(#[command(emits(RulesEvent, AccountEvent::Transferred, Deposited))] {
        #[stream(state = Account)]
        account: AccountId,
        #[stream(state = Rules)]
        rules: RulesId,
    });
    assert_eq!(
        listed,
        ["rules.LimitSet", "account.Transferred", "account.Deposited"]
    );
}

#[test]
fn a_variant_that_wraps_an_event_stands_for_that() {
    let wrapper = emits!(#[command(emits(AccountEvent::Deposited))] {
        #[stream]
        account: AccountId,
    });
    assert_eq!(wrapper, ["account.Deposited"]);
}

#[test]
fn a_list_may_be_empty() {
    let nothing = emits!(#[command(emits())] {
        #[stream(state = Account)]
        account: AccountId,
    });
    assert_eq!(nothing, [] as [&str; 0]);
}

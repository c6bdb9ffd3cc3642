// Every kind of stream field, and what the state has for it.
#[path = "../../../ui/bank.rs"]
mod bank;

use bank::*;
use eventsourcing::StreamId;
use eventsourcing::prelude::*;

#[derive(Clone, Default)]
struct Anything;

impl State for Anything {
    type Key = StreamId;
    type Event = AccountEvent;

    fn apply(&mut self, _: &StreamId, _: &Recorded<AccountEvent>) {}
}

#[derive(Command)]
#[command(emits(AccountEvent, RulesEvent::LimitSet), name = "All")]
struct All {
    #[stream(state = Account)]
    one: AccountId,
    #[stream(read, state = Account)]
    maybe: Option<AccountId>,
    #[stream(state = Account)]
    many: Vec<AccountId>,
    #[stream(state = Account)]
    untyped: StreamId,
    #[stream(state = Anything)]
    any: AccountId,
    #[stream(state = Anything)]
    any_untyped: Vec<StreamId>,
    #[stream]
    version: RulesId,
    #[stream(read)]
    maybe_version: Option<StreamId>,
    #[stream]
    versions: Vec<AccountId>,
    #[stream(append)]
    appended: AccountId,
    #[stream(append)]
    many_appended: Vec<RulesId>,
    #[stream(state = Rules)]
    r#type: RulesId,
    other: i64,
}

impl CommandLogic for All {
    type Error = BankError;

    fn handle(&self, state: &AllState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        let AllState {
            one,
            maybe,
            many,
            untyped,
            any,
            any_untyped,
            version,
            maybe_version,
            versions,
            r#type,
        } = state;
        let _: (&Account, &Option<Account>, &Vec<(AccountId, Account)>) = (one, maybe, many);
        let _: (&Account, &Anything, &Vec<(StreamId, Anything)>) = (untyped, any, any_untyped);
        let _: (&Version, &Option<Version>, &Vec<(AccountId, Version)>) = (version, maybe_version, versions);
        let _: &Rules = r#type;
        emit!(
            cx,
            RulesEvent::LimitSet {
                rules: self.r#type.clone(),
                amount: self.other
            }
        );
        Ok(())
    }
}

#[test]
fn it_runs() {
    assert_eq!(All::NAME, "All");
}

//! Variants that wrap other events.

use super::*;

#[derive(Event, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[event(name = "money.Deposited", alias = "money.PaidIn", version = 2, upcast(1 -> 2 = in_euros))]
struct MoneyDeposited {
    #[stream]
    account: AccountId,
    amount: u64,
}

fn in_euros(mut payload: Value) -> Value {
    payload["amount"] = 1.into();
    payload
}

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "rules", retired("rules.Dropped"))]
enum RulesEvent {
    LimitSet {
        #[stream]
        rules: RulesId,
    },
    Deposited(MoneyDeposited),
}

/// Two levels deep.
#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "bank")]
enum BankEvent {
    Founded,
    Rules(RulesEvent),
}

fn deposited() -> BankEvent {
    let deposited = MoneyDeposited {
        account: account("alice"),
        amount: 7,
    };
    BankEvent::Rules(RulesEvent::Deposited(deposited))
}

#[test]
fn a_wrapped_event_is_stored_as_itself() {
    assert_eq!(stored_type(&deposited()), ("money.Deposited", 2));
    assert_eq!(stored(&deposited()), r#"{"account":"alice","amount":7}"#);
    assert_eq!(deposited().streams().unwrap(), ["account-alice"]);
}

#[test]
fn a_wrapped_event_comes_back_wrapped() {
    for event in [
        deposited(),
        BankEvent::Rules(RulesEvent::LimitSet { rules: RulesId(1) }),
        BankEvent::Founded,
    ] {
        assert_eq!(read_back(&event), event);
    }
}

#[test]
fn aliases_and_older_versions_reach_the_wrapped_event() {
    let old = serde_json::json!({ "account": "alice" });
    let wanted = BankEvent::Rules(RulesEvent::Deposited(MoneyDeposited {
        account: account("alice"),
        amount: 1,
    }));
    assert_eq!(read::<BankEvent>("money.PaidIn", 1, &old).unwrap(), wanted);
}

#[test]
fn an_outer_event_has_the_types_of_all_that_it_wraps() {
    for name in [
        "bank.Founded",
        "rules.LimitSet",
        "money.Deposited",
        "money.PaidIn",
    ] {
        assert!(BankEvent::TYPES.contains(name), "{name}");
    }
    assert!(BankEvent::TYPES.knows("rules.Dropped"));
    assert_eq!(BankEvent::VARIANTS[1].name, "Rules");
    assert!(BankEvent::VARIANTS[1].types.contains("money.Deposited"));
    assert!(!BankEvent::VARIANTS[1].types.contains("bank.Founded"));
}

#[test]
fn errors_of_the_wrapped_event_are_its_own() {
    let error = read_recorded::<BankEvent>("money.Deposited", 3, "{}").unwrap_err();
    assert!(matches!(error.failure, DecodeFailure::NewerVersion { known: 2 }));
    let error = read_recorded::<BankEvent>("bank.Unheard", 1, "{}").unwrap_err();
    assert!(matches!(
        error.failure,
        DecodeFailure::UnknownType { event: "BankEvent" }
    ));
}

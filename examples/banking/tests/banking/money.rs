use banking::domain::{InvalidMoney, Money};

#[test]
fn amounts_are_read_with_cents_or_without() {
    assert_eq!("12.50".parse(), Ok(Money::from_cents(1_250)));
    assert_eq!("12".parse(), Ok(Money::from_cents(1_200)));
    assert_eq!("0.07".parse(), Ok(Money::from_cents(7)));
    assert_eq!("9999999999999.99".parse(), Ok(Money::MAX));
}

#[test]
fn what_is_no_amount_says_why() {
    for (text, error) in [
        ("", InvalidMoney::NotANumber),
        ("ten", InvalidMoney::NotANumber),
        (".50", InvalidMoney::NotANumber),
        ("12.", InvalidMoney::NotANumber),
        ("1,000.00", InvalidMoney::NotANumber),
        ("+1.00", InvalidMoney::NotANumber),
        ("-1.00", InvalidMoney::Negative),
        ("12.5", InvalidMoney::Cents),
        ("12.345", InvalidMoney::Cents),
        ("10000000000000.00", InvalidMoney::TooMuch),
        ("99999999999999999999999999.00", InvalidMoney::TooMuch),
    ] {
        assert_eq!(text.parse::<Money>(), Err(error), "{text}");
    }
}

#[test]
fn amounts_are_shown_in_thousands_and_with_cents() {
    for (cents, text) in [
        (0, "0.00"),
        (7, "0.07"),
        (99_999, "999.99"),
        (100_000, "1,000.00"),
        (1_234_567_890, "12,345,678.90"),
    ] {
        assert_eq!(Money::from_cents(cents).to_string(), text);
    }
}

#[test]
fn no_amount_is_negative_or_more_than_the_most() {
    let one = Money::from_cents(1);
    assert_eq!(Money::ZERO.checked_sub(one), None);
    assert_eq!(Money::MAX.checked_add(one), None);
    assert_eq!(
        Money::MAX.checked_sub(one).and_then(|most| most.checked_add(one)),
        Some(Money::MAX)
    );
}

#[test]
#[should_panic = "negative"]
fn to_take_more_than_there_is_panics() {
    let mut money = Money::from_cents(1);
    money -= Money::from_cents(2);
}

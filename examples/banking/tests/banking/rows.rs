use banking::domain::{Deposit, Money, OpenAccount, Transfer, TransferWithFee};
use banking::rows::{Order, Rows, UnknownColumns};

use crate::accounts::{alice, bob, euros, fees};

const COLUMNS: &str = "order,account,to,amount,owner,fee_account";

fn parse(lines: &[&str]) -> Rows {
    Rows::parse(&format!("{COLUMNS}\n{}", lines.join("\n"))).unwrap()
}

/// What is said about the only line of a file.
fn error(line: &str) -> String {
    let rows = parse(&[line]);
    assert!(
        rows.preparations.is_empty() && rows.transfers.is_empty(),
        "the line makes sense"
    );
    rows.bad[0].error.to_string()
}

#[test]
fn each_order_is_a_command() {
    let rows = parse(&[
        "open,alice,,1200.00,Alice Archer,fees",
        "open,bob,,,\"Baker, Bob\"",
        "deposit,alice,,50.00",
        "transfer, alice, bob, 12.50",
        "transfer_with_fee,alice,bob,12.50,,",
    ]);
    let amount = Money::from_cents(1_250);
    let preparations: Vec<_> = rows.preparations.into_iter().map(|row| row.order).collect();
    assert_eq!(
        preparations,
        [
            Order::Open(OpenAccount {
                account: alice(),
                owner: "Alice Archer".into(),
                amount: euros(1_200),
                fee_account: Some(fees()),
            }),
            Order::Open(OpenAccount {
                account: bob(),
                owner: "Baker, Bob".into(),
                amount: Money::ZERO,
                fee_account: None,
            }),
            Order::Deposit(Deposit {
                account: alice(),
                amount: euros(50)
            }),
        ]
    );
    let transfers: Vec<_> = rows.transfers.into_iter().map(|row| row.order).collect();
    assert_eq!(
        transfers,
        [
            Order::Transfer(Transfer {
                from: alice(),
                to: bob(),
                amount
            }),
            Order::TransferWithFee(TransferWithFee {
                from: alice(),
                to: bob(),
                amount
            }),
        ]
    );
    assert!(rows.bad.is_empty());
}

#[test]
fn a_bad_line_is_put_aside_with_its_number_and_the_others_are_kept() {
    let rows = parse(&[
        "# line 2",
        "",
        "deposit,alice,,ten",
        "deposit,alice,,10.00",
        "",
        "nonsense",
    ]);
    assert_eq!(rows.bad.iter().map(|row| row.line).collect::<Vec<_>>(), [4, 7]);
    assert_eq!(
        rows.preparations.iter().map(|row| row.line).collect::<Vec<_>>(),
        [5]
    );
}

#[test]
fn a_bad_line_says_what_is_wrong() {
    for (line, expected) in [
        ("withdraw,alice,,20.00", "`withdraw` is not an order"),
        (",alice,,20.00", "`order` is missing"),
        ("deposit,,,20.00", "`account` is missing"),
        ("deposit,alice", "`amount` is missing"),
        ("transfer,alice,,20.00", "`to` is missing"),
        ("open,alice,,20.00", "`owner` is missing"),
        ("deposit,alice,bob,20.00", "`to` is not for this order"),
        ("deposit,alice,,ten", "the amount is `ten`: it is not a number"),
        ("deposit,alice,,-20.00", "the amount is `-20.00`: it is negative"),
        (
            "transfer,alice,bob,0.125",
            "the amount is `0.125`: cents have two digits",
        ),
        ("transfer,alice,alice,20.00", "both accounts are `alice`"),
        ("transfer,alice,bob,1,250.00,,", "7 fields, of 6 columns"),
        ("open,jane,,,\"Jane", "a quote is not closed"),
        ("open,jane,,,\u{1b}[2J", "it holds a control character"),
    ] {
        assert_eq!(error(line), expected, "{line}");
    }
}

#[test]
fn a_file_that_does_not_start_with_the_columns_is_refused() {
    assert_eq!(Rows::parse("").unwrap_err(), UnknownColumns);
    assert_eq!(Rows::parse("deposit,alice,,20.00").unwrap_err(), UnknownColumns);
    assert!(Rows::parse(&format!("# comments may come first\n{COLUMNS}\r\n")).is_ok());
}

#[test]
fn an_account_needs_a_name_that_a_stream_can_have() {
    let line = format!("deposit,{},,20.00", "a".repeat(300));
    assert_eq!(
        error(&line),
        "no account can be called that: the stream id has 308 bytes, 250 are allowed"
    );
}

//! Money, to the cent.

use std::fmt::{self, Write as _};
use std::iter::Sum;
use std::ops::{AddAssign, SubAssign};
use std::str::FromStr;

use eventsourcing::projection::{InvalidValue, RowValue};
use eventsourcing::store::rows::{ColumnType, Value};
use serde::{Deserialize, Serialize};

/// An amount of money, in cents. It is never negative.
///
/// Decisions use [`checked_add`](Self::checked_add) and comparisons. What has happened is added up by `+=` and `-=`, which
/// panic rather than give a wrong amount.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Money {
    cents: u64,
}

impl Money {
    /// No money.
    pub const ZERO: Self = Self::from_cents(0);
    /// The most that can be paid at once, and that an account can hold. Sums of it fit ten thousand times over.
    pub const MAX: Self = Self::from_cents(999_999_999_999_999);

    /// So many cents.
    pub const fn from_cents(cents: u64) -> Self {
        Self { cents }
    }

    /// The sum, unless it is more than [`Money::MAX`].
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let sum = Self::from_cents(self.cents.checked_add(other.cents)?);
        (sum <= Self::MAX).then_some(sum)
    }

    /// The difference, unless there is less than that.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.cents.checked_sub(other.cents).map(Self::from_cents)
    }
}

/// In a column, it is its cents.
impl RowValue for Money {
    const TYPE: ColumnType = u64::TYPE;

    fn to_value(&self) -> Result<Value, InvalidValue> {
        self.cents.to_value()
    }

    fn from_value(value: Value) -> Result<Self, InvalidValue> {
        u64::from_value(value).map(Self::from_cents)
    }
}

impl AddAssign for Money {
    #[expect(clippy::expect_used, reason = "documented; a wrong amount would be worse")]
    fn add_assign(&mut self, other: Self) {
        self.cents = self
            .cents
            .checked_add(other.cents)
            .expect("amounts of money overflow");
    }
}

impl SubAssign for Money {
    #[expect(clippy::expect_used, reason = "documented; a wrong amount would be worse")]
    fn sub_assign(&mut self, other: Self) {
        *self = self
            .checked_sub(other)
            .expect("an amount of money would be negative");
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, |mut sum, amount| {
            sum += amount;
            sum
        })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = (self.cents / 100).to_string();
        let mut text = String::new();
        for (at, digit) in whole.char_indices() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                text.push(',');
            }
            text.push(digit);
        }
        write!(text, ".{:02}", self.cents % 100)?;
        f.pad(&text)
    }
}

impl FromStr for Money {
    type Err = InvalidMoney;

    fn from_str(text: &str) -> Result<Self, InvalidMoney> {
        if text.starts_with('-') {
            return Err(InvalidMoney::Negative);
        }
        let (whole, cents) = text.split_once('.').unwrap_or((text, "00"));
        if !is_number(whole) || !is_number(cents) {
            return Err(InvalidMoney::NotANumber);
        }
        if cents.len() != 2 {
            return Err(InvalidMoney::Cents);
        }
        format!("{whole}{cents}")
            .parse()
            .map(Self::from_cents)
            .ok()
            .filter(|money| *money <= Self::MAX)
            .ok_or(InvalidMoney::TooMuch)
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Why a text is not an amount of money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMoney {
    /// Something else than digits and one point.
    #[error("it is not a number")]
    NotANumber,
    /// Below zero.
    #[error("it is negative")]
    Negative,
    /// Not two digits after the point.
    #[error("cents have two digits")]
    Cents,
    /// More than [`Money::MAX`].
    #[error("it is more than {}", Money::MAX)]
    TooMuch,
}

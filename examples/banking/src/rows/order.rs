use csv::StringRecord;
use eventsourcing::stream::StreamKey as _;

use super::{COLUMNS, RowError};
use crate::domain::{AccountId, Deposit, Money, OpenAccount, Transfer, TransferWithFee};

/// What can be ordered from the bank: each is a command.
#[derive(Clone, Debug, PartialEq)]
pub enum Order {
    /// `open`: needs `account` and `owner`; may have `amount` and `fee_account`.
    Open(OpenAccount),
    /// `deposit`: needs `account` and `amount`.
    Deposit(Deposit),
    /// `transfer`: needs `account`, which pays, `to` and `amount`.
    Transfer(Transfer),
    /// `transfer_with_fee`: as `transfer`.
    TransferWithFee(TransferWithFee),
}

impl Order {
    /// Whether it moves money from one account to another.
    pub fn is_transfer(&self) -> bool {
        matches!(self, Self::Transfer(_) | Self::TransferWithFee(_))
    }

    pub(super) fn read(record: &StringRecord) -> Result<Self, RowError> {
        let fields = Fields(record);
        match fields.required("order")? {
            "open" => {
                fields.only(&["account", "amount", "owner", "fee_account"])?;
                Ok(Self::Open(OpenAccount {
                    account: account(fields.required("account")?)?,
                    owner: fields.required("owner")?.to_owned(),
                    amount: fields.optional("amount").map_or(Ok(Money::ZERO), amount)?,
                    fee_account: fields.optional("fee_account").map(account).transpose()?,
                }))
            }
            "deposit" => {
                fields.only(&["account", "amount"])?;
                Ok(Self::Deposit(Deposit {
                    account: account(fields.required("account")?)?,
                    amount: amount(fields.required("amount")?)?,
                }))
            }
            "transfer" => {
                let (from, to, amount) = fields.transfer()?;
                Ok(Self::Transfer(Transfer { from, to, amount }))
            }
            "transfer_with_fee" => {
                let (from, to, amount) = fields.transfer()?;
                Ok(Self::TransferWithFee(TransferWithFee { from, to, amount }))
            }
            unknown => Err(RowError::UnknownOrder(unknown.to_owned())),
        }
    }
}

/// The fields of a line, by the names of their columns.
struct Fields<'a>(&'a StringRecord);

impl<'a> Fields<'a> {
    fn optional(&self, column: &str) -> Option<&'a str> {
        let at = COLUMNS.iter().position(|name| *name == column)?;
        self.0.get(at).filter(|text| !text.is_empty())
    }

    fn required(&self, column: &'static str) -> Result<&'a str, RowError> {
        self.optional(column).ok_or(RowError::Missing { column })
    }

    /// Refuses what the order has no use for: whoever wrote it meant something else.
    fn only(&self, wanted: &[&str]) -> Result<(), RowError> {
        let unwanted = COLUMNS[1..]
            .iter()
            .find(|column| !wanted.contains(column) && self.optional(column).is_some());
        unwanted.map_or(Ok(()), |column| Err(RowError::Unwanted { column }))
    }

    fn transfer(&self) -> Result<(AccountId, AccountId, Money), RowError> {
        self.only(&["account", "to", "amount"])?;
        let from = account(self.required("account")?)?;
        let to = account(self.required("to")?)?;
        if from == to {
            return Err(RowError::SameAccount(from.to_string()));
        }
        Ok((from, to, amount(self.required("amount")?)?))
    }
}

fn account(text: &str) -> Result<AccountId, RowError> {
    let account = AccountId::new(text);
    account.to_stream_id().map_err(RowError::Account)?;
    Ok(account)
}

fn amount(text: &str) -> Result<Money, RowError> {
    text.parse().map_err(|error| RowError::Amount {
        text: text.to_owned(),
        error,
    })
}

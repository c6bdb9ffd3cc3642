//! Why the bank says no.

use super::AccountId;

/// Why a command is refused. Nothing has happened then.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BankError {
    /// There is such an account already.
    #[error("the account `{0}` is open already")]
    AlreadyOpen(AccountId),
    /// There is no such account.
    #[error("there is no account `{0}`")]
    NotOpen(AccountId),
    /// An amount of nothing.
    #[error("the amount is zero")]
    NothingToPay,
    /// From an account to itself.
    #[error("a transfer needs two accounts")]
    SameAccount,
    /// The account holds less than is to be taken from it.
    #[error("insufficient funds")]
    InsufficientFunds,
    /// The account would hold more than [`Money::MAX`](super::Money::MAX).
    #[error("the balance would be too high")]
    BalanceTooHigh,
    /// The account was opened without a fee account, so it cannot pay a fee.
    #[error("the account `{0}` has no fee account")]
    NoFeeAccount(AccountId),
}

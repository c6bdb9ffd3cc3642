//! The bank itself: what can happen to accounts, and who decides it. It knows no store, no file and no screen.
//!
//! Start with [`account`], then [`deposit`], [`transfer`] and [`transfer_with_fee`].

pub mod account;
pub mod deposit;
pub mod error;
pub mod money;
pub mod open;
pub mod transfer;
pub mod transfer_with_fee;

pub use account::{Account, AccountEvent, AccountId};
pub use deposit::Deposit;
pub use error::BankError;
pub use money::{InvalidMoney, Money};
pub use open::OpenAccount;
pub use transfer::Transfer;
pub use transfer_with_fee::TransferWithFee;

/// Emits an event from a decision: `emit!(cx, event)`.
///
/// It compiles only if the command says that it emits the event, and has a stream field that it may write for each key
/// type of the event's `#[stream]` fields. Which stream it is turns out when the command runs: to emit to a stream that no
/// field names is a [`Bug`](crate::execute::Bug).
///
/// ```
/// # use eventsourcing::prelude::*;
/// # #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
/// # #[stream_key(category = "account")]
/// # pub struct AccountId(String);
/// # #[derive(Event, Clone, Debug, PartialEq)]
/// # #[event(prefix = "account")]
/// # pub enum AccountEvent {
/// #     Opened { #[stream] account: AccountId },
/// #     Deposited { #[stream] account: AccountId, amount: i64 },
/// # }
/// # #[derive(Command)]
/// # #[command(emits(AccountEvent))]
/// # pub struct Open { #[stream] account: AccountId }
/// # impl CommandLogic for Open {
/// #     type Error = std::convert::Infallible;
/// #     fn handle(&self, version: &OpenState, cx: &mut Decide<Self>) -> Result<(), Self::Error> {
/// #         let account = self.account.clone();
/// emit!(cx, AccountEvent::Opened { account: account.clone() });
///
/// use AccountEvent::*;
/// emit!(cx, Deposited { account: account.clone(), amount: 5 });
///
/// let event = Deposited { account, amount: 7 };
/// emit!(cx, event);
/// #         Ok(())
/// #     }
/// # }
/// ```
///
/// Of a value, the compiler does not know the variant. So the command must be able to emit all of them, as it must if a
/// variant was imported under another name. An event that two entries of `emits(..)` wrap is emitted as a variant of one
/// of them.
#[macro_export]
macro_rules! emit {
    ($($tokens:tt)*) => {
        $crate::__private::emit!($crate; $($tokens)*)
    };
}

/// Refuses a command unless a condition holds: `require!(condition, error)` returns `Err(error.into())` if it does not.
///
/// ```
/// use eventsourcing::require;
///
/// #[derive(Debug, PartialEq)]
/// struct InsufficientFunds;
///
/// fn withdraw(balance: i64, amount: i64) -> Result<i64, InsufficientFunds> {
///     require!(amount <= balance, InsufficientFunds);
///     Ok(balance - amount)
/// }
///
/// assert_eq!(withdraw(5, 7), Err(InsufficientFunds));
/// ```
///
/// A [`Rejection`](crate::wire::Rejection) is made of a text:
///
/// ```
/// use eventsourcing::prelude::*;
///
/// fn withdraw(balance: i64, amount: i64) -> Result<i64, Rejection> {
///     require!(amount > 0, "there is nothing to withdraw");
///     require!(amount <= balance, format!("{} are missing", amount - balance));
///     Ok(balance - amount)
/// }
///
/// assert_eq!(withdraw(5, 7), Err(Rejection::new("2 are missing")));
/// ```
#[macro_export]
macro_rules! require {
    ($condition:expr, $error:expr $(,)?) => {
        if $condition {
        } else {
            return $crate::__private::Err($crate::__private::From::from($error));
        }
    };
    ($($other:tt)*) => {
        ::core::compile_error!(
            "`require!` takes a condition and an error: `require!(balance >= amount, Error::InsufficientFunds)`"
        )
    };
}

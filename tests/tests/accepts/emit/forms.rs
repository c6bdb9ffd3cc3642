// Whatever way an event is written, `emit!` takes it.
#[path = "../../../ui/bank.rs"]
mod bank;

use bank::*;
use eventsourcing::prelude::*;

type Events = AccountEvent;

#[derive(Command)]
struct Pay {
    #[stream(state = Account)]
    from: AccountId,
    #[stream]
    rules: RulesId,
    amount: i64,
}

fn deposited(account: &AccountId) -> MoneyDeposited {
    MoneyDeposited {
        account: account.clone(),
        amount: 1,
    }
}

impl Pay {
    const AMOUNT: i64 = 7;

    fn withdrawn(&self) -> MoneyDeposited {
        deposited(&self.from)
    }
}

impl CommandLogic for Pay {
    type Error = BankError;

    fn handle(&self, state: &PayState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        use AccountEvent::*;
        use MoneyDeposited as Renamed;

        let account = self.from.clone();
        let (amount, owner) = (self.amount, String::new());
        emit!(
            cx,
            AccountEvent::Withdrawn {
                account: account.clone(),
                amount
            }
        );
        emit!(
            cx,
            bank::AccountEvent::Withdrawn {
                account: account.clone(),
                amount: Self::AMOUNT
            }
        );
        emit!(
            cx,
            Events::Opened {
                account: account.clone(),
                owner
            }
        );
        emit!(
            cx,
            Withdrawn {
                account: account.clone(),
                amount: state.from.balance
            },
        );
        emit!(
            cx,
            Limited {
                account: account.clone(),
                rules: self.rules.clone()
            }
        );
        emit!(
            cx,
            AccountEvent::Deposited(MoneyDeposited {
                account: account.clone(),
                amount
            })
        );
        emit!(cx, Deposited(deposited(&account)));
        emit!(
            cx,
            MoneyDeposited {
                account: account.clone(),
                ..deposited(&account)
            }
        );
        emit!(
            cx,
            Renamed {
                account: account.clone(),
                amount
            }
        );
        emit!(cx, deposited(&account));
        emit!(cx, self.withdrawn());
        emit!(cx, { deposited(&account) });
        emit!(
            cx,
            if amount > 0 {
                deposited(&account)
            } else {
                self.withdrawn()
            }
        );
        emit!(
            cx,
            MoneyDeposited {
                account: account.clone(),
                amount: i64::from(cx.new_id().is_nil())
            }
        );
        let event = deposited(&account);
        emit!(cx, event);
        for event in [deposited(&account), deposited(&account)] {
            emit!(cx, event);
        }
        let mut pay = |amount| {
            emit!(
                cx,
                Withdrawn {
                    account: account.clone(),
                    amount
                }
            )
        };
        pay(1);
        pay(2);
        if amount > 1 {
            emit!(
                cx,
                Withdrawn {
                    account: account.clone(),
                    amount
                }
            )
        }
        match amount {
            0 => emit!(cx, MoneyDeposited { account, amount }),
            _ => (0..amount).for_each(|_| emit!(&mut *cx, deposited(&account))),
        }
        helper(cx)
    }
}

fn helper(cx: &mut Decide<Pay>) -> Result<(), BankError> {
    require!(true, BankError::InsufficientFunds);
    emit!(
        cx,
        Events::Withdrawn {
            account: AccountId("a".into()),
            amount: "1".parse().map_err(|_| BankError::InsufficientFunds)?
        }
    );
    Ok(())
}

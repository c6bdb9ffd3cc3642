use eventsourcing::prelude::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
pub struct AccountId(pub String);

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "rules")]
pub struct RulesId(pub String);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "account")]
pub enum AccountEvent {
    Opened {
        #[stream]
        account: AccountId,
        fees: Option<AccountId>,
    },
    Deposited {
        #[stream]
        account: AccountId,
        cents: i64,
    },
    Transferred {
        #[stream]
        from: AccountId,
        #[stream]
        to: AccountId,
        cents: i64,
    },
    Charged {
        #[stream]
        account: AccountId,
        #[stream]
        fees: AccountId,
        cents: i64,
    },
}

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "rules")]
pub enum RulesEvent {
    LimitSet {
        #[stream]
        rules: RulesId,
        cents: i64,
    },
}

#[derive(Clone, Default)]
pub struct Account {
    open: bool,
    balance: i64,
    fees: Option<AccountId>,
}

impl State for Account {
    type Key = AccountId;
    type Event = AccountEvent;

    fn apply(&mut self, me: &AccountId, event: &Recorded<AccountEvent>) {
        match event.payload() {
            AccountEvent::Opened { fees, .. } => {
                self.open = true;
                self.fees.clone_from(fees);
            }
            AccountEvent::Deposited { cents, .. } => self.balance += cents,
            AccountEvent::Transferred { from, cents, .. } if from == me => self.balance -= cents,
            AccountEvent::Charged { account, cents, .. } if account == me => self.balance -= cents,
            AccountEvent::Transferred { cents, .. } | AccountEvent::Charged { cents, .. } => {
                self.balance += cents;
            }
        }
    }
}

#[derive(Clone, Default)]
pub struct Rules {
    limit: Option<i64>,
}

impl State for Rules {
    type Key = RulesId;
    type Event = RulesEvent;

    fn apply(&mut self, _: &RulesId, event: &Recorded<RulesEvent>) {
        let RulesEvent::LimitSet { cents, .. } = event.payload();
        self.limit = Some(*cents);
    }
}

#[derive(Debug, PartialEq, thiserror::Error)]
pub enum BankError {
    #[error("insufficient funds")]
    InsufficientFunds,
    #[error("over the limit")]
    OverLimit,
    #[error("the account is not open")]
    NotOpen,
}

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(AccountEvent::Transferred))]
pub struct TransferMoney {
    #[stream(state = Account)]
    pub from: AccountId,
    #[stream(state = Account)]
    pub to: AccountId,
    #[stream(read, state = Rules)]
    pub rules: RulesId,
    pub cents: i64,
}

impl CommandLogic for TransferMoney {
    type Error = BankError;

    fn handle(&self, state: &TransferMoneyState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        require!(state.from.balance >= self.cents, BankError::InsufficientFunds);
        require!(
            state.rules.limit.is_none_or(|limit| self.cents <= limit),
            BankError::OverLimit
        );
        emit!(
            cx,
            AccountEvent::Transferred {
                from: self.from.clone(),
                to: self.to.clone(),
                cents: self.cents
            }
        );
        Ok(())
    }
}

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(AccountEvent::Charged), discovers(fees: AccountId, state = Account))]
pub struct ChargeFee {
    #[stream(state = Account)]
    pub account: AccountId,
    pub cents: i64,
}

impl StreamResolver for ChargeFee {
    fn discover(&self, state: &ChargeFeeState, found: &mut ChargeFeeFound) {
        if let Some(fees) = &state.account.fees {
            found.fees(fees.clone());
        }
    }
}

impl CommandLogic for ChargeFee {
    type Error = BankError;

    fn handle(&self, state: &ChargeFeeState, cx: &mut Decide<Self>) -> Result<(), BankError> {
        for (fees, fee_account) in state.fees.iter() {
            require!(fee_account.open, BankError::NotOpen);
            emit!(
                cx,
                AccountEvent::Charged {
                    account: self.account.clone(),
                    fees: fees.clone(),
                    cents: self.cents
                }
            );
        }
        Ok(())
    }
}

#[derive(Clone, Default)]
pub struct Total {
    cents: i64,
}

impl State for Total {
    type Key = AccountId;
    type Event = AccountEvent;

    fn apply(&mut self, _: &AccountId, event: &Recorded<AccountEvent>) {
        if let AccountEvent::Deposited { cents, .. } = event.payload() {
            self.cents += cents;
        }
    }
}

#[derive(Command, Clone, Debug)]
#[command(state = Total, emits())]
pub struct Audit {
    #[stream(read)]
    accounts: Vec<AccountId>,
    expected: i64,
}

impl CommandLogic for Audit {
    type Error = BankError;

    fn handle(&self, total: &Total, _: &mut Decide<Self>) -> Result<(), BankError> {
        require!(total.cents >= self.expected, BankError::InsufficientFunds);
        Ok(())
    }
}

#[test]
fn the_commands_of_the_chapter_decide_what_it_says() {
    use eventsourcing::testing::scenario;

    let [alice, bob, fees] = ["alice", "bob", "fees"].map(|name| AccountId(name.into()));
    let opened = |account: &AccountId, fees: Option<&AccountId>| AccountEvent::Opened {
        account: account.clone(),
        fees: fees.cloned(),
    };
    let deposited = AccountEvent::Deposited {
        account: alice.clone(),
        cents: 100,
    };
    let transfer = TransferMoney {
        from: alice.clone(),
        to: bob.clone(),
        rules: RulesId("eu".into()),
        cents: 60,
    };
    scenario()
        .given([opened(&alice, None), deposited.clone()])
        .given([RulesEvent::LimitSet {
            rules: RulesId("eu".into()),
            cents: 50,
        }])
        .when(transfer)
        .then_rejected(BankError::OverLimit);
    scenario()
        .given([
            opened(&alice, Some(&fees)),
            opened(&fees, None),
            deposited.clone(),
        ])
        .when(ChargeFee {
            account: alice.clone(),
            cents: 1,
        })
        .then([AccountEvent::Charged {
            account: alice.clone(),
            fees: fees.clone(),
            cents: 1,
        }]);
    scenario()
        .given([deposited])
        .when(Audit {
            accounts: vec![alice, bob],
            expected: 100,
        })
        .then_nothing();
}

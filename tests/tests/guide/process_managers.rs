use eventsourcing::prelude::*;
use eventsourcing::testing::scenario;
use eventsourcing::wire::Rejection;

use super::commands::AccountId;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "loan")]
pub struct LoanId(String);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "account")]
pub enum AccountEvent {
    Opened {
        #[stream]
        account: AccountId,
        owner: String,
    },
}

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "loan")]
pub enum LoanEvent {
    Requested {
        #[stream]
        loan: LoanId,
        cents: i64,
    },
    Approved {
        #[stream]
        loan: LoanId,
        account: AccountId,
    },
    PaidOut {
        #[stream]
        loan: LoanId,
    },
}

#[derive(Event, Clone, Debug, PartialEq, Serialize, Deserialize)]
#[event(name = "mail.Sent")]
pub struct MailSent {
    #[stream]
    account: AccountId,
    text: String,
}

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(MailSent))]
pub struct SendMail {
    #[stream]
    account: AccountId,
    text: String,
}

impl CommandLogic for SendMail {
    type Error = std::convert::Infallible;

    fn handle(&self, _: &SendMailState, cx: &mut Decide<Self>) -> Result<(), Self::Error> {
        let (account, text) = (self.account.clone(), self.text.clone());
        emit!(cx, MailSent { account, text });
        Ok(())
    }
}

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(LoanEvent::Approved))]
pub struct CheckCredit {
    #[stream]
    loan: LoanId,
    cents: i64,
}

impl CommandLogic for CheckCredit {
    type Error = std::convert::Infallible;

    fn handle(&self, _: &CheckCreditState, cx: &mut Decide<Self>) -> Result<(), Self::Error> {
        let account = AccountId("alice".into());
        if self.cents <= 1_000_000 {
            emit!(
                cx,
                LoanEvent::Approved {
                    loan: self.loan.clone(),
                    account
                }
            );
        }
        Ok(())
    }
}

#[derive(Command, Clone, Debug, Serialize, Deserialize)]
#[command(emits(LoanEvent::PaidOut))]
pub struct PayOut {
    #[stream]
    loan: LoanId,
    account: AccountId,
    cents: i64,
}

impl CommandLogic for PayOut {
    type Error = std::convert::Infallible;

    fn handle(&self, _: &PayOutState, cx: &mut Decide<Self>) -> Result<(), Self::Error> {
        emit!(
            cx,
            LoanEvent::PaidOut {
                loan: self.loan.clone()
            }
        );
        Ok(())
    }
}

#[process_manager(on = AccountEvent::Opened, start = beginning)]
pub fn welcome(account: &AccountId, owner: &str) -> SendMail {
    SendMail {
        account: account.clone(),
        text: format!("Welcome, {owner}!"),
    }
}

#[derive(Default)]
pub struct LoanProcess {
    cents: i64,
}

#[process_manager(key = LoanId, category = "loan_process", start = now, sends(CheckCredit, PayOut, SendMail))]
impl LoanProcess {
    #[start(LoanEvent::Requested, key = loan)]
    fn requested(&mut self, loan: &LoanId, cents: &i64) -> CheckCredit {
        self.cents = *cents;
        CheckCredit {
            loan: loan.clone(),
            cents: *cents,
        }
    }

    #[on(LoanEvent::Approved, key = loan)]
    fn approved(&mut self, loan: &LoanId, account: &AccountId, cx: &mut Sends<Self>) {
        cx.send(PayOut {
            loan: loan.clone(),
            account: account.clone(),
            cents: self.cents,
        });
        cx.send(SendMail {
            account: account.clone(),
            text: "Your loan is on its way.".into(),
        });
    }

    #[on_rejected(PayOut)]
    fn not_paid_out(&mut self, command: &PayOut, rejection: &Rejection) -> SendMail {
        SendMail {
            account: command.account.clone(),
            text: format!("Please call us: {rejection}."),
        }
    }

    #[stop(LoanEvent::PaidOut, key = loan)]
    fn paid_out(&mut self) {}
}

fn loan(id: &str) -> LoanId {
    LoanId(id.into())
}

fn account(id: &str) -> AccountId {
    AccountId(id.into())
}

fn requested(id: &str, cents: i64) -> LoanEvent {
    LoanEvent::Requested {
        loan: loan(id),
        cents,
    }
}

fn approved(id: &str, to: &str) -> LoanEvent {
    LoanEvent::Approved {
        loan: loan(id),
        account: account(to),
    }
}

fn pay_out(id: &str, to: &str, cents: i64) -> PayOut {
    PayOut {
        loan: loan(id),
        account: account(to),
        cents,
    }
}

fn mail(to: &str, text: &str) -> SendMail {
    SendMail {
        account: account(to),
        text: text.into(),
    }
}

#[test]
fn everybody_is_welcome() {
    let opened = AccountEvent::Opened {
        account: account("alice"),
        owner: "Alice".into(),
    };
    scenario()
        .process::<welcome>()
        .when([opened])
        .then_sends([mail("alice", "Welcome, Alice!")]);
}

#[test]
fn a_loan_is_paid_out() {
    scenario()
        .given([requested("17", 500)])
        .process::<LoanProcess>()
        .when([approved("17", "alice")])
        .then_sends((
            pay_out("17", "alice", 500),
            mail("alice", "Your loan is on its way."),
        ));
}

#[test]
fn whoever_cannot_be_paid_is_told() {
    scenario()
        .given([requested("17", 500), approved("17", "alice")])
        .process::<LoanProcess>()
        .when_rejected(
            pay_out("17", "alice", 500),
            Rejection::new("the account is closed"),
        )
        .then_sends([mail("alice", "Please call us: the account is closed.")]);
}

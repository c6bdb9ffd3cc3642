use eventsourcing::memory::MemoryStore;
use eventsourcing::prelude::*;
use eventsourcing::{Actor, CausationId, CommandId, CorrelationId, TenantId, TraceContext};

use super::bank::{AccountEvent, AccountId, account, balance, deposit};

#[tokio::test]
async fn a_command_from_outside_is_its_own_cause() {
    let executor = Executor::new(MemoryStore::new());
    let done = executor.execute(deposit("alice", 100)).await.unwrap();
    let metadata = done.events()[0].metadata().unwrap();
    assert_eq!(metadata.command_id, done.command_id());
    assert_eq!(metadata.correlation_id, done.command_id().into());
    assert_eq!(metadata.causation_id, done.command_id().into());
    assert_eq!((metadata.actor, metadata.trace), (None, None));
    assert!(metadata.extra.is_empty());
}

#[tokio::test]
async fn what_is_said_about_a_command_is_stored_beside_its_events() {
    let executor = Executor::new(MemoryStore::new());
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let trace = TraceContext::new(trace, Some("vendor=1")).unwrap();
    let cause = CommandId::from_key("cause");
    let done = executor
        .execute(deposit("alice", 100))
        .command_id(CommandId::from_key("this"))
        .correlation_id(CorrelationId::from(cause))
        .causation_id(CausationId::from(cause))
        .actor(Actor::new("teller-7").unwrap())
        .trace(trace.clone())
        .extra("ip", "127.0.0.1")
        .extra("branch", "12")
        .await
        .unwrap();

    let metadata = done.events()[0].metadata().unwrap();
    assert_eq!(metadata.command_id, CommandId::from_key("this"));
    assert_eq!(metadata.correlation_id, cause.into());
    assert_eq!(metadata.causation_id, cause.into());
    assert_eq!(metadata.actor.unwrap(), "teller-7");
    assert_eq!(metadata.trace, Some(trace));
    let extra: Vec<_> = metadata
        .extra
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    assert_eq!(extra, [("branch", "12"), ("ip", "127.0.0.1")]);
}

#[derive(Debug, PartialEq, thiserror::Error)]
#[error("only tellers of {tenant} may do that, not {actor:?}")]
struct NotATeller {
    tenant: TenantId,
    actor: Option<Actor>,
}

#[derive(Command)]
#[command(emits(AccountEvent::Deposited))]
struct DepositAtCounter {
    #[stream(append)]
    account: AccountId,
}

impl CommandLogic for DepositAtCounter {
    type Error = NotATeller;

    fn handle(&self, _: &DepositAtCounterState, cx: &mut Decide<Self>) -> Result<(), NotATeller> {
        let teller = cx
            .actor()
            .is_some_and(|actor| actor.as_str().starts_with("teller"));
        let in_branch = cx.metadata().extra.contains_key("branch");
        require!(
            teller && in_branch,
            NotATeller {
                tenant: cx.tenant().clone(),
                actor: cx.actor().cloned()
            }
        );
        emit!(
            cx,
            AccountEvent::Deposited {
                account: self.account.clone(),
                amount: 1
            }
        );
        Ok(())
    }
}

#[tokio::test]
async fn a_decision_may_depend_on_who_asks_and_for_whom() {
    let executor = Executor::new(MemoryStore::new());
    let acme = TenantId::new("acme").unwrap();
    let deposit = || {
        let command = DepositAtCounter {
            account: account("alice"),
        };
        executor
            .execute(command)
            .tenant(acme.clone())
            .extra("branch", "12")
    };
    let guest = Actor::new("guest").unwrap();
    let error = deposit().actor(guest.clone()).await.unwrap_err();
    assert_eq!(
        error.into_rejection(),
        Some(NotATeller {
            tenant: acme.clone(),
            actor: Some(guest)
        })
    );

    let done = deposit().actor(Actor::new("teller-7").unwrap()).await.unwrap();
    assert_eq!(done.events()[0].tenant, acme);
}

#[tokio::test]
async fn tenants_have_streams_of_their_own() {
    let executor = Executor::new(MemoryStore::new());
    let acme = TenantId::new("acme").unwrap();
    executor
        .execute(deposit("alice", 100))
        .tenant(acme)
        .await
        .unwrap();
    assert_eq!(balance(executor.store(), "alice").await, 0);
}

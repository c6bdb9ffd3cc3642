use std::sync::Arc;

use anyhow::Result;
use bytes::Bytes;
use eventsourcing::event::Event as _;
use eventsourcing::prelude::*;
use eventsourcing::store::{Append, Condition};
use eventsourcing::uuid::Uuid;
use eventsourcing::{CommandId, EventId, EventTypeName, Metadata, NewEvent, TenantId, TypeFilter};
use harness::bank::{MEMO, marker};

use crate::bank::{AccountEvent, AccountId};
use crate::{Bank, id};

impl Bank {
    /// Appends so many deposits of 1 to each of so many new accounts, in one append with a condition for each. Straight to
    /// the store: no command has so many streams.
    ///
    /// # Errors
    /// If one of them is not new, or the store fails.
    pub async fn bulk(&self, first: u64, accounts: u64, each: u64) -> Result<()> {
        let metadata = Metadata::of_command(CommandId::new(Uuid::now_v7())).to_bytes();
        let mut append = Append::default();
        for account in (first..first + accounts).map(id) {
            append.conditions.push(Condition {
                stream: account.to_stream_id()?,
                seen: Version::ABSENT,
                types: TypeFilter::All,
            });
            for _ in 0..each {
                append.events.push(deposited(&account, &metadata)?);
            }
        }
        let log = self.executor.store().tenant(&TenantId::DEFAULT).log;
        log.append(Arc::new(append)).await?;
        Ok(())
    }
}

fn deposited(account: &AccountId, metadata: &Bytes) -> Result<NewEvent> {
    let deposited = AccountEvent::Deposited {
        account: account.clone(),
        amount: 1,
        op: marker(),
        memo: MEMO.into(),
    };
    let encoded = deposited.encode()?;
    Ok(NewEvent {
        id: EventId::new(Uuid::now_v7()),
        event_type: EventTypeName::from_static(encoded.event_type.name),
        schema_version: encoded.event_type.version,
        content_type: encoded.content_type,
        payload: encoded.payload,
        metadata: metadata.clone(),
        home: account.to_stream_id()?,
        links: vec![],
    })
}

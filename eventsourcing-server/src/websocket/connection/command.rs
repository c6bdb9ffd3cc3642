use eventsourcing::wire::{InvalidPayload, WireCommand};
use eventsourcing::{Limits, TenantId};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Action, Connection, Phase};
use crate::auth::Identity;
use crate::problem::{Problem, ProblemKind};
use crate::websocket::message::{ServerMessage, Tag};

impl Connection {
    /// Takes a command, or answers at once why not.
    pub(super) fn command(&mut self, request: Tag, command: &RawValue) {
        if self.under_way.contains(&request) {
            let problem = Problem::new(
                ProblemKind::Malformed,
                "a request of this name is under way on this connection",
            );
            return self.refuse_request(&request, &problem);
        }
        let command = if self.phase == Phase::Open {
            read(command, &self.terms.identity, &self.terms.store)
        } else {
            Err(Problem::new(
                ProblemKind::Unavailable,
                "the service is shutting down",
            ))
        };
        match command {
            Ok(command) => {
                self.under_way.insert(request.clone());
                self.actions.push_back(Action::Dispatch { request, command });
            }
            Err(problem) => self.say(&ServerMessage::Result {
                request: &request,
                success: None,
                problem: Some(&problem),
            }),
        }
    }
}

/// A command of whoever is signed in, and of nobody else.
fn read(json: &RawValue, identity: &Identity, limits: &Limits) -> Result<WireCommand, Problem> {
    let json = json.get().as_bytes();
    let mut command =
        WireCommand::from_json(json, limits).map_err(|InvalidPayload { path, message, .. }| {
            Problem::new(ProblemKind::Malformed, message).at(path)
        })?;
    if command.metadata.actor.is_some() && command.metadata.actor != identity.actor {
        return Err(foreign("actor"));
    }
    if names_other_tenant(&command, json, &identity.tenant) {
        return Err(foreign("tenant"));
    }
    command.metadata.actor.clone_from(&identity.actor);
    command.metadata.tenant.clone_from(&identity.tenant);
    Ok(command)
}

fn foreign(member: &'static str) -> Problem {
    let detail = format!("the {member} is that of whoever has opened the connection: leave it out");
    Problem::new(ProblemKind::Malformed, detail).at(format!("/metadata/{member}"))
}

fn names_other_tenant(command: &WireCommand, json: &[u8], tenant: &TenantId) -> bool {
    if command.metadata.tenant != TenantId::DEFAULT {
        return command.metadata.tenant != *tenant;
    }
    // The default tenant is meant by those who name none as well.
    *tenant != TenantId::DEFAULT && names_tenant(json)
}

fn names_tenant(json: &[u8]) -> bool {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Command {
        metadata: Metadata,
    }

    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Metadata {
        tenant: Option<TenantId>,
    }

    serde_json::from_slice::<Command>(json).is_ok_and(|command| command.metadata.tenant.is_some())
}

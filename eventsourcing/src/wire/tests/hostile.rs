//! What was never meant to be a command.

use super::app::{dispatcher, wipe, write};
use crate::Limits;
use crate::wire::{CommandResult, WireCommand};

/// Changes, doubles or cuts out a few bytes.
fn mangle(bytes: &mut Vec<u8>, random: &mut fastrand::Rng) {
    const BYTES: &[u8] = br#"{}[]",:\u0019eE+-. tnid"#;
    for _ in 0..=random.usize(..3) {
        let at = random.usize(..bytes.len());
        match random.u8(..4) {
            0 => bytes[at] = random.u8(..),
            1 => bytes.insert(at, BYTES[random.usize(..BYTES.len())]),
            2 => bytes.truncate(at.max(1)),
            _ => {
                let part = bytes[at..].to_vec();
                bytes.extend(part);
            }
        }
    }
}

#[tokio::test]
async fn mangled_commands_are_answered_and_break_nothing() {
    let dispatcher = dispatcher();
    let mut random = fastrand::Rng::with_seed(7);
    let mut understood = 0;
    for round in 0..3_000 {
        let command = if round % 2 == 0 {
            write(1, "one")
        } else {
            wipe(1, 2)
        };
        let mut json = serde_json::to_vec(&command).unwrap();
        mangle(&mut json, &mut random);
        if let Ok(command) = WireCommand::from_json(&json, &Limits::DEFAULT) {
            understood += 1;
            let result = dispatcher.dispatch(command).await;
            assert!(!matches!(result, CommandResult::Failed { .. }), "{result:?}");
        }

        let mut payload = command.payload.to_vec();
        mangle(&mut payload, &mut random);
        let mangled = WireCommand {
            payload: payload.into(),
            ..command
        };
        let result = dispatcher.dispatch(mangled).await;
        assert!(!matches!(result, CommandResult::Failed { .. }), "{result:?}");
    }
    assert!(understood > 100, "{understood} commands were still understood");
}

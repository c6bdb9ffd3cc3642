use metrics::SharedString;

use crate::store::ErrorClass;

/// Counts a command that has come to an end: after so many attempts, if that is known.
pub(crate) fn command(name: impl Into<SharedString>, end: Result<u32, (ErrorClass, Option<u32>)>) {
    let name = name.into();
    let (outcome, attempts) = match end {
        Ok(attempts) => ("succeeded", attempts),
        Err((class, attempts)) => (outcome(class), attempts.unwrap_or(1)),
    };
    metrics::counter!("es_commands_total", "command" => name.clone(), "outcome" => outcome).increment(1);
    if attempts > 1 {
        let retries = u64::from(attempts - 1);
        metrics::counter!("es_command_retries_total", "command" => name).increment(retries);
    }
}

const fn outcome(class: ErrorClass) -> &'static str {
    match class {
        ErrorClass::Conflict => "conflict",
        ErrorClass::Overtaken => "overtaken",
        ErrorClass::Retry => "retry",
        ErrorClass::Overloaded => "overloaded",
        ErrorClass::UnknownOutcome => "unknown_outcome",
        ErrorClass::Rejected => "rejected",
        _ => "bug",
    }
}

use std::fmt::Write as _;

use metrics::{Label, counter, gauge};

use crate::process::ManagerStatus;
use crate::processor::{ProcessorState, ProcessorStatus};
use crate::projection::{ProjectionState, ProjectionStatus};
use crate::service::Status;

/// Sets all gauges to what a service has come to.
pub(crate) fn set_gauges(status: &Status) {
    gauge!("es_commands_under_way").set(number(status.commands_under_way as u64));
    status.projections.iter().for_each(of_projection);
    status.processors.iter().for_each(of_processor);
    status.process_managers.iter().for_each(of_manager);
}

fn of_projection(status: &ProjectionStatus) {
    let labels = vec![
        Label::new("projection", status.projection.clone()),
        Label::new("version", status.version.to_string()),
        Label::new("tenant", status.tenant.to_string()),
    ];
    gauge!("es_projection_position", labels.clone()).set(number(status.position.get()));
    gauge!("es_projection_lag_events", labels.clone()).set(number(status.lag_events));
    gauge!("es_projection_lag_seconds", labels.clone()).set(number(status.lag_seconds));
    counter!("es_projection_events_total", labels.clone()).absolute(status.events_handled);
    gauge!("es_projection_parked_events", labels.clone()).set(number(status.parked_events as u64));
    gauge!("es_projection_ready", labels.clone()).set(flag(status.is_ready));
    for state in ProjectionState::ALL {
        let labels = with_state(&labels, state.name());
        gauge!("es_projection_state", labels).set(flag(state == status.state));
    }
}

fn of_processor(status: &ProcessorStatus) {
    let labels = vec![
        Label::new("processor", status.processor.clone()),
        Label::new("tenant", status.tenant.to_string()),
    ];
    gauge!("es_processor_position", labels.clone()).set(number(status.position.get()));
    gauge!("es_processor_lag_events", labels.clone()).set(number(status.lag_events));
    gauge!("es_processor_lag_seconds", labels.clone()).set(number(status.lag_seconds));
    for state in ProcessorState::ALL {
        let labels = with_state(&labels, state.name());
        gauge!("es_processor_state", labels).set(flag(state == status.state));
    }
}

fn of_manager(status: &ManagerStatus) {
    let categories = status.categories.iter().fold(String::new(), |mut all, category| {
        let comma = if all.is_empty() { "" } else { "," };
        let _ = write!(all, "{comma}{category}");
        all
    });
    let labels = vec![
        Label::new("manager", status.manager.clone()),
        Label::new("tenant", status.tenant.to_string()),
        Label::new("categories", categories),
    ];
    let parked: usize = status.parked.iter().map(|parked| parked.events.len()).sum();
    gauge!("es_process_manager_position", labels.clone()).set(number(status.position.get()));
    gauge!("es_process_manager_parked_events", labels.clone()).set(number(parked as u64));
    gauge!("es_process_manager_running", labels).set(flag(status.error.is_none()));
}

fn with_state(labels: &[Label], state: &'static str) -> Vec<Label> {
    let mut labels = labels.to_vec();
    labels.push(Label::new("state", state));
    labels
}

#[expect(
    clippy::cast_precision_loss,
    reason = "exact up to 2^53, and gauges are no place for more"
)]
const fn number(number: u64) -> f64 {
    number as f64
}

fn flag(flag: bool) -> f64 {
    f64::from(u8::from(flag))
}

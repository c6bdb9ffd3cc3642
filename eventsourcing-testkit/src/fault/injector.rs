use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use fastrand::Rng;

use super::{AppendFault, Fault, FaultCounts, FaultPlan, WriteFault};

/// Decides what goes wrong, and counts it.
#[derive(Debug)]
pub(super) struct Injector(Mutex<State>);

#[derive(Debug)]
pub(super) struct State {
    plan: FaultPlan,
    rng: Rng,
    pub(super) appends: VecDeque<Option<AppendFault>>,
    pub(super) writes: VecDeque<Option<WriteFault>>,
    pub(super) settles: Script,
    pub(super) reads: Script,
    pub(super) pages: Script,
    pub(super) loads: Script,
    pub(super) leases: Script,
    pub(super) snapshots: Script,
    pub(super) counts: FaultCounts,
}

/// What happens to the next calls of one kind, first come, first served.
pub(super) type Script = VecDeque<Option<Fault>>;

impl Injector {
    pub(super) fn new(plan: FaultPlan) -> Self {
        Self(Mutex::new(State {
            plan,
            rng: Rng::with_seed(plan.seed),
            appends: VecDeque::new(),
            writes: VecDeque::new(),
            settles: VecDeque::new(),
            reads: VecDeque::new(),
            pages: VecDeque::new(),
            loads: VecDeque::new(),
            leases: VecDeque::new(),
            snapshots: VecDeque::new(),
            counts: FaultCounts::default(),
        }))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What goes wrong with the next append.
    pub(super) fn append(&self, has_conditions: bool) -> Option<AppendFault> {
        let mut state = self.lock();
        let scripted = state.appends.pop_front();
        let fault = scripted.unwrap_or_else(|| state.chance_of_append());
        let fault = fault.filter(|fault| has_conditions || *fault != AppendFault::Conflict);
        state.counts.append(fault);
        fault
    }

    /// What goes wrong with the next write of rows.
    pub(super) fn write(&self) -> Option<WriteFault> {
        let mut state = self.lock();
        let scripted = state.writes.pop_front();
        let fault = scripted.unwrap_or_else(|| state.chance_of_write());
        state.counts.write(fault);
        fault
    }

    /// What goes wrong with the next call of another kind.
    pub(super) fn call(&self, script: impl FnOnce(&mut State) -> &mut Script) -> Option<Fault> {
        let mut state = self.lock();
        let scripted = script(&mut state).pop_front();
        let fault = scripted.unwrap_or_else(|| state.chance_of_call());
        state.counts.other_call(fault);
        fault
    }
}

impl State {
    fn chance_of_append(&mut self) -> Option<AppendFault> {
        let plan = self.plan;
        let delay = Fault::Delay(self.delay());
        self.pick([
            (plan.conflicts, AppendFault::Conflict),
            (plan.lost_answers, AppendFault::LostAnswer),
            (plan.lost_appends, AppendFault::LostAppend),
            (plan.unavailable, Fault::Unavailable.into()),
            (plan.overloaded, Fault::Overloaded.into()),
            (plan.delays, delay.into()),
        ])
    }

    fn chance_of_write(&mut self) -> Option<WriteFault> {
        let plan = self.plan;
        let delay = Fault::Delay(self.delay());
        self.pick([
            (plan.lost_answers, WriteFault::LostAnswer),
            (plan.lost_appends, WriteFault::LostWrite),
            (plan.unavailable, Fault::Unavailable.into()),
            (plan.overloaded, Fault::Overloaded.into()),
            (plan.delays, delay.into()),
        ])
    }

    fn chance_of_call(&mut self) -> Option<Fault> {
        let plan = self.plan;
        let delay = Fault::Delay(self.delay());
        self.pick([
            (plan.unavailable, Fault::Unavailable),
            (plan.overloaded, Fault::Overloaded),
            (plan.delays, delay),
        ])
    }

    fn delay(&mut self) -> Duration {
        self.plan.longest_delay.mul_f64(self.rng.f64())
    }

    /// Picks at most one, each at its rate per mille.
    fn pick<F, const N: usize>(&mut self, faults: [(u32, F); N]) -> Option<F> {
        let mut left = self.rng.u32(..1_000);
        for (rate, fault) in faults {
            if left < rate {
                return Some(fault);
            }
            left -= rate;
        }
        None
    }
}

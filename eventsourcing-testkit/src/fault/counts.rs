use super::{AppendFault, Fault, WriteFault};

/// How many calls there were, and what went wrong with them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FaultCounts {
    /// Appends, however they ended.
    pub appends: u64,
    /// Appends that something went wrong with, delays included.
    pub faulty_appends: u64,
    /// Writes of rows, however they ended.
    pub writes: u64,
    /// Writes of rows that something went wrong with, delays included.
    pub faulty_writes: u64,
    /// Calls of the other kinds: settling, reading streams, reading the feed, loading and reading rows, and all about leases and
    /// snapshots.
    pub other_calls: u64,
    /// Other calls that something went wrong with, delays included.
    pub faulty_other_calls: u64,
    /// Conflicts that were none.
    pub conflicts: u64,
    /// Appends and writes that reached the store, and whose outcome stayed unknown.
    pub lost_answers: u64,
    /// Appends and writes that did not reach the store, and whose outcome stayed unknown.
    pub lost_appends: u64,
    /// Calls that found the store unavailable.
    pub unavailable: u64,
    /// Calls that found the store overloaded.
    pub overloaded: u64,
    /// Calls that reached the store late.
    pub delays: u64,
}

impl FaultCounts {
    /// Appends and writes whose outcome stayed unknown.
    pub fn unknown_outcomes(&self) -> u64 {
        self.lost_answers + self.lost_appends
    }

    pub(super) fn append(&mut self, fault: Option<AppendFault>) {
        self.appends += 1;
        let Some(fault) = fault else {
            return;
        };
        self.faulty_appends += 1;
        match fault {
            AppendFault::Conflict => self.conflicts += 1,
            AppendFault::LostAnswer => self.lost_answers += 1,
            AppendFault::LostAppend => self.lost_appends += 1,
            AppendFault::Call(fault) => self.fault(fault),
        }
    }

    pub(super) fn write(&mut self, fault: Option<WriteFault>) {
        self.writes += 1;
        let Some(fault) = fault else {
            return;
        };
        self.faulty_writes += 1;
        match fault {
            WriteFault::LostAnswer => self.lost_answers += 1,
            WriteFault::LostWrite => self.lost_appends += 1,
            WriteFault::Call(fault) => self.fault(fault),
        }
    }

    pub(super) fn other_call(&mut self, fault: Option<Fault>) {
        self.other_calls += 1;
        if let Some(fault) = fault {
            self.faulty_other_calls += 1;
            self.fault(fault);
        }
    }

    fn fault(&mut self, fault: Fault) {
        match fault {
            Fault::Unavailable => self.unavailable += 1,
            Fault::Overloaded => self.overloaded += 1,
            Fault::Delay(_) => self.delays += 1,
        }
    }
}

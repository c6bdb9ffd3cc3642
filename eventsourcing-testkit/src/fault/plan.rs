use std::time::Duration;

/// How often which call goes wrong, by chance.
///
/// All rates are per mille of the calls that they concern. At most one thing goes wrong with a call, so the rates add up;
/// what is above 1,000 in all is cut off. The same seed and the same calls in the same order give the same faults.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FaultPlan {
    /// Where chance starts.
    pub seed: u64,
    /// Appends that are told of a conflict although there is none; nothing is written. Only those with conditions. No store
    /// may do this, and the [history checker](crate::history) reports it: it is for tests of retries alone.
    pub conflicts: u32,
    /// Appends and writes of rows that reach the store, and whose answer does not come back.
    pub lost_answers: u32,
    /// Appends and writes of rows that do not reach the store, which nobody can tell from the former.
    pub lost_appends: u32,
    /// Calls of any kind that find the store unavailable.
    pub unavailable: u32,
    /// Calls of any kind that find the store overloaded.
    pub overloaded: u32,
    /// Calls of any kind that reach the store late.
    pub delays: u32,
    /// How late at most. By tokio's clock, which tests can pause.
    pub longest_delay: Duration,
}

impl FaultPlan {
    /// Nothing goes wrong but what is scripted.
    pub const NONE: Self = Self {
        seed: 0,
        conflicts: 0,
        lost_answers: 0,
        lost_appends: 0,
        unavailable: 0,
        overloaded: 0,
        delays: 0,
        longest_delay: Duration::ZERO,
    };

    /// A bad day, without made-up conflicts: of 1,000 appends, 400 meet some fault, and 120 have an unknown outcome, half
    /// of them written.
    pub const fn rough(seed: u64) -> Self {
        Self {
            seed,
            conflicts: 0,
            lost_answers: 60,
            lost_appends: 60,
            unavailable: 80,
            overloaded: 50,
            delays: 150,
            longest_delay: Duration::from_millis(5),
        }
    }
}

/// What can go wrong with a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The store cannot be reached; nothing is done.
    Unavailable,
    /// The store has too much to do; nothing is done.
    Overloaded,
    /// The call reaches the store so much later.
    Delay(Duration),
}

/// What can go wrong with an append.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AppendFault {
    /// The first condition is said not to hold. An append without conditions passes.
    Conflict,
    /// The append reaches the store, and its outcome stays unknown.
    LostAnswer,
    /// The append does not reach the store, and its outcome stays unknown.
    LostAppend,
    /// What can go wrong with any call.
    Call(Fault),
}

impl From<Fault> for AppendFault {
    fn from(fault: Fault) -> Self {
        Self::Call(fault)
    }
}

/// What can go wrong with a write of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum WriteFault {
    /// The write reaches the store, and its outcome stays unknown.
    LostAnswer,
    /// The write does not reach the store, and its outcome stays unknown.
    LostWrite,
    /// What can go wrong with any call.
    Call(Fault),
}

impl From<Fault> for WriteFault {
    fn from(fault: Fault) -> Self {
        Self::Call(fault)
    }
}
